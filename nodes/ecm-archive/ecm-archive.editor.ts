import { finishDialog } from '../editor/dialog.editor';
import { fieldOf, showInitialValues } from '../editor/fields.editor';
import type { DialogNode } from '../editor/red.editor';
import {
  anything,
  numberWithin,
  optional,
  type Rule,
  type Rules,
  typed,
  validator,
  webAddress,
  when,
} from '../editor/rules.editor';
import { textsOf } from '../editor/texts.editor';
import { makeTypedInputs } from '../editor/typed-inputs.editor';
import { certificates, classifications, documentName, folderPath, record } from './archive-rules.editor';
import { describeAgain, readMetadata, showMetadata } from './metadata-list.editor';
import { complaintAboutMetadata } from './metadata-rules.editor';
import { knownWay, possibleCollision } from './repository-abilities.editor';
import { wireTypeLookup } from './type-lookup.editor';

export { abilitiesOf } from './repository-abilities.editor';

const say = textsOf('ecm-archive');

/** Names the field as the dialog does, where its label depends on how the container is found. */
const calledBy =
  (group: string, rule: Rule): Rule =>
  (value, context) =>
    rule(value, { ...context, label: say(`${group}.${context.other('containerBy')}`) });

const needed = typed({ str: anything }, false);

const rules: Rules = {
  envelope: typed({}, false),
  containerBy: knownWay,
  container: when('containerBy', ['id', 'nickname', 'businessObject', 'workspace'], calledBy('container', needed)),
  system: when('containerBy', ['businessObject'], needed),
  objectType: when('containerBy', ['businessObject', 'workspace'], calledBy('objectType', needed)),
  path: typed({ str: folderPath }),
  documentName: typed({ str: documentName }),
  collision: possibleCollision,
  documentType: typed({ str: anything }),
  classifications: typed({ json: classifications }),
  record: typed({ json: record }),
  trust: typed({ str: certificates }),
  tsaUrl: typed({ str: webAddress }),
  maxSizeMb: optional(numberWithin({ min: 1, max: 4096 })),
  retryDays: optional(numberWithin({ min: 0, max: 365 })),
};

export const check = validator(say, rules);
export const label = (property: string) => say(`label.${property}`);
export const text = say;

const rowsOf = (metadata: unknown): unknown[] => (Array.isArray(metadata) ? metadata : []);

/** The attributes as a whole: each is named once and has a value. */
export const checkMetadata = (_node: DialogNode, metadata: unknown): true | string =>
  complaintAboutMetadata(say, rowsOf(metadata)) ?? true;

export function prepare(node: DialogNode): void {
  showInitialValues(node);
  makeTypedInputs(node, {
    envelope: 'reference',
    container: 'reference',
    system: 'text',
    objectType: 'text',
    path: 'text',
    documentName: 'text',
    documentType: 'text',
    classifications: 'list',
    record: 'list',
  });
  const describe = wireTypeLookup(say, () => readMetadata().map(({ attribute }) => attribute), describeAgain);
  showMetadata(say, rowsOf(node.metadata), describe);
  // What the repository can do decides whether these are right.
  const repository = fieldOf(node, 'repository');
  repository.on('change', () => {
    for (const property of ['containerBy', 'collision', 'record']) fieldOf(node, property).trigger('change');
  });
  finishDialog(node);
  repository.trigger('change');
}

export function save(node: DialogNode): void {
  node.metadata = readMetadata();
}
