import { z } from 'zod';
import { bool, day, fields, filledText, integer, integration, list, text, url } from '../http/validate';

const integrationData = fields({ integration, integration_data: z.record(z.string(), z.unknown()).nullish() });

/** Any list of `{integration, integration_data}`. */
export const integrations = list(integrationData).nullish();

const prefillTag = fields({
  external_id: text(255).nullish(),
  text: text().nullish(),
  checkbox_value: bool().nullish(),
  date_value: day().nullish(),
});
export type PrefillTag = z.output<typeof prefillTag>;

/** Base64 as the service takes it: line breaks are fine, a data URI is not. Becomes the bytes. */
const base64 = text().transform((value, context) => {
  const compact = value.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.length % 4 !== 0 || compact === '') {
    context.addIssue({ code: 'custom', message: 'Invalid base64 content.' });
    return z.NEVER;
  }
  return Buffer.from(compact, 'base64');
});

/** The file of a document or an attachment, by content or by address. */
export const contentShape = {
  file_from_content: base64.nullish(),
  file_from_content_name: text(255).nullish(),
  file_from_url: url().nullish(),
};

/** Fields of `POST /documents/`, which quick-create takes too. */
export const documentShape = {
  ...contentShape,
  template: filledText(2100).nullish(),
  name: text(255).nullish(),
  external_id: text(255).nullish(),
  frontend_id: text(255).nullish(),
  events_callback_url: url().nullish(),
  prefill_tags: list(prefillTag).nullish(),
  auto_delete_days: integer(1, 730).nullish(),
  auto_expire_days: integer(1, 730).nullish(),
  link_expire_days: integer(0, 36_500).nullish(),
  integrations,
  file_from_sf: fields({ object_type: filledText(), object_id: filledText(), uid: filledText().optional() }).nullish(),
};

export const documentSchema = fields(documentShape);
export type DocumentBody = z.output<typeof documentSchema>;
/** What is kept of the body: all but the content itself. */
export type DocumentInput = Omit<DocumentBody, 'file_from_content' | 'template'>;

export const attachmentSchema = fields({ ...contentShape, document: filledText(2100), name: text(255).nullish() });
