/** Holidays of a calendar as stretches of time. */
import type { Interval } from '../moment';
import { type Day, dayOf, dayOfIso, yearlyOf } from './civil';
import type { CalendarConfig, Holiday } from './config';
import { closuresWithin, parseClosures } from './ical';
import type { Zone } from './zone';

/** First and last day of a holiday that meet a year; a yearly stretch may begin in the year before. */
function stretches(holiday: Holiday, year: number): [Day, Day][] {
  const { from, to } = typeof holiday === 'string' ? { from: holiday, to: holiday } : holiday;
  const [first, last] = [dayOfIso(from), dayOfIso(to)];
  if (first !== undefined && last !== undefined) return [[first, last]];
  const [start, end] = [yearlyOf(from), yearlyOf(to)];
  if (start === undefined || end === undefined) return [];
  const wraps = end.month < start.month || (end.month === start.month && end.date < start.date);
  return [year - 1, year].flatMap((begins): [Day, Day][] => {
    const first = dayOf(begins, start.month, start.date);
    // In other years "02-29" runs on into 1 March, which is no holiday; as an end it then means 28 February.
    const lastYear = wraps ? begins + 1 : begins;
    const last = Math.min(dayOf(lastYear, end.month, end.date), dayOf(lastYear, end.month + 1, 1) - 1);
    return last >= first ? [[first, last]] : [];
  });
}

/**
 * A function that gives the closed stretches of one local year, in no order; they may reach beyond it and overlap.
 *
 * @param config holidays and iCalendar text
 * @param zone in which holidays and times without a zone are meant
 * @throws SignatureError BAD_INPUT at once when the iCalendar text is broken
 */
export function closuresByYear({ holidays, ics }: CalendarConfig, zone: Zone): (year: number) => Interval[] {
  const events = parseClosures(ics);
  const cache = new Map<number, Interval[]>();
  return (year) => {
    const known = cache.get(year);
    if (known !== undefined) return known;
    const horizon = { start: zone.instantAt(dayOf(year, 1, 1), 0), end: zone.instantAt(dayOf(year + 1, 1, 1), 0) };
    const days = holidays
      .flatMap((holiday) => stretches(holiday, year))
      .map(([first, last]) => ({ start: zone.instantAt(first, 0), end: zone.instantAt(last + 1, 0) }));
    const closures = [...days, ...closuresWithin(events, horizon, zone)].filter(
      ({ start, end }) => start < horizon.end && end > horizon.start,
    );
    cache.set(year, closures);
    return closures;
  };
}
