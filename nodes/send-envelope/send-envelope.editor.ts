import { readChoices, showChoices } from '../editor/choices.editor';
import { finishDialog } from '../editor/dialog.editor';
import { inPreviousOrder, showInitialValues } from '../editor/fields.editor';
import type { DialogNode } from '../editor/red.editor';
import {
  anything,
  atMost,
  email,
  filled,
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
import { wireDocumentSource } from './document-source.editor';
import { complaintAboutSigners } from './signer-rules.editor';
import { readSigners, showSigners } from './signers-list.editor';

const say = textsOf('send-envelope');

/** The service counts whole days, two years at most. */
const days = typed({ num: numberWithin({ min: 1, max: 730, whole: true }) });

const document: Rule = (value, context) => {
  const literal = context.other('documentSource') === 'url' ? webAddress : anything;
  return typed({ str: literal }, false)(value, context);
};

const rules: Rules = {
  document,
  documentName: typed({ str: filled }),
  attachments: typed(),
  signersProperty: when('signersSource', ['property'], typed({}, false)),
  title: typed({ str: atMost(255) }),
  subject: typed({ str: atMost(512) }),
  message: typed(),
  senderName: typed({ str: atMost(255) }),
  senderEmail: typed({ str: email }),
  externalId: typed({ str: atMost(255) }),
  expireDays: days,
  deleteDays: days,
  linkDays: days,
  prefill: typed(),
  requiredAttachments: typed(),
  redirectUrl: typed({ str: webAddress }),
  redirectUrlDeclined: typed({ str: webAddress }),
  signatureColor: typed({ str: atMost(100) }),
  maxSizeMb: optional(numberWithin({ min: 0.001, max: 500 })),
  retrySeconds: optional(numberWithin({ min: 0, max: 86_400 })),
};

/** What can be switched off, by the group of check boxes that shows it. Ticked means allowed. */
const options = {
  allowed: ['attachments', 'text', 'date', 'textSignatures', 'uploadSignatures'],
  allowedMails: ['emails', 'blockchainProof'],
};

export const check = validator(say, rules);
export const label = (property: string) => say(`label.${property}`);
export const text = say;

/** The list of signers as a whole: somebody has to act, and every row can be used. */
export function checkSigners(node: DialogNode, signers: unknown): true | string {
  if (node.signersSource === 'property') return true;
  return complaintAboutSigners(say, Array.isArray(signers) ? signers : []) ?? true;
}

export function prepare(node: DialogNode): void {
  showInitialValues(node);
  makeTypedInputs(node, {
    document: 'text',
    documentName: 'text',
    attachments: 'list',
    signersProperty: 'list',
    title: 'text',
    subject: 'text',
    message: 'text',
    senderName: 'text',
    senderEmail: 'text',
    externalId: 'text',
    expireDays: 'number',
    deleteDays: 'number',
    linkDays: 'number',
    prefill: 'list',
    requiredAttachments: 'list',
    redirectUrl: 'text',
    redirectUrlDeclined: 'text',
    signatureColor: 'text',
  });
  const switchedOff = Array.isArray(node.switchedOff) ? node.switchedOff : [];
  for (const [group, all] of Object.entries(options)) {
    showChoices(
      group,
      all.filter((option) => !switchedOff.includes(option)),
    );
  }
  showSigners(say, Array.isArray(node.signers) ? node.signers : []);
  wireDocumentSource(say);
  finishDialog(node);
}

export function save(node: DialogNode): void {
  node.signers = readSigners();
  const allowed = Object.keys(options).flatMap(readChoices);
  const all = Object.values(options).flat();
  node.switchedOff = inPreviousOrder(
    node.switchedOff,
    all.filter((option) => !allowed.includes(option)),
  );
}
