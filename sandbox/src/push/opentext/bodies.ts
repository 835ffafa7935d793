/** Bodies of OpenText messaging, as in the collections of the public repository `opentext/Cloud-Fax-and-Notifications`. */
import { z } from 'zod';
import { messagingError } from './errors';

const filled = z.string('must be a text').trim().min(1, 'is empty');
const base64 = filled.refine((text) => isBase64(text), 'is not base64');
const phone = filled.regex(/^\+?\d{7,15}$/, 'is not a phone number with country code');
const inserts = z.array(z.object({ id: filled, value: z.string() })).optional();

const commonOptions = {
  billing_code: z.string().optional(),
  customer_reference: z.string().optional(),
  message_id: z.string().optional(),
};
const options = z.looseObject(commonOptions).default({});
const destinations = <T extends z.ZodRawShape>(shape: T) =>
  z.array(z.object({ ref: z.string().optional(), inserts, ...shape }), 'is missing').min(1, 'is empty');

export const smsBody = z.object({ options, destinations: destinations({ sms: phone }), sms_text: filled });

export const emailBody = z.object({
  options: z.looseObject(
    {
      ...commonOptions,
      email_options: z.looseObject({ subject: filled, from_display_name: z.string().optional() }, 'is missing'),
    },
    'is missing',
  ),
  destinations: destinations({ email: filled.regex(/^[^\s@]+@[^\s@]+$/, 'is not an e-mail address') }),
  body: z
    .array(z.object({ name: filled, type: filled, charset: z.string().optional(), data: base64 }), 'is missing')
    .min(1, 'is empty'),
});

const whatsappDestinations = destinations({ whatsapp: phone });

/** Free text, or another kind of message, whose inside is not looked at. */
export const whatsappBody = z.object({
  options,
  destinations: whatsappDestinations,
  whatsapp_message: z
    .looseObject({ text_message: z.object({ text: filled }).optional() }, 'is missing')
    .refine((message) => Object.keys(message).length > 0, 'is empty'),
});

const channelTemplate = z.object({
  template_id: filled,
  language_code: filled,
  parameters: z.record(z.string(), z.string()).default({}),
});

export const whatsappTemplateBody = z.object({
  options,
  destinations: whatsappDestinations,
  whatsapp_template_message: z.object(
    { template_message: z.object({ channel_template: z.object({ WHATSAPP: channelTemplate }) }) },
    'is missing',
  ),
});

export const parserBody = z.object({ domain: filled, filename: filled, data: base64 });

/**
 * Reads a body.
 *
 * @throws ApiError 400 naming the first field that is wrong
 */
export function readBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || 'The body';
  throw messagingError(400, `${field} ${issue?.message ?? 'is wrong'}.`);
}

const isBase64 = (text: string): boolean =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
