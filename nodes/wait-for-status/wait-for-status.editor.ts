import { readChoices, showChoices } from '../editor/choices.editor';
import { finishDialog } from '../editor/dialog.editor';
import { inPreviousOrder, showInitialValues } from '../editor/fields.editor';
import type { DialogNode } from '../editor/red.editor';
import { duration, moment, numberWithin, type Rule, type Rules, typed, validator, when } from '../editor/rules.editor';
import { textsOf } from '../editor/texts.editor';
import { makeTypedInputs } from '../editor/typed-inputs.editor';

const say = textsOf('wait-for-status');

/** Milliseconds of a hundred years are the longest the runtime takes; a number of seconds stays below that. */
const longestNumber = 3_162_240_000;

const timeout: Rule = (value, context) => {
  if (context.other('timeoutKind') === 'until') return typed({ str: moment }, false)(value, context);
  return typed({ num: numberWithin({ min: 0, max: longestNumber }), str: duration }, false)(value, context);
};

/** Another message of the group may leave while the envelope is being cancelled, so the two do not go together. */
const group: Rule = (value, context) => {
  const cancels = context.other('timeoutKind') !== 'none' && context.other('atTimeout') === 'cancel';
  if (value.trim() !== '' && cancels) return say('validation.group');
  return typed({})(value, context);
};

const rules: Rules = {
  envelope: typed({}, false),
  statusesProperty: when('statusesSource', ['property'], typed({}, false)),
  timeout: when('timeoutKind', ['duration', 'until'], timeout),
  group,
};

export const check = validator(say, rules);
export const label = (property: string) => say(`label.${property}`);
export const text = say;

/** At least one status must be ticked, or nothing would ever be reached. */
export function checkStatuses(node: DialogNode, statuses: unknown): true | string {
  if (node.statusesSource === 'property' || (Array.isArray(statuses) && statuses.length > 0)) return true;
  return say('validation.statuses');
}

/** What the node is called when it has no name: what it waits for. */
export function summary(node: DialogNode): string {
  const statuses = Array.isArray(node.statuses) ? node.statuses.map((status) => say(`status.${String(status)}`)) : [];
  if (node.statusesSource === 'property' || statuses.length === 0) return say('palette.name');
  return say('summary', { statuses: statuses.join(' / ') });
}

/** A point in time is never a bare number, so the kinds of timeout offer different types. */
function followTimeoutKind(): void {
  const kind = $('#node-input-timeoutKind');
  const field = $('#node-input-timeout');
  const update = () => {
    const wanted = kind.val() === 'until' ? 'str' : 'num';
    const literal = field.typedInput('type');
    field.typedInput('types', [
      ...(wanted === 'num' ? ['num', 'str'] : ['str']),
      'msg',
      'flow',
      'global',
      'env',
      'jsonata',
    ]);
    if (literal === 'num' && wanted === 'str') field.typedInput('type', 'str').typedInput('value', '');
  };
  kind.on('change', update);
  update();
}

export function prepare(node: DialogNode): void {
  showInitialValues(node);
  makeTypedInputs(node, { envelope: 'reference', statusesProperty: 'list', timeout: 'duration', group: 'text' });
  showChoices('statuses', node.statuses);
  followTimeoutKind();
  finishDialog(node);
}

export function save(node: DialogNode): void {
  node.statuses = inPreviousOrder(node.statuses, readChoices('statuses'));
}
