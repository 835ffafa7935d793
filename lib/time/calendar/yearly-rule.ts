/** Yearly recurrence (RFC 5545, 3.3.10), which is what holidays need: 25 December, or the last Monday in May. */
import { type Day, dateOf, dayOf, daysInMonth } from './civil';
import { broken, type Property } from './ical-lines';
import { type IcalTime, timeOf } from './ical-values';

export interface YearlyRule {
  interval: number;
  months: number[];
  /** Negative ones count from the end of the month. */
  monthDays: number[];
  /** `nth` of the month or, without months, of the year; 0 is every one. `weekday` 0 is Monday. */
  weekdays: { nth: number; weekday: number }[];
  count?: number;
  until?: IcalTime;
}

const weekdayNames = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const known = new Set(['FREQ', 'INTERVAL', 'BYMONTH', 'BYMONTHDAY', 'BYDAY', 'COUNT', 'UNTIL', 'WKST']);

/**
 * Reads an `RRULE`.
 *
 * @throws SignatureError BAD_INPUT for what is broken, and for what this package does not calculate (other frequencies,
 *   BYSETPOS, BYWEEKNO …), because leaving it out would open a closed day
 */
export function yearlyRuleOf(property: Property): YearlyRule {
  const { line, value } = property;
  const parts = new Map(
    value
      .toUpperCase()
      .split(';')
      .map((part): [string, string] => {
        const [key = '', given = ''] = part.split('=');
        return [key.trim(), given.trim()];
      }),
  );
  for (const key of parts.keys())
    if (!known.has(key)) broken(line, `RRULE with ${key || 'an empty part'} is not supported`);
  if (parts.get('FREQ') !== 'YEARLY') broken(line, 'RRULE must have FREQ=YEARLY; others are not supported');
  const numbers = (key: string, low: number, high: number): number[] =>
    (parts.get(key)?.split(',') ?? []).map((text) => {
      const number = Number(text);
      const fits = /^[+-]?\d+$/.test(text) && number !== 0 && number >= low && number <= high;
      return fits ? number : broken(line, `RRULE has ${key}=${text.slice(0, 20)}, which is out of range`);
    });
  const until = parts.get('UNTIL');
  return {
    interval: numbers('INTERVAL', 1, 1000)[0] ?? 1,
    months: numbers('BYMONTH', 1, 12),
    monthDays: numbers('BYMONTHDAY', -31, 31),
    weekdays: (parts.get('BYDAY')?.split(',') ?? []).map((text) => {
      const [, nth, name = ''] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(text) ?? [];
      const weekday = weekdayNames.indexOf(name);
      if (weekday < 0 || Number(nth) === 0)
        broken(line, `RRULE has BYDAY=${text.slice(0, 20)}, which is not a weekday`);
      return { nth: Number(nth ?? 0), weekday };
    }),
    count: numbers('COUNT', 1, 1_000_000)[0],
    until: until === undefined ? undefined : timeOf(until, { name: 'UNTIL', params: {}, line }),
  };
}

/** Whether a day is the nth such weekday of the stretch it belongs to, counted from its start or its end. */
function isNth(nth: number, day: Day, first: Day, last: Day): boolean {
  return nth > 0 ? Math.floor((day - first) / 7) === nth - 1 : Math.floor((last - day) / 7) === -nth - 1;
}

/** Days of one year that fit a rule, not before its start; COUNT and UNTIL are not looked at. */
function daysOfYear(rule: YearlyRule, start: Day, year: number): Day[] {
  const first = dateOf(start);
  if (year < first.year || (year - first.year) % rule.interval !== 0) return [];
  const { weekdays } = rule;
  const anyDate = rule.monthDays.length > 0 || weekdays.length > 0;
  const months = rule.months.length > 0 || anyDate ? rule.months : [first.month];
  const monthDays = anyDate ? rule.monthDays : [first.date];
  const fits = (day: Day): boolean => {
    const { month, date, weekday } = dateOf(day);
    const length = daysInMonth(year, month);
    if (months.length > 0 && !months.includes(month)) return false;
    if (monthDays.length > 0 && !monthDays.some((n) => (n > 0 ? n : length + 1 + n) === date)) return false;
    const [from, to] =
      months.length > 0 ? [day - date + 1, day - date + length] : [dayOf(year, 1, 1), dayOf(year, 12, 31)];
    return (
      weekdays.length === 0 ||
      weekdays.some((by) => by.weekday === weekday && (by.nth === 0 || isNth(by.nth, day, from, to)))
    );
  };
  const days: Day[] = [];
  for (let day = dayOf(year, 1, 1); day <= dayOf(year, 12, 31); day += 1) if (day > start && fits(day)) days.push(day);
  return days;
}

/**
 * The days on which an event recurs in some years, in order, without the day it starts, which always counts as the first.
 *
 * @param rule UNTIL is left to the caller, who knows the time zone
 * @param start day of the first occurrence
 * @param from first year
 * @param to last year
 */
export function recurrences(rule: YearlyRule, start: Day, from: number, to: number): Day[] {
  const { year: first } = dateOf(start);
  const days: Day[] = [];
  let counted = 1;
  // Only COUNT depends on the years before.
  for (let year = rule.count === undefined ? Math.max(first, from) : first; year <= to; year += 1) {
    const fitting = daysOfYear(rule, start, year).slice(
      0,
      Math.max(0, (rule.count ?? Number.POSITIVE_INFINITY) - counted),
    );
    counted += fitting.length;
    if (year >= from) days.push(...fitting);
    if (rule.count !== undefined && counted >= rule.count) break;
  }
  return days;
}
