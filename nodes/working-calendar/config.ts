import * as z from 'zod';
import { commonFields, text } from '../../lib/node-red/config-fields';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const spans = z.array(z.tuple([z.string(), z.string()]));
const week = (from: string, to: string) =>
  Object.fromEntries(days.map((day, index) => [day, index < 5 ? [[from, to]] : []])) as Record<
    (typeof days)[number],
    [string, string][]
  >;

/**
 * Configuration of `working-calendar`: when people work. `lib/time/calendar/config.ts` checks it in full; here it only
 * has the shape the dialog gives it.
 */
export const workingCalendarConfig = z.object({
  ...commonFields,
  zone: text('Europe/Berlin'),
  /** Opening spans per weekday, `HH:MM` local time. */
  hours: z.record(z.enum(days), spans).default(week('09:00', '17:00')),
  /** One a line: `2030-12-24`, `12-24` (every year), or `2030-12-24 to 2031-01-01`. */
  holidays: text(),
  /** Text of an iCalendar file whose events are days off. */
  ics: text(),
});

export type WorkingCalendarConfig = z.infer<typeof workingCalendarConfig>;
