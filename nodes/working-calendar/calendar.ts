import { SignatureError } from '../../lib/errors';
import { type CalendarConfig, type CalendarInput, parseCalendar } from '../../lib/time/calendar/config';
import type { WorkingCalendarConfig } from './config';

const range = /^(\S+)\s+(?:to|bis|-|–)\s+(\S+)$/;

/**
 * The calendar a dialog describes.
 *
 * @throws SignatureError `BAD_INPUT` naming the part at fault
 */
export function calendarOf({ zone, hours, holidays, ics }: WorkingCalendarConfig): CalendarConfig {
  return parseCalendar({ zone, hours, holidays: holidaysOf(holidays), ics } as CalendarInput);
}

/** One line each: a date, a yearly day, or a stretch; what follows a `#` is a remark. */
function holidaysOf(text: string): unknown[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, from, to] = range.exec(line) ?? [];
      if (from && to) return { from, to };
      if (/\s/.test(line)) {
        throw new SignatureError('BAD_INPUT', `holidays: "${line}" cannot be read. Write a date, or "date to date".`, {
          field: 'holidays',
        });
      }
      return line;
    });
}
