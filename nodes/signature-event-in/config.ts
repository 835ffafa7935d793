import * as z from 'zod';
import { commonFields, numberField, text, typedAs, typedValue } from '../../lib/node-red/config-fields';

/** Event types of the service that can be chosen in the dialog; an empty choice means all of them. */
export const eventTypes = [
  'converted',
  'convert_error',
  'sent',
  'sending_error',
  'viewed',
  'downloaded',
  'declined',
  'cancelled',
  'expired',
  'signed',
  'signer_viewed_email',
  'signer_viewed',
  'signer_signed',
  'signer_forwarded',
  'signer_downloaded',
  'signer_email_bounced',
] as const;

/** Configuration of `signature-event-in`. */
export const signatureEventInConfig = z.object({
  ...commonFields,
  account: text(),
  /** How events arrive: called by the service, asked for at an interval, or handed over by a message. */
  source: z.enum(['webhook', 'poll', 'message']).default('webhook'),
  /** With `webhook`: a callback URL on every document we send, or subscriptions of the whole team. */
  registration: z.enum(['document', 'team']).default('document'),
  pollSeconds: numberField(60, { min: 1, max: 86_400 }),
  events: z.array(z.enum(eventTypes)).default([]),
  /** Only envelopes whose property has this value. */
  filterProperty: z.enum(['', 'externalId', 'name', 'status', 'id']).default(''),
  filterRule: z.enum(['is', 'starts', 'contains', 'matches']).default('is'),
  filterValue: typedValue(),
  filterValueType: typedAs('str'),
});

export type SignatureEventInConfig = z.infer<typeof signatureEventInConfig>;
