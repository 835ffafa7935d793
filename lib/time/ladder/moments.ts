/** The moments of one row of a ladder. */
import type { Day } from '../calendar/civil';
import { addWorkingDays, nextWorkingDay, previousWorkingDay, subtractWorkingDays } from '../calendar/working-days';
import { timeOfDayMs, type WorkingCalendar } from '../calendar/working-hours';
import type { EpochMs } from '../moment';
import type { RepeatEvery, When } from './steps';

export interface MomentFrame {
  start: EpochMs;
  /** Last round of the row before, or the start. */
  previous: EpochMs;
  due?: EpochMs;
  calendar: WorkingCalendar;
}

function sameTime(calendar: WorkingCalendar, from: EpochMs, days: number): EpochMs {
  const { zone } = calendar;
  return zone.instantAt(zone.dayAt(from) + days, zone.timeAt(from));
}

function after(amount: RepeatEvery, from: EpochMs, calendar: WorkingCalendar): EpochMs {
  switch (amount.unit) {
    case 'clock':
      return from + amount.length;
    case 'days':
      return sameTime(calendar, from, amount.days);
    case 'working':
      return calendar.addWorking(from, amount.length);
    case 'workingDays':
      return addWorkingDays(calendar, from, amount.days);
  }
}

function before(amount: RepeatEvery, until: EpochMs, calendar: WorkingCalendar): EpochMs {
  switch (amount.unit) {
    case 'clock':
      return until - amount.length;
    case 'days':
      return sameTime(calendar, until, -amount.days);
    case 'working':
      return calendar.subtractWorking(until, amount.length);
    case 'workingDays':
      return subtractWorkingDays(calendar, until, amount.days);
  }
}

/** The first moment at or after `at` with the wanted time of day and kind of day. */
function onward({ timeOfDay, days }: When, at: EpochMs, calendar: WorkingCalendar): EpochMs {
  if (timeOfDay === '') return days === 'working' ? calendar.nextOpening(at) : at;
  const next = (day: Day) => (days === 'working' ? nextWorkingDay(calendar, day) : day + 1);
  let day = next(calendar.zone.dayAt(at) - 1);
  while (calendar.zone.instantAt(day, timeOfDayMs(timeOfDay)) < at) day = next(day);
  return calendar.zone.instantAt(day, timeOfDayMs(timeOfDay));
}

/** The last moment at or before `at` with the wanted time of day and kind of day. */
function backward({ timeOfDay, days }: When, at: EpochMs, calendar: WorkingCalendar): EpochMs {
  if (timeOfDay === '') return days === 'working' ? calendar.previousClosing(at) : at;
  const previous = (day: Day) => (days === 'working' ? previousWorkingDay(calendar, day) : day - 1);
  let day = previous(calendar.zone.dayAt(at) + 1);
  while (calendar.zone.instantAt(day, timeOfDayMs(timeOfDay)) > at) day = previous(day);
  return calendar.zone.instantAt(day, timeOfDayMs(timeOfDay));
}

/**
 * When a row fires for the first time.
 *
 * @returns `undefined` when it needs a due date and there is none
 */
export function firstMoment(when: When, { start, previous, due, calendar }: MomentFrame): EpochMs | undefined {
  const { kind, basis, amount } = when;
  if (amount.unit === 'percent') {
    if (due === undefined) return undefined;
    const share = amount.percent / 100;
    if (kind === 'before') return backward(when, Math.floor(due - share * (due - start)), calendar);
    if (basis === 'start') return onward(when, Math.ceil(start + share * (due - start)), calendar);
    return onward(when, Math.ceil(previous + share * Math.max(0, due - previous)), calendar);
  }
  const from = { start, previous, due }[basis];
  if (from === undefined) return undefined;
  return kind === 'before'
    ? backward(when, before(amount, from, calendar), calendar)
    : onward(when, after(amount, from, calendar), calendar);
}

/** When a row fires again after a firing at `at`. */
export function nextMoment(when: When, every: RepeatEvery, at: EpochMs, calendar: WorkingCalendar): EpochMs {
  return onward(when, after(every, at, calendar), calendar);
}
