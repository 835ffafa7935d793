/**
 * What is sent to Core Signature, with the limits of its API and messages that name the field. Field names are those of the
 * wire. Source: API docs, `POST /documents/`, `POST /signature-requests/`, "signers".
 */
import { z } from 'zod';
import type { ErrorCode } from '../errors';
import type { SignerRole } from './signers';

export { checkedInput } from './checked-input';

/** Languages of the signing page and mails. */
export const languages = 'en en-gb nl fr de he da fi hu it no pl pt es sv ru ja'.split(' ');

const text = (most: number) => z.string().max(most, `must not be longer than ${most} characters`).nullish();
const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .max(2100, 'must not be longer than 2100 characters');
const email = z.email('must be an e-mail address').max(255, 'must not be longer than 255 characters');
const days = z
  .number()
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(730, 'must be at most 730')
  .nullish();
const flag = z.boolean().nullish();

/** A problem with a code of its own; the others get BAD_SIGNER below `signers`, else BAD_INPUT. */
const coded = (code: ErrorCode, message: string, path: (string | number)[]) => ({
  code: 'custom' as const,
  message,
  path,
  params: { code },
});

export const prefillTagSchema = z.object({
  external_id: z.string().min(1, 'must not be empty').max(255, 'must not be longer than 255 characters'),
  text: z.string().optional(),
  checkbox_value: z.boolean().optional(),
  date_value: z.iso.date('must be a date such as 2030-05-31').optional(),
});

/** A file: base64 with a name, or a URL. `template` is for documents only. */
const source = {
  file_from_content: z.string().nullish(),
  file_from_content_name: text(255),
  file_from_url: url.nullish(),
};

const sourceProblems = (
  input: {
    file_from_content?: string | null;
    file_from_content_name?: string | null;
    file_from_url?: string | null;
    template?: string | null;
  },
  allowed: readonly string[],
) => {
  const given = (['file_from_content', 'file_from_url', 'template'] as const).filter((key) => input[key] != null);
  const choice = allowed.join(', ');
  const problems = [];
  if (given.length === 0)
    problems.push(coded('NO_DOCUMENT', `is missing. Give one of ${choice}`, ['file_from_content']));
  if (given.length > 1)
    problems.push(coded('BAD_DOCUMENT', `excludes ${given[0]}. Give only one of ${choice}`, [given[1] ?? '']));
  const content = input.file_from_content;
  if (content == null) return problems;
  if (!isBase64(content)) {
    problems.push(coded('BAD_DOCUMENT', 'must be base64, not empty and without a data: prefix', ['file_from_content']));
  }
  if (!/.\.[a-z0-9]+$/i.test(input.file_from_content_name ?? '')) {
    problems.push(
      coded('BAD_DOCUMENT', 'must be a file name with an extension, for example contract.pdf', [
        'file_from_content_name',
      ]),
    );
  }
  return problems;
};

/** Base64 with or without line breaks; looks for what does not belong, as matching the whole would take a huge stack. */
const isBase64 = (content: string): boolean => content.trim() !== '' && !/[^A-Za-z0-9+/=\s]/.test(content);

const documentFields = {
  ...source,
  template: url.nullish(),
  name: text(255),
  external_id: text(255),
  frontend_id: text(255),
  events_callback_url: url.nullish(),
  prefill_tags: z.array(prefillTagSchema).optional(),
  auto_delete_days: days,
  auto_expire_days: days,
  link_expire_days: days,
};
const documentSources = ['file_from_content', 'file_from_url', 'template'];

export const documentInputSchema = z.object(documentFields).superRefine((input, context) => {
  for (const problem of sourceProblems(input, documentSources)) context.addIssue(problem);
});
export type DocumentInput = z.input<typeof documentInputSchema>;

export const attachmentInputSchema = z
  .object({ ...source, document: url, name: text(255) })
  .superRefine((input, context) => {
    for (const problem of sourceProblems(input, ['file_from_content', 'file_from_url'])) context.addIssue(problem);
  });
export type AttachmentInput = z.input<typeof attachmentInputSchema>;

