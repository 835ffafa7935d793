/** Reads a webhook's body. Only what identifies the event is kept; everything else is read back from the service. */
import { z } from 'zod';
import { SignatureError } from '../errors';

export interface CallbackEvent {
  /** The service's id of the event; empty when it sent none. */
  uuid: string;
  type: string;
  /** ISO 8601, as received. */
  timestamp: string;
  /** Unix seconds as text, exactly as received; what the hash is made of. */
  eventTime: string | null;
  /** Empty for events of the account, such as log-ins. */
  documentUuid: string;
  signerEmail: string | null;
  hash: string | null;
  /** Name of the API token that served as key. */
  tokenName: string | null;
}

const text = z.string().nullish();

const callbackSchema = z.object({
  uuid: text,
  event_type: z.string().min(1),
  timestamp: z.string().refine((value) => !Number.isNaN(Date.parse(value)), 'is not a time'),
  event_time: z.union([z.string(), z.number().transform(String)]).nullish(),
  document: z.object({ uuid: text }).nullish(),
  signer: z.object({ email: text }).nullish(),
  event_hash: text,
  token_name: text,
});

/**
 * Parses the raw body of a webhook.
 *
 * @param body bytes as received; the caller has limited their number
 * @throws SignatureError BAD_EVENT when they are not JSON in UTF-8 or not an event
 */
export function parseCallback(body: Buffer): CallbackEvent {
  const parsed = callbackSchema.safeParse(jsonOf(body));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.') || 'body';
    throw new SignatureError('BAD_EVENT', `The webhook is not an event: ${field} is missing or wrong.`, { field });
  }
  const event = parsed.data;
  return {
    uuid: event.uuid ?? '',
    type: event.event_type,
    timestamp: event.timestamp,
    eventTime: event.event_time ?? null,
    documentUuid: event.document?.uuid ?? '',
    signerEmail: event.signer?.email ?? null,
    hash: event.event_hash ?? null,
    tokenName: event.token_name ?? null,
  };
}

/** Without a stream it keeps nothing between two calls; making one costs more than using it. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw new SignatureError(
      'BAD_EVENT',
      'The webhook is not JSON in UTF-8. Check that nothing changes the body on the way.',
      {
        field: 'body',
      },
    );
  }
}
