import type { Node, NodeAPI } from 'node-red';
import { SignatureError } from '../../lib/errors';
import type { ValueType } from '../../lib/node-red/config-fields';
import type { FlowMessage } from '../../lib/node-red/handlers';
import { valueOf } from '../../lib/node-red/typed-input';
import type { EnvelopeDraft } from '../../lib/process/compose';
import {
  contentSource,
  type DocumentSource,
  fileSource,
  type SourceOptions,
  templateSource,
  urlSource,
} from '../../lib/process/document-source';
import type { SendEnvelopeConfig, SignerRow } from './config';

type Evaluate = (field: string, value: string, type: ValueType) => Promise<unknown>;

/** An envelope as the dialog and one message describe it; the external id is still to be settled. */
export type Draft = Omit<EnvelopeDraft, 'externalId' | 'callbackUrl'> & { externalId: unknown };

/**
 * Evaluates every field of the dialog against a message.
 *
 * @throws SignatureError naming the field that cannot be used
 */
export async function draftOf(
  RED: NodeAPI,
  node: Node,
  config: SendEnvelopeConfig,
  message: FlowMessage,
): Promise<Draft> {
  const evaluate: Evaluate = (field, value, type) => valueOf(RED, node, message, field, value, type);
  const source = await sourceOf(config, evaluate);
  return {
    source,
    attachments: await attachmentsOf(config, evaluate),
    signers: await signersOf(config, evaluate),
    externalId: await evaluate('externalId', config.externalId, config.externalIdType),
    title: await evaluate('title', config.title, config.titleType),
    subject: await evaluate('subject', config.subject, config.subjectType),
    message: await evaluate('message', config.message, config.messageType),
    senderName: await evaluate('senderName', config.senderName, config.senderNameType),
    senderEmail: await evaluate('senderEmail', config.senderEmail, config.senderEmailType),
    expireDays: await evaluate('expireDays', config.expireDays, config.expireDaysType),
    deleteDays: await evaluate('deleteDays', config.deleteDays, config.deleteDaysType),
    linkDays: await evaluate('linkDays', config.linkDays, config.linkDaysType),
    prefill: await evaluate('prefill', config.prefill, config.prefillType),
    requiredAttachments: await evaluate(
      'requiredAttachments',
      config.requiredAttachments,
      config.requiredAttachmentsType,
    ),
    redirectUrl: await evaluate('redirectUrl', config.redirectUrl, config.redirectUrlType),
    redirectUrlDeclined: await evaluate(
      'redirectUrlDeclined',
      config.redirectUrlDeclined,
      config.redirectUrlDeclinedType,
    ),
    signatureColor: await evaluate('signatureColor', config.signatureColor, config.signatureColorType),
    who: config.who,
    reminders: config.reminders,
    lockBySms: config.lockBySms,
    prepare: config.prepare,
    switchedOff: config.switchedOff,
  };
}

async function sourceOf(config: SendEnvelopeConfig, evaluate: Evaluate): Promise<DocumentSource> {
  const value = await evaluate('document', config.document, config.documentType);
  const name = await evaluate('documentName', config.documentName, config.documentNameType);
  const options: SourceOptions = {
    field: 'document',
    name: typeof name === 'string' ? name : '',
    maxBytes: config.maxSizeMb * 1024 * 1024,
  };
  switch (config.documentSource) {
    case 'content':
      return contentSource(value, options);
    case 'file':
      return fileSource(value, options);
    case 'url':
      return urlSource(value, options);
    case 'template':
      return templateSource(value, options);
  }
}

/** Rows of `{name, content | file | url}`. */
async function attachmentsOf(config: SendEnvelopeConfig, evaluate: Evaluate): Promise<DocumentSource[]> {
  const value = await evaluate('attachments', config.attachments, config.attachmentsType);
  if (value === undefined) return [];
  if (config.documentSource === 'template') {
    throw new SignatureError('BAD_INPUT', 'attachments: the service takes none with a template.', {
      field: 'attachments',
    });
  }
  const list = Array.isArray(value) ? value : [value];
  return Promise.all(list.map((given, index) => attachmentOf(given, `attachments ${index + 1}`, config.maxSizeMb)));
}

async function attachmentOf(given: unknown, field: string, maxSizeMb: number): Promise<DocumentSource> {
  const { name, content, file, url } = (given ?? {}) as Record<string, unknown>;
  const options: SourceOptions = {
    field,
    name: typeof name === 'string' ? name : '',
    maxBytes: maxSizeMb * 1024 * 1024,
  };
  if (file !== undefined) return fileSource(file, options);
  if (url === undefined) return contentSource(content, options);
  if (options.name !== '') return urlSource(url, options);
  throw new SignatureError('BAD_INPUT', `${field}: an attachment from a URL needs a name.`, { field });
}

async function signersOf(config: SendEnvelopeConfig, evaluate: Evaluate): Promise<unknown> {
  if (config.signersSource === 'property') {
    return evaluate('signers', config.signersProperty, config.signersPropertyType);
  }
  return Promise.all(config.signers.map((row, index) => signerOf(row, `signer ${index + 1}`, evaluate)));
}

async function signerOf(row: SignerRow, field: string, evaluate: Evaluate) {
  return {
    role: row.role,
    email: await evaluate(`${field}: email`, row.email, row.emailType),
    fullName: await evaluate(`${field}: name`, row.fullName, row.fullNameType),
    order: await evaluate(`${field}: order`, row.order, row.orderType),
    language: await evaluate(`${field}: language`, row.language, row.languageType),
    phone: await evaluate(`${field}: phone`, row.phone, row.phoneType),
    password: await evaluate(`${field}: password`, row.password, row.passwordType),
    embedId: await evaluate(`${field}: embedId`, row.embedId, row.embedIdType),
  };
}
