import { finishDialog } from '../editor/dialog.editor';
import { showInitialValues } from '../editor/fields.editor';
import type { DialogNode } from '../editor/red.editor';
import {
  atMost,
  both,
  filled,
  matching,
  numberWithin,
  optional,
  type Rules,
  validator,
  when,
} from '../editor/rules.editor';
import { wireConnectionTest } from '../editor/runtime.editor';
import { textsOf } from '../editor/texts.editor';

const say = textsOf('signature-ledger');

const onServer = (rule = filled) => when('engine', ['postgres'], rule);

const rules: Rules = {
  file: when('engine', ['file'], filled),
  host: onServer(),
  port: onServer(optional(numberWithin({ min: 1, max: 65_535, whole: true }))),
  database: onServer(),
  user: onServer(),
  // PostgreSQL cuts longer names silently.
  schema: onServer(both(matching(/^[A-Za-z_][A-Za-z0-9_]*$/, 'identifier'), atMost(63))),
  caFile: onServer(when('tls', ['ca'], filled)),
  keepDays: optional(numberWithin({ min: 1, max: 36_500, whole: true })),
};

export const check = validator(say, rules);
export const label = (property: string) => say(`label.${property}`);

/** What the node is called in lists when it has no name. */
export const summary = (node: DialogNode) =>
  node.engine === 'postgres'
    ? `${String(node.host)}/${String(node.database)}`
    : String(node.file ?? '') || say('summary');

export function prepare(node: DialogNode): void {
  showInitialValues(node);
  finishDialog(node);
  wireConnectionTest(node, say, 'ledger', ['password']);
}
