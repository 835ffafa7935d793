import type { Node, NodeAPI, NodeDef } from 'node-red';
import { toError } from '../../lib/errors';
import { lazy } from '../../lib/lazy';
import type { CalendarNode } from '../../lib/node-red/calendar-ref';
import { readConfig } from '../../lib/node-red/construct';
import { workingCalendarConfig } from './config';

const calendars = lazy(() => require('./calendar') as typeof import('./calendar'));

/** When people work: zone, weekly hours and days off, shared by all nodes that count working time. */
export = (RED: NodeAPI): void => {
  function WorkingCalendar(this: Node & CalendarNode, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    try {
      this.calendar = calendars().calendarOf(readConfig(workingCalendarConfig, definition));
    } catch (thrown) {
      this.reason = toError(thrown);
      this.error(this.reason.message);
    }
  }

  RED.nodes.registerType('working-calendar', WorkingCalendar);
};
