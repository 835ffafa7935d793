import { SignatureError } from '../../lib/errors';
import { roundTheClock } from '../../lib/time/calendar/config';
import { createCalendar, type WorkingCalendar } from '../../lib/time/calendar/working-hours';
import type { Say } from '../editor/texts.editor';
import { calendarOf } from './calendar';
import type { WorkingCalendarConfig } from './config';

/** The parts of a calendar, as its node keeps them. */
export type CalendarFields = Pick<WorkingCalendarConfig, 'zone' | 'holidays' | 'ics'> & { hours: unknown };

/** A calendar about which there is nothing to say, to judge one part of another. */
const flawless: CalendarFields = { zone: 'UTC', hours: roundTheClock('UTC').hours, holidays: '', ics: '' };

const read = (fields: CalendarFields) => calendarOf({ name: '', version: 1, ...fields } as WorkingCalendarConfig);

/** The runtime's complaint about a calendar: the field it names, and its sentence. */
function complaintOf(fields: CalendarFields): { field: string; reason: string } | undefined {
  try {
    read(fields);
    return undefined;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return { field: (thrown instanceof SignatureError && thrown.field) || '', reason };
  }
}

/** The first line of the days off that is none. */
function badHoliday(holidays: string): { number: number; text: string } {
  const lines = holidays.split(/\r?\n/);
  const index = lines.findIndex((line) => complaintOf({ ...flawless, holidays: line }) !== undefined);
  return { number: index + 1, text: (lines[index] ?? '').trim().slice(0, 40) };
}

/**
 * Judges a calendar, or a part of it, as the runtime does.
 *
 * @param say texts of `working-calendar`
 * @param given the parts to judge; those left out are taken as good
 * @returns a sentence in the language of the editor that says what to do, or nothing
 */
export function complaintAboutCalendar(say: Say, given: Partial<CalendarFields>): string | undefined {
  const fields = { ...flawless, ...given };
  const complaint = complaintOf(fields);
  if (complaint === undefined) return undefined;
  const { field, reason } = complaint;
  const [, part = field.replace(/^calendar\./, ''), day] = /(hours)(?:\.(\w+))?/.exec(field) ?? [];
  if (part === 'hours') {
    return day ? say('validation.hours', { day: say(`day.${day}`) }) : say('validation.noHours');
  }
  if (part.startsWith('holidays')) return say('validation.holidays', badHoliday(fields.holidays));
  if (part === 'zone') return say('validation.zone', { label: say('label.zone') });
  return say('validation.ics', { reason: reason.replace(/^calendar\.ics: /, '') });
}

/**
 * A calendar ready for calculation.
 *
 * @returns the calendar, or the sentence of the first thing that is wrong with it
 */
export function readCalendar(say: Say, fields: CalendarFields): WorkingCalendar | string {
  const complaint = complaintAboutCalendar(say, fields);
  if (complaint !== undefined) return complaint;
  const calendar = createCalendar(read(fields));
  try {
    calendar.nextOpening(Date.now());
    return calendar;
  } catch {
    return say('validation.neverOpen');
  }
}
