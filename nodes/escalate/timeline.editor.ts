import { nextWorkingDay } from '../../lib/time/calendar/working-days';
import type { WorkingCalendar } from '../../lib/time/calendar/working-hours';
import type { PlannedStep } from '../../lib/time/ladder/plan';
import { dateText } from '../editor/moments.editor';
import type { Say } from '../editor/texts.editor';
import type { StepAction } from './config';
import type { Sample } from './sample-plan.editor';

const width = 560;
const margin = 24;
const radius = 9;
/** Firings that would cover each other are put one above the other, at most so many. */
const mostLanes = 3;
const laneHeight = 2 * radius + 1;
const axis = radius + 3 + (mostLanes - 1) * laneHeight;

/** Longer ladders are drawn without their days off, which would be thinner than a line. */
const mostDays = 120;
const dayMs = 24 * 3_600_000;

type Shape = [name: string, attributes: Record<string, string | number>, text?: string];

/** One element of the drawing. Attributes are the only thing that comes in, so nothing can be injected. */
function element([name, attributes, text]: Shape): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Days on which nobody works, as bands behind the line. */
function daysOff(calendar: WorkingCalendar, start: number, end: number, x: (at: number) => number): Shape[] {
  const { zone } = calendar;
  if (end - start > mostDays * dayMs) return [];
  const bands: Shape[] = [];
  let working = zone.dayAt(start) - 1;
  while (zone.instantAt(working + 1, 0) < end) {
    const next = nextWorkingDay(calendar, working);
    const from = Math.max(start, zone.instantAt(working + 1, 0));
    const to = Math.min(end, zone.instantAt(next, 0));
    if (to > from)
      bands.push(['rect', { class: 'day-off', x: x(from), y: axis - 24, width: x(to) - x(from), height: 30 }]);
    working = next;
  }
  return bands;
}

/** A date below the line; texts at an end of the line stay inside. */
function mark(kind: string, at: number, text: string): Shape[] {
  const anchor = at < margin + 40 ? 'start' : at > width - margin - 40 ? 'end' : 'middle';
  return [
    ['line', { class: kind, x1: at, y1: axis - 30, x2: at, y2: axis + 6 }],
    ['text', { class: kind, x: at, y: axis + 20, 'text-anchor': anchor }, text],
  ];
}

/** The firings as numbered circles. */
function circles(firings: readonly PlannedStep<StepAction>[], x: (at: number) => number): Shape[] {
  const lanes: number[] = [];
  return firings.flatMap(({ at, step, action }): Shape[] => {
    const cx = x(at);
    const free = lanes.findIndex((last) => cx - last >= laneHeight);
    const lane = free >= 0 ? free : Math.min(lanes.length, mostLanes - 1);
    lanes[lane] = cx;
    const cy = axis - lane * laneHeight;
    return [
      ['circle', { class: action.do, cx, cy, r: radius }],
      ['text', { class: 'number', x: cx, y: cy + 4, 'text-anchor': 'middle' }, String(step + 1)],
    ];
  });
}

/**
 * Draws a planned ladder on a line from now to the due date, or to the last step.
 *
 * @param target is emptied; the drawing has a text beside it, so it is an image to a screen reader
 */
export function drawTimeline(
  say: Say,
  target: HTMLElement,
  firings: readonly PlannedStep<StepAction>[],
  { start, due }: Sample,
  calendar: WorkingCalendar,
): void {
  const last = firings.at(-1)?.at ?? start;
  const end = Math.max(due ?? start, last, start + dayMs);
  const x = (at: number) => Math.round((margin + ((at - start) / (end - start)) * (width - 2 * margin)) * 10) / 10;
  const zone = calendar.zone.name;
  const shapes: Shape[] = [
    ...daysOff(calendar, start, end, x),
    ['line', { class: 'axis', x1: margin, y1: axis, x2: width - margin, y2: axis }],
    ...mark('mark', x(start), say('timeline.start')),
    ...(due === undefined ? [] : mark('mark', x(due), say('timeline.due', { date: dateText(due, zone) }))),
    ...circles(firings.slice(0, 200), x),
  ];
  const top = Math.min(...shapes.flatMap(([, { cy, y, y1 }]) => [cy, y, y1].filter((at) => typeof at === 'number')));
  const viewBox = `0 ${top - radius - 2} ${width} ${axis + 26 - (top - radius - 2)}`;
  const svg = element(['svg', { viewBox, role: 'img', 'aria-label': say('timeline.name', { count: firings.length }) }]);
  svg.append(...shapes.map(element));
  target.replaceChildren(svg);
}
