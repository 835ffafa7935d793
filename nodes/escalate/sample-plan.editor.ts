import { parseCalendar, roundTheClock } from '../../lib/time/calendar/config';
import { createCalendar, type WorkingCalendar } from '../../lib/time/calendar/working-hours';
import { type LadderPlan, planLadder } from '../../lib/time/ladder/plan';
import { parseLadder } from '../../lib/time/ladder/steps';
import { textsOf } from '../editor/texts.editor';
import { readCalendar } from '../working-calendar/calendar-check.editor';
import { type StepAction, stepAction } from './config';
import type { Row } from './step-fields.editor';

const dayMs = 24 * 3_600_000;

/** An envelope to try a ladder on: sent now, due in some days, or never. */
export interface Sample {
  start: number;
  due?: number;
  /** Absent when the node has a due date of its own: then the envelope may live longer. */
  expires?: number;
}

/**
 * A sample envelope.
 *
 * @param days as typed; what is no number above 0 means that the envelope has no due date
 * @param ownDue whether the node says itself when the signature is due
 */
export function sampleEnvelope(now: number, days: string, ownDue: boolean): Sample {
  const number = Number(days.trim().replace(',', '.'));
  if (days.trim() === '' || !(number > 0) || number > 36_600) return { start: now };
  const due = now + Math.round(number * dayMs);
  return ownDue ? { start: now, due } : { start: now, due, expires: due };
}

/**
 * The calendar by which the node would count.
 *
 * @param chosen id of a `working-calendar` node as the editor has it, or nothing
 * @param own JSON of a calendar, or nothing
 * @returns the calendar, or a sentence that says what is wrong with it
 */
export function calendarFor(chosen: string, own: string): WorkingCalendar | string {
  const node = RED.nodes.node(chosen);
  try {
    if (own.trim() !== '') return createCalendar(parseCalendar(JSON.parse(own)));
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  if (!node) return createCalendar(roundTheClock('UTC'));
  const { zone, hours, holidays, ics } = node;
  const text = (value: unknown) => String(value ?? '');
  return readCalendar(textsOf('working-calendar'), {
    zone: text(zone),
    hours,
    holidays: text(holidays),
    ics: text(ics),
  });
}

/**
 * When the steps of a ladder would fire for a sample envelope.
 *
 * @throws SignatureError when a row cannot be used
 */
export function planSample(rows: readonly Row[], sample: Sample, calendar: WorkingCalendar): LadderPlan<StepAction> {
  return planLadder({ steps: parseLadder(rows, stepAction), calendar, ...sample });
}
