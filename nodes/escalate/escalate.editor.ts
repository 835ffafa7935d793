import { calendarConfig } from '../../lib/time/calendar/config';
import { finishDialog } from '../editor/dialog.editor';
import { fieldOf, showInitialValues } from '../editor/fields.editor';
import type { DialogNode } from '../editor/red.editor';
import { moment, type Rule, type Rules, typed, validator, when } from '../editor/rules.editor';
import { textsOf } from '../editor/texts.editor';
import { makeTypedInputs } from '../editor/typed-inputs.editor';
import { wirePreview } from './preview.editor';
import { fieldsOf, type Row } from './step-fields.editor';
import { complaintAboutSteps } from './step-rules.editor';
import { readSteps, showSteps } from './steps-list.editor';

const say = textsOf('escalate');

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** For each signer an alternate, a manager, or both. */
const directory: Rule = (value, { say: sentence, label: name }) => {
  const given = parsed(value);
  const isEntry = (entry: unknown) => isObject(entry) && ('alternate' in entry || 'manager' in entry);
  return (isObject(given) && Object.values(given).every(isEntry)) || sentence('validation.directory', { label: name });
};

const calendar: Rule = (value, { say: sentence, label: name }) => {
  const read = calendarConfig.safeParse(parsed(value));
  if (read.success) return true;
  const [issue] = read.error.issues;
  const place = issue?.path.join('.') ?? '';
  return sentence('validation.calendar', { label: name, reason: `${place}: ${issue?.message ?? ''}` });
};

const rules: Rules = {
  envelope: typed({}, false),
  stepsProperty: when('stepsSource', ['property'], typed({}, false)),
  due: typed({ str: moment }),
  ownCalendar: typed({ json: calendar }),
  directory: typed({ json: directory }),
};

export const check = validator(say, rules);
export const label = (property: string) => say(`label.${property}`);
export const text = say;

const rowsOf = (steps: unknown): Row[] => (Array.isArray(steps) ? steps : []);

/** The ladder as a whole: it has steps, and each can be used. */
export function checkSteps(node: DialogNode, steps: unknown): true | string {
  if (node.stepsSource === 'property') return true;
  return complaintAboutSteps(say, rowsOf(steps)) ?? true;
}

/** What the node is called when it has no name: what its steps do. */
export function summary(node: DialogNode): string {
  const actions = [...new Set(rowsOf(node.steps).map((row) => say(`do.${fieldsOf(row).do}`)))];
  if (node.stepsSource === 'property' || actions.length === 0) return say('palette.name');
  const shown = actions.slice(0, 2).join(' / ');
  return say('summary', { actions: actions.length > 2 ? `${shown} …` : shown });
}

export function prepare(node: DialogNode): void {
  showInitialValues(node);
  makeTypedInputs(node, {
    envelope: 'reference',
    stepsProperty: 'list',
    due: 'reference',
    ownCalendar: 'list',
    directory: 'list',
  });
  const changed = wirePreview(say, node);
  showSteps(say, rowsOf(node.steps), changed);
  finishDialog(node);
  changed();
}

export function save(node: DialogNode): void {
  if (fieldOf(node, 'stepsSource').val() === 'list') node.steps = readSteps();
}

// Pure parts, for tests and for whoever looks at the page's console.
export { calendarFor, planSample, sampleEnvelope } from './sample-plan.editor';
export { fieldsOf, freshId, rowOf } from './step-fields.editor';
