import { createHmac } from 'node:crypto';

/**
 * `event_hash` of a callback: HMAC-SHA-256 over the time and the type of the event, without a separator, in lowercase
 * hex. Source: SignRequest's documentation of event callbacks.
 *
 * @param token API token, the key
 * @param eventTime Unix seconds as text, exactly as in the callback
 */
export function eventHash(token: string, eventTime: string, eventType: string): string {
  return createHmac('sha256', token)
    .update(eventTime + eventType)
    .digest('hex');
}
