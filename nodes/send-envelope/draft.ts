import type { Node, NodeAPI } from 'node-red';
import { SignatureError } from '../../lib/errors';
import type { ValueType } from '../../lib/node-red/config-fields';
import type { FlowMessage } from '../../lib/node-red/handlers';
import { evaluate } from '../../lib/node-red/typed-input';
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
  const of: Evaluate = (field, value, type) => evaluate(RED, node, message, field, value, type);
  const plain: [PlainField, unknown][] = [];
  const source = await sourceOf(config, of);
  for (const field of plainFields) plain.push([field, await of(field, config[field], config[`${field}Type`])]);
  return {
    ...(Object.fromEntries(plain) as Record<PlainField, unknown>),
    source,
    attachments: await attachmentsOf(config, of),
    signers: await signersOf(config, of),
    who: config.who,
    reminders: config.reminders,
    lockBySms: config.lockBySms,
    prepare: config.prepare,
    switchedOff: config.switchedOff,
  };
}

/** Typed inputs whose value goes into the envelope as it is. */
const plainFields = [
  'externalId',
  'title',
  'subject',
  'message',
  'senderName',
  'senderEmail',
  'expireDays',
  'deleteDays',
  'linkDays',
  'prefill',
  'requiredAttachments',
  'redirectUrl',
  'redirectUrlDeclined',
  'signatureColor',
] as const;
type PlainField = (typeof plainFields)[number];

async function sourceOf(config: SendEnvelopeConfig, of: Evaluate): Promise<DocumentSource> {
  const value = await of('document', config.document, config.documentType);
  const name = await of('documentName', config.documentName, config.documentNameType);
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
async function attachmentsOf(config: SendEnvelopeConfig, of: Evaluate): Promise<DocumentSource[]> {
  const value = await of('attachments', config.attachments, config.attachmentsType);
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

async function signersOf(config: SendEnvelopeConfig, of: Evaluate): Promise<unknown> {
  if (config.signersSource === 'property') {
    return of('signers', config.signersProperty, config.signersPropertyType);
  }
  return Promise.all(config.signers.map((row, index) => signerOf(row, `signer ${index + 1}`, of)));
}

async function signerOf(row: SignerRow, field: string, of: Evaluate) {
  return {
    role: row.role,
    email: await of(`${field}: email`, row.email, row.emailType),
    fullName: await of(`${field}: name`, row.fullName, row.fullNameType),
    order: await of(`${field}: order`, row.order, row.orderType),
    language: await of(`${field}: language`, row.language, row.languageType),
    phone: await of(`${field}: phone`, row.phone, row.phoneType),
    password: await of(`${field}: password`, row.password, row.passwordType),
    embedId: await of(`${field}: embedId`, row.embedId, row.embedIdType),
  };
}
