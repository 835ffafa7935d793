import { z } from 'zod';
import { checkedInput } from '../core-signature/checked-input';
import {
  type DocumentInput,
  documentInputSchema,
  type SignatureRequestInput,
  type SignerInput,
  signatureRequestInputSchema,
  signerFlags,
} from '../core-signature/requests';
import { signerRoles } from '../core-signature/signers';
import { SignatureError } from '../errors';
import type { DocumentSource } from './document-source';

/** An envelope in the words of the dialog; every value as the flow gave it, not yet checked. */
export interface EnvelopeDraft {
  source: DocumentSource;
  attachments: DocumentSource[];
  signers: unknown;
  externalId: string;
  title?: unknown;
  subject?: unknown;
  message?: unknown;
  senderName?: unknown;
  senderEmail?: unknown;
  who: 'o' | 'mo' | 'm';
  expireDays?: unknown;
  deleteDays?: unknown;
  linkDays?: unknown;
  prefill?: unknown;
  requiredAttachments?: unknown;
  redirectUrl?: unknown;
  redirectUrlDeclined?: unknown;
  signatureColor?: unknown;
  reminders: boolean;
  lockBySms: boolean;
  prepare: boolean;
  switchedOff: readonly string[];
  callbackUrl: string | null;
}

/** What goes to the service: the document (its content apart) and the request for signatures. */
export interface Composition {
  document: Omit<DocumentInput, 'file_from_content'>;
  request: Omit<SignatureRequestInput, 'document'>;
}

/** Stands for what is only known later, so that everything else can be checked before anything is sent. */
const placeholderUrl = 'https://example.invalid/';
const placeholderContent = 'AAAA';

/**
 * Translates an envelope into the service's terms and checks all of it, before the first request.
 *
 * @param templateUrl makes a template's URL from its uuid
 * @throws SignatureError `NO_SIGNER`, `BAD_SIGNER`, `DUPLICATE_SIGNER`, `BAD_INPUT` naming the field
 */
export function compose(draft: EnvelopeDraft, templateUrl: (uuid: string) => string): Composition {
  const document: DocumentInput = {
    ...contentOf(draft.source, templateUrl),
    name: text('title', draft.title),
    external_id: draft.externalId,
    events_callback_url: draft.callbackUrl ?? undefined,
    prefill_tags: prefillOf(draft.prefill),
    auto_expire_days: wholeNumber('expireDays', draft.expireDays),
    auto_delete_days: wholeNumber('deleteDays', draft.deleteDays),
    link_expire_days: wholeNumber('linkDays', draft.linkDays),
  };
  const off = (option: string): true | undefined => draft.switchedOff.includes(option) || undefined;
  const request: SignatureRequestInput = {
    document: placeholderUrl,
    signers: signersOf(draft.signers),
    from_email: text('senderEmail', draft.senderEmail),
    from_email_name: text('senderName', draft.senderName),
    subject: text('subject', draft.subject),
    message: text('message', draft.message),
    who: draft.who,
    send_reminders: draft.reminders || undefined,
    is_being_prepared: draft.prepare || undefined,
    disable_emails: off('emails'),
    disable_attachments: off('attachments'),
    disable_text: off('text'),
    disable_date: off('date'),
    disable_text_signatures: off('textSignatures'),
    disable_upload_signatures: off('uploadSignatures'),
    disable_blockchain_proof: off('blockchainProof'),
    force_signature_color: text('signatureColor', draft.signatureColor),
    text_message_verification_locked: draft.lockBySms || undefined,
    required_attachments: namesOf(draft.requiredAttachments),
    redirect_url: text('redirectUrl', draft.redirectUrl),
    redirect_url_declined: text('redirectUrlDeclined', draft.redirectUrlDeclined),
  };
  const { file_from_content: _, ...checkedDocument } = inDialogWords(() => checkedInput(documentInputSchema, document));
  const { document: __, ...checkedRequest } = inDialogWords(() => checkedInput(signatureRequestInputSchema, request));
  return { document: checkedDocument, request: checkedRequest };
}

function contentOf(source: DocumentSource, templateUrl: (uuid: string) => string): DocumentInput {
  if (source.kind === 'url') return { file_from_url: source.url };
  if (source.kind === 'content') return { file_from_content: placeholderContent, file_from_content_name: source.name };
  return { template: URL.canParse(source.template) ? source.template : templateUrl(source.template) };
}

/** A signer as a flow gives it: a full row, or just an e-mail address. */
const draftSigner = z.preprocess(
  (given) => (typeof given === 'string' ? { email: given } : given),
  z.object({
    email: z.string('is missing'),
    name: z.string().nullish(),
    fullName: z.string().nullish(),
    firstName: z.string().nullish(),
    lastName: z.string().nullish(),
    role: z
      .enum(signerRoles, `must be one of ${signerRoles.join(', ')}`)
      .nullish()
      .transform((role) => role ?? 'sign'),
    order: z.unknown().optional(),
    language: z.string().nullish(),
    forceLanguage: z.boolean().nullish(),
    phone: z.string().nullish(),
    bankAccount: z.string().nullish(),
    password: z.string().nullish(),
    embedId: z.string().nullish(),
    redirectUrl: z.string().nullish(),
    redirectUrlDeclined: z.string().nullish(),
    afterDocument: z.string().nullish(),
    stamp: z.boolean().nullish(),
  }),
);

