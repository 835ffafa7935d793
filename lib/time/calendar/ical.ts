/**
 * Holidays out of an iCalendar text (RFC 5545), such as a published calendar of public holidays.
 *
 * Every event closes, busy or free (`TRANSP` says whether a person is busy; published holidays are mostly "free"),
 * except cancelled ones. An event without a zone is meant in the zone of the calendar that uses it.
 */
import type { Interval } from '../moment';
import { dateOf, dayMs } from './civil';
import { broken, type EventLines, eventsOf, type Property } from './ical-lines';
import { type IcalTime, instantOf, lengthOf, type NominalLength, timeOf, timesOf } from './ical-values';
import { recurrences, type YearlyRule, yearlyRuleOf } from './yearly-rule';
import type { Zone } from './zone';

/** An event, checked, not yet put on the time line. */
export interface Closure {
  uid?: string;
  start: IcalTime;
  /** Either an end or a length. */
  end?: IcalTime;
  length: NominalLength;
  rules: YearlyRule[];
  /** Further starts. */
  added: IcalTime[];
  /** Starts that do not take place. */
  excluded: IcalTime[];
}

interface ReadEvent {
  uid?: string;
  /** The occurrence of another event that this one replaces. */
  replaces?: IcalTime;
  closure?: Closure;
}

function endOf(start: IcalTime, property: Property | undefined): IcalTime | undefined {
  if (property === undefined) return undefined;
  const end = timeOf(property.value, property);
  if (end.allDay !== start.allDay) broken(property.line, 'DTEND and DTSTART must both be dates or both be times');
  const backward = end.day < start.day || (end.day === start.day && end.time < start.time);
  if (backward && end.zone?.name === start.zone?.name) broken(property.line, 'DTEND is before DTSTART');
  return end;
}

function readEvent({ line, properties }: EventLines): ReadEvent {
  const all = (name: string) => properties.filter((property) => property.name === name);
  const one = (name: string) => all(name)[0];
  const uid = one('UID')?.value;
  const [recurrenceId] = all('RECURRENCE-ID').flatMap(timesOf);
  const event: ReadEvent = { uid, replaces: recurrenceId };
  if (one('STATUS')?.value.toUpperCase() === 'CANCELLED') return event;
  const begin = one('DTSTART') ?? broken(line, 'the event has no DTSTART');
  const start = timeOf(begin.value, begin);
  const exclusion = one('EXRULE');
  if (exclusion !== undefined) broken(exclusion.line, 'EXRULE is not supported; use EXDATE');
  const duration = one('DURATION');
  const given = duration === undefined ? { days: 0, ms: 0 } : lengthOf(duration);
  // A date without an end, or with itself as the end, is that whole day.
  const length = start.allDay && given.days === 0 && given.ms === 0 ? { days: 1, ms: 0 } : given;
  event.closure = {
    uid,
    start,
    end: endOf(start, one('DTEND')),
    length,
    rules: all('RRULE').map(yearlyRuleOf),
    added: all('RDATE').flatMap(timesOf),
    excluded: all('EXDATE').flatMap(timesOf),
  };
  return event;
}

/**
 * Reads the events of an iCalendar text.
 *
 * @param text blank for none
 * @throws SignatureError BAD_INPUT naming the line that cannot be read or is not supported
 */
export function parseClosures(text: string): Closure[] {
  const events = eventsOf(text).map(readEvent);
  return events.flatMap(({ closure, replaces }) => {
    if (closure === undefined) return [];
    const replaced = events.flatMap((other) =>
      replaces === undefined && other.uid === closure.uid && other.replaces !== undefined ? [other.replaces] : [],
    );
    return [{ ...closure, excluded: [...closure.excluded, ...replaced] }];
  });
}

/** Length of an event from its start, in days and elapsed time. */
function nominalLength({ start, end, length }: Closure, local: Zone): NominalLength {
  if (end === undefined) return length;
  if (start.allDay) return { days: Math.max(1, end.day - start.day), ms: 0 };
  return { days: 0, ms: Math.max(0, instantOf(end, local) - instantOf(start, local)) };
}

function occurrences(closure: Closure, from: number, to: number, local: Zone): IcalTime[] {
  const { start, rules, added, excluded } = closure;
  const repeated = rules.flatMap((rule) => {
    const { until } = rule;
    return recurrences(rule, start.day, from, to)
      .map((day): IcalTime => ({ ...start, day }))
      .filter((at) => {
        if (until === undefined) return true;
        return until.allDay || at.allDay ? at.day <= until.day : instantOf(at, local) <= instantOf(until, local);
      });
  });
  const isExcluded = (at: IcalTime) =>
    excluded.some((no) => (no.allDay || at.allDay ? no.day === at.day : instantOf(no, local) === instantOf(at, local)));
  return [start, ...repeated, ...added].filter((at) => !isExcluded(at));
}

/**
 * The stretches of time that events close within a horizon.
 *
 * @param closures from `parseClosures`
 * @param horizon what is asked about; stretches may reach beyond it, and overlap
 * @param local zone of events without one
 */
export function closuresWithin(closures: readonly Closure[], horizon: Interval, local: Zone): Interval[] {
  return closures.flatMap((closure) => {
    const { days, ms } = nominalLength(closure, local);
    const span = days + Math.ceil(ms / dayMs) + 1;
    const from = dateOf(local.dayAt(horizon.start) - span).year;
    const to = dateOf(local.dayAt(horizon.end) + 1).year;
    return occurrences(closure, from, to, local)
      .map((at) => {
        const zone = at.zone ?? local;
        return { start: instantOf(at, local), end: zone.instantAt(at.day + days, at.time) + ms };
      })
      .filter(({ start, end }) => start < end && start < horizon.end && end > horizon.start);
  });
}
