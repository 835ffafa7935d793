import type { NodeAPI } from 'node-red';
import { SignatureError } from '../errors';
import { type CalendarConfig, parseCalendar, roundTheClock } from '../time/calendar/config';

/** The configuration node `working-calendar`, as the flow nodes see it. */
export interface CalendarNode {
  calendar?: CalendarConfig;
  reason?: Error;
}

/**
 * The calendar a node counts by: one given by the message, the chosen `working-calendar`, or every hour of every day.
 *
 * @param own an object as `lib/time/calendar/config.ts` describes it, or nothing
 * @param id of the `working-calendar` node, empty for none
 * @throws SignatureError `BAD_INPUT` for a bad calendar, `BAD_CONFIG` when the chosen node cannot be used
 */
export function calendarFrom(RED: NodeAPI, own: unknown, id: string): CalendarConfig {
  if (own !== undefined && own !== '') return parseCalendar(own, 'ownCalendar');
  if (id === '') return roundTheClock('UTC');
  const node = RED.nodes.getNode(id) as unknown as CalendarNode | null;
  if (node?.calendar) return node.calendar;
  const why = node?.reason?.message ?? 'it is missing';
  throw new SignatureError('BAD_CONFIG', `calendar: the chosen calendar cannot be used: ${why}`, { field: 'calendar' });
}
