import { readChoices, showChoices } from '../editor/choices.editor';
import { finishDialog } from '../editor/dialog.editor';
import { inPreviousOrder, showInitialValues } from '../editor/fields.editor';
import type { DialogNode } from '../editor/red.editor';
import {
  numberWithin,
  optional,
  type Rule,
  type Rules,
  regularExpression,
  typed,
  validator,
  when,
} from '../editor/rules.editor';
import { textsOf } from '../editor/texts.editor';
import { makeTypedInputs } from '../editor/typed-inputs.editor';

const say = textsOf('signature-event-in');

const filterValue: Rule = (value, context) => {
  if (context.other('filterProperty') === '') return true;
  return typed(context.other('filterRule') === 'matches' ? { str: regularExpression } : {}, false)(value, context);
};

const rules: Rules = {
  pollSeconds: when('source', ['poll'], optional(numberWithin({ min: 1, max: 86_400 }))),
  filterValue,
};

export const check = validator(say, rules);
export const label = (property: string) => say(`label.${property}`);
export const text = say;

export function prepare(node: DialogNode): void {
  showInitialValues(node);
  // An event is judged where no message is at hand, so the filter cannot look at one.
  makeTypedInputs(node, { filterValue: 'setting' });
  showChoices('events', node.events);
  finishDialog(node);
}

/** The node has an input only while events are handed over by messages. */
export function save(node: DialogNode): void {
  node.events = inPreviousOrder(node.events, readChoices('events'));
  node.inputs = $('#node-input-source').val() === 'message' ? 1 : 0;
}
