import { finishDialog } from '../editor/dialog.editor';
import { fieldOf, showInitialValues } from '../editor/fields.editor';
import { momentText } from '../editor/moments.editor';
import type { DialogNode } from '../editor/red.editor';
import { type Rules, validator } from '../editor/rules.editor';
import { show } from '../editor/runtime.editor';
import { textsOf } from '../editor/texts.editor';
import { suggestZones } from '../editor/zones.editor';
import { complaintAboutCalendar, readCalendar } from './calendar-check.editor';
import { wireIcsImport } from './ics-import.editor';
import { readWeek, showWeek, weekOf } from './week-table.editor';

const say = textsOf('working-calendar');

const rules: Rules = {
  zone: (zone) => complaintAboutCalendar(say, { zone }) ?? true,
  holidays: (holidays) => complaintAboutCalendar(say, { holidays }) ?? true,
  ics: (ics) => complaintAboutCalendar(say, { ics }) ?? true,
};

export const check = validator(say, rules);
export const label = (property: string) => say(`label.${property}`);

/** Working hours of some day, each day in order and without overlaps. */
export const checkHours = (_node: DialogNode, hours: unknown): true | string =>
  complaintAboutCalendar(say, { hours }) ?? true;

/** What the calendar is called in lists when it has no name. */
export const summary = (node: DialogNode): string => String(node.zone ?? '') || say('summary');

/** Says whether it is working time now, and when it next is; or what is wrong. */
function showState(node: DialogNode): void {
  const text = (property: string) => fieldOf(node, property).val() ?? '';
  const zone = text('zone').trim();
  const calendar = readCalendar(say, { zone, hours: readWeek(), holidays: text('holidays'), ics: text('ics') });
  const hint = $('#core-signature-state');
  if (typeof calendar === 'string') {
    show(hint, calendar, 'bad');
    return;
  }
  const now = momentText(Date.now(), zone);
  const next = () => momentText(calendar.nextOpening(Date.now()), zone);
  if (calendar.isOpen(Date.now())) show(hint, say('state.open', { now }), 'good');
  else show(hint, say('state.closed', { now, next: next() }), 'plain');
}

export function prepare(node: DialogNode): void {
  showInitialValues(node);
  const update = () => showState(node);
  suggestZones(fieldOf(node, 'zone'));
  showWeek(say, node.hours, update);
  wireIcsImport(say, fieldOf(node, 'ics'));
  for (const property of ['zone', 'holidays', 'ics']) fieldOf(node, property).on('input change', update);
  finishDialog(node);
  update();
}

export function save(node: DialogNode): void {
  const week = readWeek();
  // Written only when it says something else, so that opening and closing the dialog is no change.
  if (JSON.stringify(week) !== JSON.stringify(weekOf(node.hours))) node.hours = week;
}

// Pure parts, for tests and for whoever looks at the page's console.
export { readCalendar } from './calendar-check.editor';
export { timeOfDay, weekOf } from './week-table.editor';
