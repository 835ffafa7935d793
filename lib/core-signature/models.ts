/**
 * What Core Signature answers, read tolerantly: unknown keys are dropped, `null` or a missing key is accepted wherever
 * the service is known to leave one out. Field names are those of the wire. Source: API docs, "documents", "events",
 * "webhooks", "templates", "teams".
 */
import { z } from 'zod';

const text = z.string().nullable().default(null);
const flag = z
  .boolean()
  .nullable()
  .default(false)
  .transform((value) => value ?? false);
const wholeNumber = z.union([z.number().int(), z.string().regex(/^\d+$/).transform(Number)]);
const count = wholeNumber.nullable().default(null);
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullable()
    .default([])
    .transform((items) => items ?? []);

const teamRefSchema = z.object({ name: text, subdomain: text, url: text });

/** A field a signer filled in (API docs, "signer inputs"). */
export const signerInputSchema = z.object({
  type: text,
  page_index: count,
  text,
  checkbox_value: z.boolean().nullable().default(null),
  date_value: text,
  external_id: text,
  placeholder_uuid: text,
});

/** A file a signer uploaded; `file` is a URL that expires within minutes. */
export const signerAttachmentSchema = z.object({
  uuid: text,
  name: text,
  file: text,
  for_attachment: z.object({ uuid: text, name: text }).nullable().default(null),
});

/** One row of `signers`. There is no id: a row is known by its e-mail address, never by its index. */
export const signerSchema = z.object({
  email: z.string(),
  display_name: text,
  first_name: text,
  last_name: text,
  full_name: text,
  needs_to_sign: z
    .boolean()
    .nullable()
    .default(true)
    .transform((value) => value ?? true),
  approve_only: flag,
  notify_only: flag,
  in_person: flag,
  order: wholeNumber
    .nullable()
    .default(0)
    .transform((value) => value ?? 0),
  language: text,
  emailed: flag,
  email_viewed: flag,
  viewed: flag,
  signed: flag,
  signed_on: text,
  downloaded: flag,
  declined: flag,
  declined_on: text,
  /** The reason of a decline. */
  message: text,
  forwarded: flag,
  forwarded_on: text,
  forwarded_to_email: text,
  forwarded_reason: text,
  embed_url_user_id: text,
  /** Valid until this signer has signed. */
  embed_url: text,
  inputs: list(signerInputSchema),
  attachments: list(signerAttachmentSchema),
});
export type Signer = z.infer<typeof signerSchema>;

/** A signature request, alone or inside a document (where `document` is missing). */
export const signatureRequestSchema = z.object({
  uuid: z.string().min(1),
  url: text,
  document: text,
  from_email: text,
  from_email_name: text,
  subject: text,
  message: text,
  who: text,
  is_being_prepared: flag,
  prepare_url: text,
  send_reminders: flag,
  disable_emails: flag,
  signers: list(signerSchema),
});
export type SignatureRequest = z.infer<typeof signatureRequestSchema>;

/** A file the sender put beside the document; `file` is a URL that expires within minutes. */
export const attachmentSchema = z.object({ uuid: text, url: text, name: text, file: text, document: text });
export type Attachment = z.infer<typeof attachmentSchema>;

/**
 * A document. `file`, `file_as_pdf`, `pdf` and `signing_log.pdf` are pre-signed URLs that expire within minutes: never
 * store them. While `processing` is true the signed PDF may lag behind.
 */
export const documentSchema = z.object({
  uuid: z.string().min(1),
  url: text,
  name: text,
  external_id: text,
  team: teamRefSchema.nullable().default(null),
  template: text,
  status: z.string(),
  file: text,
  file_as_pdf: text,
  pdf: text,
  security_hash: text,
  signing_log: z.object({ pdf: text, security_hash: text }).nullable().default(null),
  signrequest: signatureRequestSchema.nullable().default(null),
  attachments: list(attachmentSchema),
  events_callback_url: text,
  auto_delete_days: count,
  auto_delete_after: text,
  auto_expire_days: count,
  auto_expire_after: text,
  api_used: flag,
  sandbox: flag,
  processing: flag,
});
export type Document = z.infer<typeof documentSchema>;

/** An event as `GET /events/` gives it. `delivered` and the two fields after it tell how its callback went. */
export const eventSchema = z.object({
  uuid: z.string().min(1),
  status: text,
  event_type: z.string().min(1),
  timestamp: z.string(),
  delivered: z.boolean().nullable().default(null),
  delivered_on: text,
  callback_status_code: count,
  document: documentSchema.nullable().default(null),
  signer: signerSchema.nullable().default(null),
});
export type Event = z.infer<typeof eventSchema>;

/** A webhook subscription: one event type each. */
export const webhookSchema = z.object({
  uuid: z.string().min(1),
  url: text,
  name: text,
  event_type: z.string(),
  callback_url: z.string(),
  integration: text,
  team: teamRefSchema.nullable().default(null),
  created: text,
});
export type Webhook = z.infer<typeof webhookSchema>;

const placeholderSchema = z.object({
  uuid: text,
  type: text,
  page_index: count,
  prefill: flag,
  text,
  checkbox_value: z.boolean().nullable().default(null),
  date_value: text,
  external_id: text,
});

/** A template; made in the service's own pages, read-only here. */
export const templateSchema = z.object({
  uuid: z.string().min(1),
  url: text,
  name: text,
  who: text,
  team: teamRefSchema.nullable().default(null),
  signers: list(
    z.object({
      signer_index: count,
      needs_to_sign: z
        .boolean()
        .nullable()
        .default(true)
        .transform((value) => value ?? true),
      approve_only: flag,
      notify_only: flag,
      in_person: flag,
      order: count,
      placeholders: list(placeholderSchema),
    }),
  ),
});
export type Template = z.infer<typeof templateSchema>;

/** A team. */
export const teamSchema = z.object({
  name: z.string(),
  subdomain: z.string(),
  url: text,
  events_callback_url: text,
  delete_after: text,
  sandbox: flag,
});
export type Team = z.infer<typeof teamSchema>;

/** One page of a list; `next` is null on the last page. */
export interface Page<T> {
  count: number;
  next: string | null;
  previous: string | null;
  results: T[];
}

/** The schema of a page of `item`s. */
export const pageSchema = <T extends z.ZodType>(item: T) =>
  z.object({ count: wholeNumber, next: text, previous: text, results: z.array(item) });