export const signerInputSchema = z.object({
  email,
  full_name: text(255),
  first_name: text(255),
  last_name: text(255),
  needs_to_sign: z.boolean().default(true),
  approve_only: flag,
  use_stamp_for_approve_only: flag,
  notify_only: flag,
  in_person: flag,
  order: z
    .number()
    .int('must be a whole number')
    .min(0, 'must be at least 0')
    .max(2_147_483_647, 'is too large')
    .optional(),
  language: z
    .string()
    .refine((code) => languages.includes(code), `must be one of ${languages.join(', ')}`)
    .nullish(),
  force_language: flag,
  verify_phone_number: z
    .string()
    .max(255, 'must not be longer than 255 characters')
    .regex(/^\+[\d ()./-]{6,}$/, 'must be a phone number in international form, for example +49 30 1234567')
    .nullish(),
  verify_bank_account: text(255),
  embed_url_user_id: text(255),
  redirect_url: url.nullish(),
  redirect_url_declined: url.nullish(),
  after_document: url.nullish(),
  password: z.string().min(1, 'must not be empty').optional(),
});
export type SignerInput = z.input<typeof signerInputSchema>;

const requestFields = {
  signers: z.array(signerInputSchema),
  from_email: email.nullish(),
  from_email_name: text(255),
  subject: text(512),
  message: z.string().nullish(),
  who: z.enum(['m', 'mo', 'o'], 'must be m, mo or o').default('o'),
  send_reminders: flag,
  is_being_prepared: flag,
  disable_emails: flag,
  disable_attachments: flag,
  disable_text: flag,
  disable_date: flag,
  disable_text_signatures: flag,
  disable_upload_signatures: flag,
  force_signature_color: text(100),
  disable_blockchain_proof: flag,
  text_message_verification_locked: flag,
  required_attachments: z
    .array(
      z.object({ name: z.string().min(1, 'must not be empty').max(255, 'must not be longer than 255 characters') }),
    )
    .optional(),
  redirect_url: url.nullish(),
  redirect_url_declined: url.nullish(),
};

const signersProblems = ({ signers, who }: { signers: z.output<typeof signerInputSchema>[]; who: string }) => {
  const problems = [];
  const acting = signers.some((signer) => signer.needs_to_sign && signer.notify_only !== true);
  if (signers.length === 0 && who !== 'm')
    problems.push(coded('NO_SIGNER', 'is empty. Give at least one signer', ['signers']));
  else if (!acting && who === 'o') {
    problems.push(coded('NO_SIGNER', 'has nobody who signs or approves. Give one signer such a role', ['signers']));
  }
  const seen = new Set<string>();
  for (const [index, signer] of signers.entries()) {
    const address = signer.email.trim().toLowerCase();
    if (seen.has(address)) {
      problems.push(
        coded('DUPLICATE_SIGNER', `${signer.email} appears twice. Give each signer once`, ['signers', index, 'email']),
      );
    }
    seen.add(address);
    if (signer.in_person === true && !signers.some((host) => host !== signer && host.embed_url_user_id)) {
      problems.push(
        coded('BAD_SIGNER', 'needs another signer with embed_url_user_id, on whose device it is signed', [
          'signers',
          index,
          'in_person',
        ]),
      );
    }
  }
  return problems;
};

export const signatureRequestInputSchema = z
  .object({ ...requestFields, document: url })
  .superRefine((input, context) => {
    for (const problem of signersProblems(input)) context.addIssue(problem);
  });
export type SignatureRequestInput = z.input<typeof signatureRequestInputSchema>;

export const quickCreateInputSchema = z
  .object({ ...requestFields, ...documentFields })
  .superRefine((input, context) => {
    for (const problem of [...sourceProblems(input, documentSources), ...signersProblems(input)])
      context.addIssue(problem);
  });
export type QuickCreateInput = z.input<typeof quickCreateInputSchema>;

export const forwardInputSchema = z.object({
  signer_email_to_forward: email,
  signer_email_to_forward_to: email,
  forwarded_reason: text(1000),
});
export type ForwardInput = z.input<typeof forwardInputSchema>;

export const webhookInputSchema = z.object({
  name: text(255),
  event_type: z.string().min(1, 'must not be empty'),
  callback_url: url,
});
export type WebhookInput = z.input<typeof webhookInputSchema>;

/** The flags of each role. */
export const signerFlags: Readonly<Record<SignerRole, Partial<SignerInput>>> = {
  sign: { needs_to_sign: true },
  approve: { needs_to_sign: true, approve_only: true },
  in_person: { needs_to_sign: true, in_person: true },
  notify: { needs_to_sign: false, notify_only: true },
  copy: { needs_to_sign: false },
};
