import type { LadderPlan, LadderProblem } from '../../lib/time/ladder/plan';
import { currentText, fieldOf } from '../editor/fields.editor';
import { momentText } from '../editor/moments.editor';
import type { DialogNode } from '../editor/red.editor';
import type { Say } from '../editor/texts.editor';
import type { StepAction } from './config';
import { calendarFor, planSample, sampleEnvelope } from './sample-plan.editor';
import { fieldsOf, type Row } from './step-fields.editor';
import { complaintAboutFields } from './step-rules.editor';
import { readSteps } from './steps-list.editor';
import { drawTimeline } from './timeline.editor';

/** More lines than this nobody reads. */
const mostLines = 30;

const linesInto = (list: JQuery, lines: readonly string[]) => {
  list.empty().toggle(lines.length > 0);
  for (const line of lines) $('<li>').text(line).appendTo(list);
};

/** What a person should know about a row that no calculation tells. */
function remarks(say: Say, node: DialogNode, rows: readonly Row[]): string[] {
  if (currentText(node, 'directory').trim() !== '') return [];
  return rows.flatMap((row, index) => {
    const { do: action, to } = fieldsOf(row);
    if (!['notify', 'forward', 'replace'].includes(action) || to.trim() !== '') return [];
    return [say(action === 'notify' ? 'problem.noManager' : 'problem.noAlternate', { number: index + 1 })];
  });
}

/** The sentence of a problem of the plan, in the language of the editor. */
function sentenceOf(say: Say, { kind, step = 0, firings }: LadderProblem, zone: string): string {
  const [first] = firings;
  return say(`problem.${kind}`, { number: step + 1, at: first ? momentText(first.at, zone) : '' });
}

function firingLines(say: Say, { firings }: LadderPlan<StepAction>, zone: string): string[] {
  const lines = firings.slice(0, mostLines).map(({ at, step, round, rounds, action }) => {
    const name = action.label ? `${say(`do.${action.do}`)}: ${action.label}` : say(`do.${action.do}`);
    const values = { at: momentText(at, zone), number: step + 1, name, round, rounds };
    return say(rounds > 1 ? 'timeline.round' : 'timeline.firing', values);
  });
  const more = firings.length - lines.length;
  return more > 0 ? [...lines, say('timeline.more', { count: more })] : lines;
}

/** Draws the ladder as it stands in the dialog for a sample envelope. */
function update(say: Say, node: DialogNode): void {
  const drawing = $('#core-signature-timeline');
  const rows = readSteps();
  const value = (property: string) => currentText(node, property);
  const own = value('ownCalendarType') === 'json' ? value('ownCalendar') : '';
  const calendar = calendarFor(value('calendar'), own);
  const days = $('#core-signature-sample-days').val() ?? '';
  const sample = sampleEnvelope(Date.now(), days, value('due').trim() !== '');
  const wrong = rows.findIndex((row) => complaintAboutFields(say, fieldsOf(row)) !== undefined);
  let plan: LadderPlan<StepAction> = { firings: [], problems: [] };
  const warnings: string[] = [];
  if (typeof calendar === 'string') warnings.push(say('problem.calendar', { reason: calendar }));
  else if (wrong >= 0) warnings.push(say('problem.step', { number: wrong + 1 }));
  else {
    try {
      if (rows.length > 0) plan = planSample(rows, sample, calendar);
      warnings.push(...plan.problems.map((problem) => sentenceOf(say, problem, calendar.zone.name)));
    } catch (thrown) {
      warnings.push(say('validation.steps', { reason: thrown instanceof Error ? thrown.message : String(thrown) }));
    }
    warnings.push(...remarks(say, node, rows));
  }
  const zone = typeof calendar === 'string' ? 'UTC' : calendar.zone.name;
  const [target] = [drawing[0]];
  drawing.toggle(plan.firings.length > 0);
  if (target && typeof calendar !== 'string') drawTimeline(say, target, plan.firings, sample, calendar);
  linesInto($('#core-signature-firings'), firingLines(say, plan, zone));
  linesInto($('#core-signature-warnings'), warnings);
  $('#core-signature-sample-zone').text(plan.firings.length > 0 ? say('timeline.zone', { zone }) : '');
}

/**
 * Keeps the drawing, the list of moments and the warnings in step with the dialog.
 *
 * @returns to be called when the list of steps has changed
 */
export function wirePreview(say: Say, node: DialogNode): () => void {
  let planned = false;
  // Several fields change at once when a row is added or moved.
  const later = () => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => {
      planned = false;
      update(say, node);
    });
  };
  for (const property of ['due', 'calendar', 'ownCalendar', 'ownCalendarType', 'directory']) {
    fieldOf(node, property).on('change', later);
  }
  $('#core-signature-sample-days').on('input', later);
  return later;
}
