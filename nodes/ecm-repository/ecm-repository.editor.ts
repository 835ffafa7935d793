import { finishDialog } from '../editor/dialog.editor';
import { showInitialValues } from '../editor/fields.editor';
import type { DialogNode } from '../editor/red.editor';
import {
  both,
  filled,
  matching,
  type Rule,
  type Rules,
  typed,
  validator,
  webAddress,
  when,
} from '../editor/rules.editor';
import { wireConnectionTest } from '../editor/runtime.editor';
import { textsOf } from '../editor/texts.editor';
import { fits, takesPart, wireLogOn } from './log-on.editor';

const say = textsOf('ecm-repository');

const services = ['content-server', 'core-content', 'cmis', 'webdav', 'http'];

/** A flow is not secret, so an address carries neither user name nor password. */
const withoutSecrets: Rule = (value, { say: sentence, label: name }) => {
  const { username, password } = new URL(value);
  return (username === '' && password === '') || sentence('validation.secretInUrl', { label: name });
};

const address = both(webAddress, withoutSecrets);

/** Holds while the field takes part in the log-on. */
const forLogOn =
  (field: string, rule: Rule): Rule =>
  (value, context) =>
    !takesPart(field, context.other('kind'), context.other('auth'), context.other('grant')) || rule(value, context);

const wayToLogOn: Rule = (value, { other, say: sentence, label: name }) =>
  other('kind') === 'folder' || fits(other('kind'), value) || sentence('validation.logOn', { label: name });

const rules: Rules = {
  folder: when('kind', ['folder'], filled),
  url: when('kind', services, typed({ str: address }, false)),
  auth: wayToLogOn,
  user: forLogOn('user', filled),
  clientId: forLogOn('clientId', filled),
  tokenUrl: forLogOn('tokenUrl', typed({ str: address }, false)),
  rootFolderId: when('kind', ['content-server'], typed({ str: matching(/^\s*\d+\s*$/, 'nodeId') })),
  fileType: when('kind', ['core-content'], typed({ str: matching(/^\w+$/, 'propertyId') })),
  keyProperty: both(
    when('kind', ['core-content'], typed({ str: matching(/^\w+$/, 'propertyId') })),
    when('kind', ['cmis'], typed({ str: matching(/^[^\s"'\\]+$/, 'propertyId') })),
  ),
  storageUrl: when('kind', ['core-content'], typed({ str: address })),
};

export const check = validator(say, rules);
export const label = (property: string) => say(`label.${property}`);

/** What the repository is called in lists when it has no name. */
export const summary = (node: DialogNode) => say(`kind.${String(node.kind ?? 'folder')}`);

export function prepare(node: DialogNode): void {
  showInitialValues(node);
  finishDialog(node);
  wireLogOn(node);
  wireConnectionTest(node, say, 'repository', ['password', 'clientSecret', 'token']);
}
