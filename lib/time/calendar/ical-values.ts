/** Dates, times and durations of an iCalendar text (RFC 5545, 3.3.4 to 3.3.6). */
import type { EpochMs } from '../moment';
import { type Day, dayMs, existingDay } from './civil';
import { broken, type Property } from './ical-lines';
import { createZone, isZone, type Zone } from './zone';

/** A `DATE` or `DATE-TIME`. */
export interface IcalTime {
  day: Day;
  /** Milliseconds since local midnight; 0 for a date. */
  time: number;
  allDay: boolean;
  /** Absent: local time of whoever reads it ("floating"). */
  zone?: Zone;
}

/** A length as RFC 5545 has it: days of the calendar, then elapsed time. */
export interface NominalLength {
  days: number;
  ms: number;
}

const shape = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/;

/**
 * One date or time.
 *
 * @param text for example `20301224`, `20301224T140000` or `20301224T130000Z`
 * @param property whose value it is, for its `TZID` and line
 */
export function timeOf(text: string, { name, params, line }: Pick<Property, 'name' | 'params' | 'line'>): IcalTime {
  const [, year, month, date, hour, minute, second, utc] = shape.exec(text) ?? [];
  const day = existingDay(Number(year), Number(month), Number(date));
  const clock = [hour, minute, second].map((part) => Number(part ?? 0));
  const [hours = 0, minutes = 0, seconds = 0] = clock;
  if (day === undefined || hours > 23 || minutes > 59 || seconds > 60) {
    broken(line, `${name} "${text.slice(0, 40)}" is not a date or time such as 20301224 or 20301224T140000Z`);
  }
  if (hour === undefined) return { day, time: 0, allDay: true };
  const time = ((hours * 60 + minutes) * 60 + Math.min(seconds, 59)) * 1000;
  const zoneName = utc === 'Z' ? 'UTC' : params.TZID;
  if (zoneName === undefined) return { day, time, allDay: false };
  if (!isZone(zoneName)) {
    broken(line, `TZID "${zoneName.slice(0, 60)}" is not a known time zone; use an IANA name such as Europe/Berlin`);
  }
  return { day, time, allDay: false, zone: createZone(zoneName) };
}

/** A comma-separated list of dates or times. */
export const timesOf = (property: Property): IcalTime[] =>
  property.value.split(',').map((text) => timeOf(text.trim(), property));

/** The instant of a date or time; `local` is the zone of those that carry none. */
export const instantOf = ({ day, time, zone }: IcalTime, local: Zone): EpochMs => (zone ?? local).instantAt(day, time);

const durationShape = /^\+?P(?=[\dT])(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** A `DURATION`, not negative. */
export function lengthOf({ value, line }: Property): NominalLength {
  const parts = durationShape.exec(value.toUpperCase())?.map((part) => Number(part ?? 0));
  if (parts === undefined) broken(line, `DURATION "${value.slice(0, 40)}" is not a length such as P1D or PT4H`);
  const [, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts;
  return {
    days: Math.min(weeks * 7 + days, 36_600),
    ms: Math.min(((hours * 60 + minutes) * 60 + seconds) * 1000, 36_600 * dayMs),
  };
}
