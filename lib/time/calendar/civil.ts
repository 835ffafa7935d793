/** Dates of the Gregorian calendar without a time or zone, counted as days. */

/** The week, from Monday, as calendars name its days. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** Days since 1970-01-01. */
export type Day = number;

export interface CivilDate {
  year: number;
  /** 1 to 12. */
  month: number;
  /** Day of the month, from 1. */
  date: number;
  /** 0 is Monday, 6 is Sunday. */
  weekday: number;
}

export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;

/** The day of a year, month (1 to 12) and day of the month; values beyond the month run on into the next. */
export const dayOf = (year: number, month: number, date: number): Day => Date.UTC(year, month - 1, date) / dayMs;

/** Year, month, day of the month and weekday of a day. */
export function dateOf(day: Day): CivilDate {
  const utc = new Date(day * dayMs);
  return {
    year: utc.getUTCFullYear(),
    month: utc.getUTCMonth() + 1,
    date: utc.getUTCDate(),
    weekday: (utc.getUTCDay() + 6) % 7,
  };
}

/** How many days a month has. */
export const daysInMonth = (year: number, month: number): number => dayOf(year, month + 1, 1) - dayOf(year, month, 1);

/**
 * The day of three numbers, only if there is such a day.
 *
 * @returns `undefined` for 31 February and the like, and for years before 1900 or after 9999
 */
export function existingDay(year: number, month: number, date: number): Day | undefined {
  const inRange = year >= 1900 && year <= 9999 && month >= 1 && month <= 12 && date >= 1;
  return inRange && date <= daysInMonth(year, month) ? dayOf(year, month, date) : undefined;
}

/** The day of an ISO 8601 date such as `2030-12-24`, or `undefined`. */
export function dayOfIso(text: string): Day | undefined {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  return existingDay(Number(year), Number(month), Number(date));
}

/** Month and day of the month of a yearly day such as `12-24`, or `undefined`; `02-29` exists in leap years only. */
export function yearlyOf(text: string): { month: number; date: number } | undefined {
  const [, month, date] = /^(\d{2})-(\d{2})$/.exec(text)?.map(Number) ?? [];
  if (month === undefined || date === undefined || existingDay(2000, month, date) === undefined) return undefined;
  return { month, date };
}