function signersOf(value: unknown): SignerInput[] {
  const list = Array.isArray(value) ? value : value === undefined || value === null || value === '' ? [] : [value];
  return list.map((given, index) => {
    const parsed = draftSigner.safeParse(given);
    if (!parsed.success) throw badSigner(index, parsed.error);
    const { role, ...signer } = parsed.data;
    return {
      ...signerFlags[role],
      email: signer.email.trim(),
      full_name: present(signer.fullName ?? signer.name),
      first_name: present(signer.firstName),
      last_name: present(signer.lastName),
      order: wholeNumber(`signer ${index + 1}: order`, signer.order, 'BAD_SIGNER'),
      language: present(signer.language),
      force_language: signer.forceLanguage ?? undefined,
      verify_phone_number: present(signer.phone),
      verify_bank_account: present(signer.bankAccount),
      password: present(signer.password),
      embed_url_user_id: present(signer.embedId),
      redirect_url: present(signer.redirectUrl),
      redirect_url_declined: present(signer.redirectUrlDeclined),
      after_document: present(signer.afterDocument),
      use_stamp_for_approve_only: signer.stamp ?? undefined,
    };
  });
}

function badSigner(index: number, error: z.ZodError): SignatureError {
  const issue = error.issues[0];
  const field = issue?.path.join('.') || 'value';
  return new SignatureError('BAD_SIGNER', `signer ${index + 1}: ${field} ${issue?.message ?? 'cannot be read'}.`, {
    field: `signers.${index}.${field}`,
  });
}

const present = (value: string | null | undefined): string | undefined => value?.trim() || undefined;

function text(field: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new SignatureError('BAD_INPUT', `${field} must be text.`, { field });
}

function wholeNumber(
  field: string,
  value: unknown,
  code: 'BAD_INPUT' | 'BAD_SIGNER' = 'BAD_INPUT',
): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  throw new SignatureError(code, `${field} must be a whole number.`, { field });
}

const isoDate = /^\d{4}-\d{2}-\d{2}$/;

/** `{externalId: value}` becomes one tag each; the service's own list form is taken as it is. */
function prefillOf(value: unknown): DocumentInput['prefill_tags'] {
  if (value === undefined || value === null || value === '') return undefined;
  if (Array.isArray(value)) return value as DocumentInput['prefill_tags'];
  if (typeof value !== 'object') {
    throw new SignatureError('BAD_INPUT', 'prefill must be an object such as {"contract_no": "C-2041"}.', {
      field: 'prefill',
    });
  }
  return Object.entries(value).map(([external_id, given]) => {
    if (typeof given === 'boolean') return { external_id, checkbox_value: given };
    if (given instanceof Date) return { external_id, date_value: given.toISOString().slice(0, 10) };
    const written = String(given ?? '');
    return isoDate.test(written) ? { external_id, date_value: written } : { external_id, text: written };
  });
}

function namesOf(value: unknown): { name: string }[] | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const list = Array.isArray(value) ? value : [value];
  return list.map((given) => (typeof given === 'string' ? { name: given } : given));
}

/** The service's names of fields, where the dialog has others. */
const dialogWords: Record<string, string> = {
  auto_expire_days: 'expireDays',
  auto_delete_days: 'deleteDays',
  link_expire_days: 'linkDays',
  from_email_name: 'senderName',
  from_email: 'senderEmail',
  external_id: 'externalId',
  file_from_content_name: 'documentName',
  file_from_url: 'document',
  prefill_tags: 'prefill',
  required_attachments: 'requiredAttachments',
  redirect_url_declined: 'redirectUrlDeclined',
  redirect_url: 'redirectUrl',
  force_signature_color: 'signatureColor',
  verify_phone_number: 'phone',
  verify_bank_account: 'bankAccount',
  embed_url_user_id: 'embedId',
  events_callback_url: 'publicUrl',
  full_name: 'name',
  name: 'title',
};

function inDialogWords<T>(check: () => T): T {
  try {
    return check();
  } catch (thrown) {
    if (!(thrown instanceof SignatureError)) throw thrown;
    const inSigner = thrown.field?.startsWith('signers') ?? false;
    const word = (name: string): string => (inSigner && name === 'name' ? name : (dialogWords[name] ?? name));
    const [subject = '', ...rest] = thrown.message.split(/(?<=^(?:signer \d+: )?[\w.]+) /);
    const [prefix = '', name = subject] = subject.match(/^(signer \d+: )?(.*)$/)?.slice(1) ?? [];
    const field = thrown.field?.split('.').map(word).join('.');
    throw new SignatureError(thrown.code, `${prefix}${name.split('.').map(word).join('.')} ${rest.join(' ')}`, {
      field,
    });
  }
}
