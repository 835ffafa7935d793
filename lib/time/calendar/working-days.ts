/** Whole working days: local days on which a calendar opens, if only for a while. */
import type { EpochMs } from '../moment';
import type { Day } from './civil';
import type { WorkingCalendar } from './working-hours';

/** The first working day after a day. */
export const nextWorkingDay = ({ zone, nextOpening }: WorkingCalendar, day: Day): Day =>
  zone.dayAt(nextOpening(zone.instantAt(day + 1, 0)));

/** The last working day before a day. */
export const previousWorkingDay = ({ zone, subtractWorking }: WorkingCalendar, day: Day): Day =>
  zone.dayAt(subtractWorking(zone.instantAt(day, 0), 0) - 1);

/**
 * The same local time some working days later. It begins at the next opening when `from` is closed, and ends at the
 * next opening when the calendar is closed at that time, so it is never early.
 *
 * @param days 1 or more
 * @throws SignatureError BAD_INPUT when the calendar does not open within five years
 */
export function addWorkingDays(calendar: WorkingCalendar, from: EpochMs, days: number): EpochMs {
  const { zone } = calendar;
  const begin = calendar.nextOpening(from);
  let day = zone.dayAt(begin);
  for (let left = days; left > 0; left -= 1) day = nextWorkingDay(calendar, day);
  return calendar.nextOpening(zone.instantAt(day, zone.timeAt(begin)));
}

/**
 * The same local time some working days earlier, the mirror image of `addWorkingDays`: it counts from the closing
 * before when `until` is closed, and ends at the closing before when the calendar is closed at that time.
 *
 * @param days 1 or more
 * @throws SignatureError BAD_INPUT when the calendar was not open within five years
 */
export function subtractWorkingDays(calendar: WorkingCalendar, until: EpochMs, days: number): EpochMs {
  const { zone } = calendar;
  const finish = calendar.previousClosing(until);
  let day = zone.dayAt(finish);
  for (let left = days; left > 0; left -= 1) day = previousWorkingDay(calendar, day);
  return calendar.previousClosing(zone.instantAt(day, zone.timeAt(finish)));
}
