/** Working time: when a calendar is open, and how long until so much of it has passed. */
import { SignatureError } from '../../errors';
import type { EpochMs, Interval } from '../moment';
import { type Day, dateOf, minuteMs, weekdays } from './civil';
import { closuresByYear } from './closures';
import type { CalendarConfig } from './config';
import { createZone, type Zone } from './zone';

/** A calendar that stays closed for longer than this is a mistake. */
const longestClosure = 5 * 366;

/** Working time is followed this far, then it can no longer be meant. */
const furthest = 100 * 366;

/**
 * All lengths are elapsed milliseconds of open time: an opening of 01:00 to 05:00 lasts 3 hours on the night the clocks
 * go forward and 5 when they go back. The end of an opening does not belong to it.
 */
export interface WorkingCalendar {
  readonly zone: Zone;
  isOpen(at: EpochMs): boolean;
  /** `at` itself when open, otherwise the beginning of the next opening. */
  nextOpening(at: EpochMs): EpochMs;
  /** `at` itself when open, otherwise the end of the opening before. */
  previousClosing(at: EpochMs): EpochMs;
  /** The earliest instant with so much working time after `from`; for 0 the next opening. */
  addWorking(from: EpochMs, workingMs: number): EpochMs;
  /** The latest instant with so much working time until `from`; for 0 the previous closing. */
  subtractWorking(from: EpochMs, workingMs: number): EpochMs;
  /** Working time from `a` to `b`; negative when `b` is before `a`. */
  workingBetween(a: EpochMs, b: EpochMs): number;
  /** Whether the calendar opens at all on a local day. */
  isWorkingDay(day: Day): boolean;
}

/** Milliseconds since midnight of `HH:MM`. */
export const timeOfDayMs = (text: string): number => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * minuteMs;
};

/** An opening without the closures that touch it. */
function without(opening: Interval, closures: readonly Interval[]): Interval[] {
  return closures.reduce(
    (open, closed) =>
      open.flatMap(({ start, end }) => {
        if (closed.end <= start || closed.start >= end) return [{ start, end }];
        return [
          { start, end: closed.start },
          { start: closed.end, end },
        ].filter((part) => part.start < part.end);
      }),
    [opening],
  );
}

function neverOpen(from: EpochMs): never {
  const message = `calendar: it is never open within five years of ${new Date(from).toISOString()}. Check the working hours and holidays.`;
  throw new SignatureError('BAD_INPUT', message, { field: 'calendar' });
}

function tooFar(): never {
  throw new SignatureError(
    'BAD_INPUT',
    'calendar: so much working time takes more than 100 years. Shorten the delay.',
    {
      field: 'calendar',
    },
  );
}

function checkLength(workingMs: number): void {
  if (Number.isFinite(workingMs) && workingMs >= 0) return;
  throw new SignatureError('BAD_INPUT', 'working time: must be a length of time of 0 or more.', { field: 'length' });
}

/** The openings of one local day, in order, remembered. */
function openingsByDay(config: CalendarConfig, zone: Zone): (day: Day) => readonly Interval[] {
  const closuresOf = closuresByYear(config, zone);
  const week = weekdays.map((name) =>
    config.hours[name].map(([opens, closes]) => [timeOfDayMs(opens), timeOfDayMs(closes)]),
  );
  const cache = new Map<Day, readonly Interval[]>();
  return (day) => {
    const known = cache.get(day);
    if (known !== undefined) return known;
    const { weekday, year } = dateOf(day);
    const openings = (week[weekday] ?? [])
      .map(([opens = 0, closes = 0]) => ({ start: zone.instantAt(day, opens), end: zone.instantAt(day, closes) }))
      // An opening that lies in a gap of the clock, or on a date a zone has skipped, does not take place.
      .filter(({ start, end }) => start < end)
      .flatMap((opening) => without(opening, closuresOf(year)));
    cache.set(day, openings);
    return openings;
  };
}

/**
 * A calendar ready for calculation. It reads no clock; days are worked out when asked for and remembered.
 *
 * @param config checked by `parseCalendar`
 * @throws SignatureError BAD_INPUT for an unknown zone or a broken iCalendar text; the calculations throw it when the
 *   calendar is not open once within five years, or the result is more than 100 years away
 */
export function createCalendar(config: CalendarConfig): WorkingCalendar {
  const zone = createZone(config.zone);
  const openingsOf = openingsByDay(config, zone);

  /** Openings that end after `from`, in order. */
  function* openingsFrom(from: EpochMs): Generator<Interval, never> {
    const first = zone.dayAt(from);
    let lastOpen = first;
    for (let day = first; day <= first + furthest; day += 1) {
      const openings = openingsOf(day).filter(({ end }) => end > from);
      yield* openings;
      if (openings.length > 0) lastOpen = day;
      else if (day - lastOpen > longestClosure) neverOpen(from);
    }
    return tooFar();
  }

  /** Openings that begin before `from`, latest first. A clock set back past midnight shows the day before once more. */
  function* openingsUntil(from: EpochMs): Generator<Interval, never> {
    const last = zone.dayAt(from) + 1;
    let lastOpen = last;
    for (let day = last; day >= last - furthest; day -= 1) {
      const openings = openingsOf(day).filter(({ start }) => start < from);
      yield* openings.reverse();
      if (openings.length > 0) lastOpen = day;
      else if (lastOpen - day > longestClosure) neverOpen(from);
    }
    return tooFar();
  }

  const workingBetween = (a: EpochMs, b: EpochMs): number => {
    if (b < a) return -workingBetween(b, a);
    let sum = 0;
    const last = zone.dayAt(b) + 1;
    for (let day = zone.dayAt(a); day <= last; day += 1) {
      for (const { start, end } of openingsOf(day)) sum += Math.max(0, Math.min(end, b) - Math.max(start, a));
    }
    return sum;
  };

  const addWorking = (from: EpochMs, workingMs: number): EpochMs => {
    checkLength(workingMs);
    let left = workingMs;
    for (const { start, end } of openingsFrom(from)) {
      const begin = Math.max(start, from);
      if (left <= end - begin) return begin + left;
      left -= end - begin;
    }
    return tooFar();
  };

  const subtractWorking = (from: EpochMs, workingMs: number): EpochMs => {
    checkLength(workingMs);
    let left = workingMs;
    for (const { start, end } of openingsUntil(from)) {
      const finish = Math.min(end, from);
      if (left <= finish - start) return finish - left;
      left -= finish - start;
    }
    return tooFar();
  };

  const isOpen = (at: EpochMs): boolean => {
    const day = zone.dayAt(at);
    return [day, day + 1].some((near) => openingsOf(near).some(({ start, end }) => start <= at && at < end));
  };

  return {
    zone,
    isOpen,
    nextOpening: (at) => addWorking(at, 0),
    previousClosing: (at) => (isOpen(at) ? at : subtractWorking(at, 0)),
    addWorking,
    subtractWorking,
    workingBetween,
    isWorkingDay: (day) => openingsOf(day).length > 0,
  };
}
