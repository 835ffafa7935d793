/** Local time of an IANA time zone. */
import { SignatureError } from '../../errors';
import type { EpochMs } from '../moment';
import { type Day, dayMs } from './civil';

export interface Zone {
  readonly name: string;
  /** The local day of an instant. */
  dayAt(at: EpochMs): Day;
  /** Local time of an instant, in milliseconds since local midnight as the clock on the wall shows it. */
  timeAt(at: EpochMs): number;
  /**
   * The first instant at which the clock on the wall has reached a local time. A time that occurs twice (clocks go
   * back) means its first occurrence, as in RFC 5545, 3.3.5; one that is left out (clocks go forward) means the first
   * instant after the gap. Later local times never give earlier instants.
   *
   * @param day local day
   * @param time milliseconds since local midnight, 24 hours for the end of the day
   */
  instantAt(day: Day, time: number): EpochMs;
}

const digits = 'numeric' as const;

/** Shows an instant as the clock on the wall of a zone does. */
const wallClock = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: digits,
    month: digits,
    day: digits,
    hour: digits,
    minute: digits,
    second: digits,
  });

/** Zones in use, because a formatter is slow to make. */
const zones = new Map<string, Zone>();

/** Whether this runtime knows a time zone of that name. */
export function isZone(name: string): boolean {
  if (zones.has(name)) return true;
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    wallClock(name);
    return true;
  } catch {
    return false;
  }
}

/** How far local time is ahead of UTC, in milliseconds. */
function offsetIn(clock: Intl.DateTimeFormat, at: EpochMs): number {
  const whole = Math.floor(at / 1000) * 1000;
  const shown = Object.fromEntries(clock.formatToParts(whole).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}

/** The first instant after `low` and not after `high` at which the offset is no longer that of `low`. */
function transition(offset: (at: EpochMs) => number, low: EpochMs, high: EpochMs): EpochMs {
  const before = offset(low);
  let [same, other] = [low, high];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offset(middle) === before) same = middle;
    else other = middle;
  }
  return other;
}

/**
 * A time zone by name.
 *
 * @throws SignatureError BAD_INPUT when the zone is unknown
 */
export function createZone(name: string): Zone {
  const made = zones.get(name);
  if (made !== undefined) return made;
  if (!isZone(name)) {
    const message = `zone: "${name.slice(0, 60)}" is not a known time zone. Write for example "Europe/Berlin".`;
    throw new SignatureError('BAD_INPUT', message, { field: 'zone' });
  }
  const clock = wallClock(name);
  const offset = (at: EpochMs) => offsetIn(clock, at);
  const local = (at: EpochMs) => at + offset(at);
  const dayAt = (at: EpochMs) => Math.floor(local(at) / dayMs);
  const midnightOffsets = new Map<Day, number>();
  /** Offset at 00:00 UTC of a day, remembered, because asking for one is slow. */
  const offsetOf = (day: Day): number => {
    const known = midnightOffsets.get(day) ?? offset(day * dayMs);
    midnightOffsets.set(day, known);
    return known;
  };
  const zone: Zone = {
    name,
    dayAt,
    timeAt: (at) => local(at) - dayAt(at) * dayMs,
    instantAt(day, time) {
      const wall = day * dayMs + time;
      // Offsets lie between -12 and +14 hours, so every change that matters to this day is in this window.
      const [low, high] = [day - 1, day + 2];
      const [before, after] = [offsetOf(low), offsetOf(high)];
      if (before === after) return wall - before;
      const change = transition(offset, low * dayMs, high * dayMs);
      return wall - before < change ? wall - before : Math.max(change, wall - after);
    },
  };
  zones.set(name, zone);
  return zone;
}
