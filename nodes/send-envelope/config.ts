import * as z from 'zod';
import { commonFields, flag, numberField, text, typedAs, typedValue } from '../../lib/node-red/config-fields';

/** What a signer does; the service's flags behind each are in `lib/core-signature/requests.ts`. */
export const signerRole = z.enum(['sign', 'approve', 'notify', 'copy', 'in_person']);

/** One row of the signer list in the dialog. Every value is a typed input. */
export const signerRow = z.object({
  email: typedValue(),
  emailType: typedAs('str'),
  fullName: typedValue(),
  fullNameType: typedAs('str'),
  role: signerRole.default('sign'),
  /** Signers with equal numbers act in parallel, higher numbers after all lower ones. */
  order: typedValue('1'),
  orderType: typedAs('num'),
  language: typedValue(),
  languageType: typedAs('str'),
  phone: typedValue(),
  phoneType: typedAs('str'),
  /** Never typed into the flow: a message, context or environment value only. */
  password: typedValue(),
  passwordType: typedAs('msg'),
  /** Own id of the person; set, the signer gets no mail but a signing link in `msg.envelope`. */
  embedId: typedValue(),
  embedIdType: typedAs('str'),
});

/** What can be switched off for the signers of an envelope. */
export const signerOption = z.enum([
  'attachments',
  'text',
  'date',
  'textSignatures',
  'uploadSignatures',
  'emails',
  'blockchainProof',
]);

/** Configuration of `send-envelope`. */
export const sendEnvelopeConfig = z.object({
  ...commonFields,
  account: text(),
  documentSource: z.enum(['content', 'file', 'url', 'template']).default('content'),
  document: typedValue('payload'),
  documentType: typedAs('msg'),
  documentName: typedValue(),
  documentNameType: typedAs('str'),
  /** A list of `{name, content | file | url}`; they travel with the document and are not signed. */
  attachments: typedValue(),
  attachmentsType: typedAs('msg'),
  signersSource: z.enum(['rows', 'property']).default('rows'),
  signers: z.array(signerRow).default([]),
  signersProperty: typedValue('signers'),
  signersPropertyType: typedAs('msg'),
  title: typedValue(),
  titleType: typedAs('str'),
  subject: typedValue(),
  subjectType: typedAs('str'),
  message: typedValue(),
  messageType: typedAs('str'),
  senderName: typedValue(),
  senderNameType: typedAs('str'),
  senderEmail: typedValue(),
  senderEmailType: typedAs('str'),
  /** `o` the signers only, `mo` the sender too, `m` only the sender. */
  who: z.enum(['o', 'mo', 'm']).default('o'),
  /** The originating system's key of this envelope; a repeated key never sends twice. */
  externalId: typedValue(),
  externalIdType: typedAs('str'),
  expireDays: typedValue(),
  expireDaysType: typedAs('num'),
  deleteDays: typedValue(),
  deleteDaysType: typedAs('num'),
  linkDays: typedValue(),
  linkDaysType: typedAs('num'),
  /** `{externalId: value, …}` or the service's own list form. */
  prefill: typedValue(),
  prefillType: typedAs('json'),
  /** Names of the files every signer has to upload. */
  requiredAttachments: typedValue(),
  requiredAttachmentsType: typedAs('json'),
  redirectUrl: typedValue(),
  redirectUrlType: typedAs('str'),
  redirectUrlDeclined: typedValue(),
  redirectUrlDeclinedType: typedAs('str'),
  signatureColor: typedValue(),
  signatureColorType: typedAs('str'),
  reminders: flag(false),
  /** Ask for the SMS code before the document can be read, not only before it is signed. */
  lockBySms: flag(false),
  /** Send nothing yet: the sender places the fields on a page of the service and sends from there. */
  prepare: flag(false),
  switchedOff: z.array(signerOption).default([]),
  maxSizeMb: numberField(50, { min: 0.001, max: 500 }),
  /** How long an unreachable or throttling service is tried before the message fails. */
  retrySeconds: numberField(60, { min: 0, max: 86_400 }),
});

export type SendEnvelopeConfig = z.infer<typeof sendEnvelopeConfig>;
export type SignerRow = z.infer<typeof signerRow>;
