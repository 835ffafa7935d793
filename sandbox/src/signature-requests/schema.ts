import { z } from 'zod';
import { documentShape, integrations } from '../documents/schema';
import { bool, choice, email, fields, filledText, integer, integration, list, text, url } from '../http/validate';

const languages = 'en en-gb nl fr de he da fi hu it no pl pt es sv ru ja'.split(' ') as [string, ...string[]];

const signer = fields({
  email: email(),
  first_name: text(255).optional(),
  last_name: text(255).optional(),
  full_name: text(255).optional(),
  needs_to_sign: bool().optional(),
  approve_only: bool().optional(),
  use_stamp_for_approve_only: bool().nullish(),
  notify_only: bool().optional(),
  in_person: bool().optional(),
  order: integer(0, 2147483647).optional(),
  language: choice(languages).nullish(),
  force_language: bool().optional(),
  verify_phone_number: text(255)
    .refine((value) => value === '' || /^\+\d[\d ]{5,}$/.test(value), 'Enter a phone number in the form +31612345678.')
    .nullish(),
  verify_bank_account: text(255).nullish(),
  embed_url_user_id: text(255).nullish(),
  redirect_url: url().nullish(),
  redirect_url_declined: url().nullish(),
  after_document: filledText(2100).nullish(),
  password: filledText().optional(),
  integrations,
});
export type SignerBody = z.output<typeof signer>;
/** What is kept of a signer's body: all but the password. */
export type SignerInput = Omit<SignerBody, 'password'>;

const requestShape = {
  signers: list(signer).refine((signers) => signers.length > 0, 'This list may not be empty.'),
  from_email: email().optional(),
  from_email_name: text(255).nullish(),
  subject: text(512).nullish(),
  message: text().nullish(),
  who: choice(['m', 'mo', 'o'])
    .nullish()
    .transform((value) => value ?? 'o'),
  send_reminders: bool().default(false),
  is_being_prepared: bool().nullish(),
  disable_emails: bool().default(false),
  disable_attachments: bool().default(false),
  disable_text: bool().default(false),
  disable_date: bool().default(false),
  disable_text_signatures: bool().default(false),
  disable_upload_signatures: bool().default(false),
  force_signature_color: text(100).nullish(),
  disable_blockchain_proof: bool().nullish(),
  text_message_verification_locked: bool().nullish(),
  required_attachments: list(fields({ name: filledText(255) })).nullish(),
  redirect_url: url().nullish(),
  redirect_url_declined: url().nullish(),
  integration,
  integration_data: z.record(z.string(), z.unknown()).nullish(),
};

/** A request without its document. */
export const requestPart = fields(requestShape);
export type RequestBody = z.output<typeof requestPart>;
/** What is kept of a request's body; signers are kept on their own. */
export type RequestInput = Omit<RequestBody, 'signers' | 'required_attachments' | 'from_email'>;

/** `POST /signature-requests/`. */
export const requestSchema = fields({ ...requestShape, document: filledText(2100) });
/** `POST /signature-request-quick-create/`. */
export const quickCreateSchema = fields({ ...documentShape, ...requestShape });

/** `POST …/forward_signer/`. */
export const forwardSchema = fields({
  signer_email_to_forward: email(),
  signer_email_to_forward_to: email(),
  forwarded_reason: text(1000).nullish(),
});
