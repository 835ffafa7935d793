import { type Weekday, weekdays } from '../../lib/time/calendar/civil';
import type { Say } from '../editor/texts.editor';

export type Span = [opens: string, closes: string];
export type Week = Record<Weekday, Span[]>;

const table = () => $('#core-signature-week');

/**
 * A time of day as `HH:MM`, from what people type: `9`, `9:30`, `930`, `17.30`. Anything else comes back as it is, for
 * the validator to complain about.
 */
export function timeOfDay(typed: string): string {
  const [, hours, minutes = '00'] = /^(\d{1,2})(?:[:.h]?(\d{2}))?$/.exec(typed.trim()) ?? [];
  return hours === undefined ? typed.trim() : `${hours.padStart(2, '0')}:${minutes}`;
}

/** Weekly hours out of a flow; what is not a list of spans counts as closed. */
export function weekOf(hours: unknown): Week {
  const given: Record<string, unknown> = typeof hours === 'object' && hours !== null ? { ...hours } : {};
  const spansOf = (day: Weekday): Span[] => {
    const spans: unknown = given[day];
    if (!Array.isArray(spans)) return [];
    return spans.map((span: unknown): Span => (Array.isArray(span) ? [String(span[0]), String(span[1])] : ['', '']));
  };
  return Object.fromEntries(weekdays.map((day) => [day, spansOf(day)])) as Week;
}

function addTime(target: JQuery, what: 'opens' | 'closes', value: string, label: string, changed: () => void): void {
  const field = $('<input>', { type: 'text', inputmode: 'numeric', 'data-time': what, 'aria-label': label });
  field.val(value).appendTo(target);
  field.on('change', () => {
    field.val(timeOfDay(field.val() ?? ''));
    changed();
  });
  field.on('input', changed);
}

/** One row of the table: a day with its spans, and buttons to add and remove one. */
function addDay(say: Say, day: Weekday, spans: Span[], changed: () => void): void {
  const name = say(`day.${day}`);
  const row = $('<div>', { class: 'core-signature-day', 'data-day': day, role: 'group', 'aria-label': name });
  row.appendTo(table());
  $('<span>', { class: 'core-signature-day-name' }).text(name).appendTo(row);
  const list = $('<span>', { class: 'core-signature-spans' }).appendTo(row);
  const closed = $('<span>', { class: 'core-signature-unit' }).text(say('week.closed')).appendTo(list);
  const update = () => {
    closed.toggle(list.find('.core-signature-span').length === 0);
    changed();
  };
  const addSpan = ([opens, closes]: Span) => {
    const span = $('<span>', { class: 'core-signature-span' }).appendTo(list);
    addTime(span, 'opens', opens, `${name}: ${say('week.opens')}`, changed);
    $('<span>', { 'aria-hidden': 'true' }).text('–').appendTo(span);
    addTime(span, 'closes', closes, `${name}: ${say('week.closes')}`, changed);
    const remove = say('button.removeSpan', { day: name });
    $('<button>', { type: 'button', class: 'red-ui-button red-ui-button-small', title: remove, 'aria-label': remove })
      .append('<i class="fa fa-times"></i>')
      .appendTo(span)
      .on('click', () => {
        span.remove();
        update();
      });
  };
  const add = say('button.addSpan', { day: name });
  $('<button>', { type: 'button', class: 'red-ui-button red-ui-button-small', title: add, 'aria-label': add })
    .append('<i class="fa fa-plus"></i>')
    .appendTo(row)
    .on('click', () => {
      addSpan(suggestedSpan(spansIn(row)));
      update();
    });
  for (const span of spans) addSpan(span);
  update();
}

/** What a new span starts with: the usual hours, or the afternoon when there is a morning already. */
function suggestedSpan(spans: Span[]): Span {
  const last = spans.at(-1)?.[1];
  if (last === undefined) return ['09:00', '17:00'];
  return last < '18:00' ? [last < '13:00' ? '13:00' : last, '18:00'] : [last, '24:00'];
}

/** Fills the table. @param changed called after every change of it */
export function showWeek(say: Say, hours: unknown, changed: () => void): void {
  table().empty();
  const week = weekOf(hours);
  for (const day of weekdays) addDay(say, day, week[day], changed);
}

function spansIn(row: JQuery): Span[] {
  const spans: Span[] = [];
  row.find('.core-signature-span').each((_index, element) => {
    const time = (what: string) => timeOfDay($(element).find(`[data-time=${what}]`).val() ?? '');
    spans.push([time('opens'), time('closes')]);
  });
  return spans;
}

/** The weekly hours as they stand in the table. */
export function readWeek(): Week {
  return Object.fromEntries(weekdays.map((day) => [day, spansIn(table().find(`[data-day=${day}]`))])) as Week;
}
