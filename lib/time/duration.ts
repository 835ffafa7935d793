/** Lengths of time and moments as people write them. */
import { SignatureError } from '../errors';
import type { EpochMs } from './moment';

/** Whatever can tell the time. */
type Clock = { now(): EpochMs };

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const week = 7 * day;

/** Beyond this a moment could no longer be a date. */
const longest = 100 * 366 * day;

export const durationUnits = { ms: 1, seconds: second, minutes: minute, hours: hour, days: day, weeks: week } as const;
export type DurationUnit = keyof typeof durationUnits;

const lengthOfUnit: Readonly<Record<string, number>> = {
  ...Object.fromEntries(['ms', 'millisecond', 'milliseconds'].map((unit) => [unit, 1])),
  ...Object.fromEntries(['s', 'sec', 'secs', 'second', 'seconds'].map((unit) => [unit, second])),
  ...Object.fromEntries(['m', 'min', 'mins', 'minute', 'minutes'].map((unit) => [unit, minute])),
  ...Object.fromEntries(['h', 'hr', 'hrs', 'hour', 'hours'].map((unit) => [unit, hour])),
  ...Object.fromEntries(['d', 'day', 'days'].map((unit) => [unit, day])),
  ...Object.fromEntries(['w', 'wk', 'week', 'weeks'].map((unit) => [unit, week])),
};

const number = String.raw`(\d+(?:[.,]\d+)?)`;
const isoDuration = new RegExp(
  `^P(?!$)(?:${number}W)?(?:${number}D)?(?:T(?=\\d)(?:${number}H)?(?:${number}M)?(?:${number}S)?)?$`,
  'i',
);
const wordDuration = new RegExp(String.raw`^${number}\s*[a-z]+(?:[\s,]*${number}\s*[a-z]+)*$`, 'i');
const wordPart = new RegExp(String.raw`${number}\s*([a-z]+)`, 'gi');

const toNumber = (digits: string | undefined): number => Number((digits ?? '0').replace(',', '.'));

function lengthOf(text: string, unit: DurationUnit): number {
  const plain = text.trim();
  if (/^\d+(?:[.,]\d+)?$/.test(plain)) return toNumber(plain) * durationUnits[unit];
  const iso = isoDuration.exec(plain);
  if (iso !== null) {
    const [, weeks, days, hours, minutes, seconds] = iso.map((part) => toNumber(part));
    return (
      (weeks ?? 0) * week + (days ?? 0) * day + (hours ?? 0) * hour + (minutes ?? 0) * minute + (seconds ?? 0) * second
    );
  }
  if (!wordDuration.test(plain)) return Number.NaN;
  return [...plain.matchAll(wordPart)].reduce(
    (sum, [, digits, word]) => sum + toNumber(digits) * (lengthOfUnit[word?.toLowerCase() ?? ''] ?? Number.NaN),
    0,
  );
}

/**
 * A length of time in milliseconds. Days are 24 hours here; working time is another matter.
 *
 * @param value `90 s`, `10m`, `3 days`, `1h 30m`, ISO 8601 `P3DT4H`, or a number counted in `unit`
 * @param options `unit` of a bare number (default `ms`), `field` for the message
 * @returns whole milliseconds, 0 or more
 * @throws SignatureError BAD_INPUT; months and years are refused because their length varies
 */
export function parseDuration(value: unknown, options: { unit?: DurationUnit; field?: string } = {}): number {
  const { unit = 'ms', field = 'duration' } = options;
  const length =
    typeof value === 'number' ? value * durationUnits[unit] : typeof value === 'string' ? lengthOf(value, unit) : NaN;
  if (length >= 0 && length <= longest) return Math.round(length);
  const given = typeof value === 'string' || typeof value === 'number' ? ` "${String(value).slice(0, 40)}"` : '';
  throw new SignatureError(
    'BAD_INPUT',
    `${field}:${given} is not a length of time. Write for example "90 s", "10 minutes", "3 days" or "P3DT4H"; at most 100 years.`,
    { field },
  );
}

const isoMoment = /^(\d{4})-(\d{2})-(\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/i;

/** Smaller numbers are surely seconds or a length of time, not milliseconds since 1970. */
const earliest = Date.UTC(1973, 2, 4);

function momentOf(value: unknown, clock: Clock, unit: DurationUnit): EpochMs {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return value >= earliest ? value : Number.NaN;
  if (typeof value !== 'string') return Number.NaN;
  const text = value.trim();
  if (/^\d{12,}$/.test(text)) return Number(text);
  const parts = isoMoment.exec(text);
  if (parts !== null) {
    const [, year, month, date] = parts.map(Number);
    // Date.parse would read 31 February as 3 March.
    if (new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, date)).getUTCDate() !== date) return Number.NaN;
    return Date.parse(text.replace(' ', 'T').replace(',', '.'));
  }
  const length = /^[\d.,]+$/.test(text) ? Number.NaN : lengthOf(text, unit);
  return length <= longest ? clock.now() + Math.round(length) : Number.NaN;
}

/**
 * A moment.
 *
 * @param value ISO 8601 date and time (without a zone: the server's), milliseconds since 1970, a `Date`, or a length of
 *   time from now such as `3 days`
 * @param clock tells what "now" is
 * @param field name of the field, for the message
 * @returns milliseconds since 1970
 * @throws SignatureError BAD_INPUT; a date without a time is refused, because its start and its end are a day apart
 */
export function untilTime(value: unknown, clock: Clock, field = 'until'): EpochMs {
  const moment = momentOf(value, clock, 'ms');
  if (Number.isFinite(moment) && Math.abs(moment) <= 8.64e15) return moment;
  const given = typeof value === 'string' || typeof value === 'number' ? ` "${String(value).slice(0, 40)}"` : '';
  throw new SignatureError(
    'BAD_INPUT',
    `${field}:${given} is not a moment. Write a date with a time such as "2030-05-31T17:00:00+02:00", milliseconds since 1970, or a length of time such as "3 days".`,
    { field },
  );
}
