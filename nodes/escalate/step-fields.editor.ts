import { parseDuration } from '../../lib/time/duration';
import type { StepInput } from '../../lib/time/ladder/steps';
import type { StepAction } from './config';

/** Units of the dialog: one choice for what is a unit and a kind of time in a flow. */
export const delayUnits = ['minutes', 'hours', 'days', 'workingHours', 'workingDays', 'percent'] as const;
export const repeatUnits = delayUnits.filter((unit) => unit !== 'percent');
export type DelayUnit = (typeof delayUnits)[number];

/** Where a delay counts from, and in which direction. */
export const origins = ['afterPrevious', 'afterStart', 'beforeDue', 'afterDue'] as const;
export type Origin = (typeof origins)[number];

/** A row of the ladder as form fields; a flow keeps it as a `StepInput`. */
export interface StepFields {
  id: string;
  amount: string;
  unit: DelayUnit;
  origin: Origin;
  timeOfDay: string;
  days: 'every' | 'working';
  /** How often the step fires again; empty for never. */
  times: string;
  every: string;
  everyUnit: DelayUnit;
  ifPast: 'skip' | 'fire';
  do: StepAction['do'];
  label: string;
  to: string;
  toType: StepAction['toType'];
  reason: string;
  reasonType: StepAction['reasonType'];
}

export type Row = StepInput<Partial<StepAction>>;

/** What a new row starts with. */
export const newRow = (id: string): Row => ({
  id,
  when: { kind: 'after', basis: 'previous', amount: { unit: 'days', days: 3 } },
  ifPast: 'skip',
  action: { do: 'remind', label: '', to: '', toType: 'str', reason: '', reasonType: 'str' },
});

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
const textOf = (value: unknown, otherwise = ''): string =>
  value === undefined || value === null ? otherwise : String(value);
const oneOf = <Known extends string>(all: readonly Known[], value: unknown): Known =>
  all.find((one) => one === value) ?? (all[0] as Known);

const minute = 60_000;

/** A length of time as a number of hours where that comes out even, of minutes otherwise. */
function lengthFields(length: unknown, hours: DelayUnit): [number: string, unit: DelayUnit] {
  try {
    const minutes = parseDuration(length) / minute;
    return minutes % 60 === 0 || hours === 'workingHours'
      ? [String(minutes / 60), hours]
      : [String(minutes), 'minutes'];
  } catch {
    return [textOf(length), hours];
  }
}

function amountFields(given: unknown): [number: string, unit: DelayUnit] {
  const amount = record(given);
  if (amount.unit === 'clock') return lengthFields(amount.length, 'hours');
  if (amount.unit === 'working') return lengthFields(amount.length, 'workingHours');
  if (amount.unit === 'percent') return [textOf(amount.percent), 'percent'];
  return [textOf(amount.days), amount.unit === 'workingDays' ? 'workingDays' : 'days'];
}

function originOf({ kind, basis }: Record<string, unknown>): Origin {
  if (kind === 'before') return 'beforeDue';
  return ({ start: 'afterStart', due: 'afterDue' } as const)[textOf(basis)] ?? 'afterPrevious';
}

/** The form fields of a row, whatever is missing in it. */
export function fieldsOf(row: unknown): StepFields {
  const { id, when, repeat, ifPast, action } = record(row);
  const time = record(when);
  const again = record(repeat);
  const what = record(action);
  const [amount, unit] = amountFields(time.amount);
  const [every, everyUnit] = repeat === undefined ? ['1', 'days' as const] : amountFields(again.every);
  return {
    id: textOf(id),
    amount,
    unit,
    origin: originOf(time),
    timeOfDay: textOf(time.timeOfDay),
    days: oneOf(['every', 'working'], time.days),
    times: textOf(again.times),
    every,
    everyUnit,
    ifPast: oneOf(['skip', 'fire'], ifPast),
    do: oneOf(['remind', 'notify', 'forward', 'replace', 'cancel', 'emit'], what.do),
    label: textOf(what.label),
    to: textOf(what.to),
    toType: textOf(what.toType, 'str') as StepFields['toType'],
    reason: textOf(what.reason),
    reasonType: textOf(what.reasonType, 'str') as StepFields['reasonType'],
  };
}

/** A number as people type it, with a decimal comma too; text that is none stays for the validator to see. */
export const numeric = (typed: string): string => typed.trim().replace(/^(\d+),(\d+)$/, '$1.$2');

const asNumber = (typed: string): number | string => {
  const plain = numeric(typed);
  return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : plain;
};

/** `StepInput` wants numbers where the form may hold anything; the ladder's own reader tells what is wrong. */
function amountOf(number: string, unit: DelayUnit): Row['when']['amount'] {
  if (unit === 'minutes' || unit === 'hours') return { unit: 'clock', length: `${numeric(number)} ${unit}` };
  if (unit === 'workingHours') return { unit: 'working', length: `${numeric(number)} hours` };
  if (unit === 'percent') return { unit, percent: asNumber(number) };
  return { unit, days: asNumber(number) };
}

const basisOf = { afterPrevious: 'previous', afterStart: 'start', beforeDue: 'due', afterDue: 'due' } as const;

/**
 * A row as a flow keeps it.
 *
 * @param original the row the fields were made of: it comes back as it is when nothing says something else, so that
 *   opening and closing the dialog is no change
 */
export function rowOf(fields: StepFields, original?: Row): Row {
  if (original && JSON.stringify(fieldsOf(original)) === JSON.stringify(fields)) return original;
  const repeats = fields.times.trim() !== '';
  const every = amountOf(fields.every, fields.everyUnit);
  const needsTo = ['notify', 'forward', 'replace'].includes(fields.do);
  return {
    id: fields.id,
    when: {
      kind: fields.origin === 'beforeDue' ? 'before' : 'after',
      basis: basisOf[fields.origin],
      amount: amountOf(fields.amount, fields.unit),
      ...(fields.timeOfDay === '' ? {} : { timeOfDay: fields.timeOfDay }),
      ...(fields.days === 'every' ? {} : { days: fields.days }),
    },
    ...(repeats && every.unit !== 'percent' ? { repeat: { times: asNumber(fields.times), every } } : {}),
    ifPast: fields.ifPast,
    action: {
      do: fields.do,
      label: fields.label,
      to: needsTo ? fields.to : '',
      toType: needsTo ? fields.toType : 'str',
      reason: fields.do === 'forward' ? fields.reason : '',
      reasonType: fields.do === 'forward' ? fields.reasonType : 'str',
    },
  };
}

/** A short id no other row has. It names the row for good, so that what has fired stays fired when rows are moved. */
export function freshId(taken: readonly string[]): string {
  for (;;) {
    const id = Math.random().toString(36).slice(2, 8).padEnd(6, '0');
    if (!taken.includes(id)) return id;
  }
}
