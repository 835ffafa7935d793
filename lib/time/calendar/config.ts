/** A working-time calendar as data: what a dialog edits and a flow keeps. */
import * as z from 'zod';
import { SignatureError } from '../../errors';
import { dayOfIso, type Weekday, weekdays, yearlyOf } from './civil';
import { parseClosures } from './ical';
import { isZone } from './zone';

/** `HH:MM` on a 24-hour clock; only the end of a span may be `24:00`. */
export const timeOfDayPattern = /^([01]\d|2[0-3]):[0-5]\d$/;

const openingTime = z.string().regex(timeOfDayPattern, 'must be a time such as "09:00"');
const closingTime = z
  .string()
  .refine((text) => timeOfDayPattern.test(text) || text === '24:00', 'must be a time such as "17:30", at most "24:00"');

const span = z
  .tuple([openingTime, closingTime])
  .refine(([opens, closes]) => opens < closes, 'must end later than it begins; split a span at midnight');

const day = z
  .array(span)
  .default([])
  .transform((spans) => [...spans].sort(([a], [b]) => (a < b ? -1 : 1)))
  .refine(
    (spans) => spans.every(([opens], index) => index === 0 || opens >= (spans[index - 1]?.[1] ?? '')),
    'has spans that overlap',
  );

const hours = z
  .object({ mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day })
  .refine((week) => weekdays.some((name) => week[name].length > 0), 'has no working hours on any day');

const date = z.string().refine((text) => dayOfIso(text) !== undefined, 'must be a date such as "2030-12-24"');
const yearly = z.string().refine((text) => yearlyOf(text) !== undefined, 'must be a yearly day such as "12-24"');

const holiday = z.union(
  [
    date,
    yearly,
    z.strictObject({ from: date, to: date }).refine(({ from, to }) => from <= to),
    z.strictObject({ from: yearly, to: yearly }),
  ],
  'must be a date "2030-12-24", a yearly day "12-24", or {from, to} of two dates or two yearly days, from not after to',
);

const ics = z
  .string()
  .default('')
  .superRefine((text, context) => {
    try {
      parseClosures(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });

/**
 * `hours` are local times of `zone`, several spans a day, `24:00` allowed as an end. `holidays` close whole local days:
 * one date, one day of every year, or both ends of a stretch. `ics` is an iCalendar text whose events close as well.
 */
export const calendarConfig = z.object({
  zone: z.string().refine(isZone, 'must be a time zone such as "Europe/Berlin"'),
  hours,
  holidays: z.array(holiday).default([]),
  ics,
});

export type CalendarInput = z.input<typeof calendarConfig>;
export type CalendarConfig = z.output<typeof calendarConfig>;
export type Holiday = CalendarConfig['holidays'][number];

/**
 * Checks a calendar that comes from a dialog, a flow or a message.
 *
 * @param value what should be a `CalendarInput`
 * @param field name of the field, for the message
 * @throws SignatureError BAD_INPUT naming the part at fault: unknown zone, times, dates, no hours, broken iCalendar text
 */
export function parseCalendar(value: unknown, field = 'calendar'): CalendarConfig {
  const parsed = calendarConfig.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = [field, ...(issue?.path ?? []).map(String)].join('.');
  throw new SignatureError('BAD_INPUT', `${place}: ${issue?.message ?? 'cannot be used'}.`.replace('..', '.'), {
    field: place,
  });
}

/** Open every hour of every day. */
export function roundTheClock(zone: string): CalendarConfig {
  const whole: [string, string][] = [['00:00', '24:00']];
  const week = Object.fromEntries(weekdays.map((name) => [name, whole])) as Record<Weekday, [string, string][]>;
  return { zone, hours: week, holidays: [], ics: '' };
}
