import type { Node, NodeAPI, NodeDef } from 'node-red';
import { lazy } from '../../lib/lazy';
import type { CalendarNode } from '../../lib/node-red/calendar-ref';
import { constructConfig, readConfig } from '../../lib/node-red/construct';
import { workingCalendarConfig } from './config';

const calendars = lazy(() => require('./calendar') as typeof import('./calendar'));

/** When people work: zone, weekly hours and days off, shared by all nodes that count working time. */
export = (RED: NodeAPI): void => {
  function WorkingCalendar(this: Node & CalendarNode, definition: NodeDef): void {
    constructConfig(RED, this, definition, () => {
      this.calendar = calendars().calendarOf(readConfig(workingCalendarConfig, definition));
    });
  }

  RED.nodes.registerType('working-calendar', WorkingCalendar);
};
