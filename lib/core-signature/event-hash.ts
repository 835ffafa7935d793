/**
 * The hash in a webhook. It proves only that the sender knows the key, the time and the type: neither the body nor the id
 * of the event is covered, so a verified event is still no more than a hint. Source: API docs, "event_hash".
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The hash of an event.
 *
 * @param key API token
 * @param eventTime Unix seconds as text, exactly as received
 * @param eventType for example `signed`
 * @returns HMAC-SHA256 in lower-case hex
 */
export const eventHash = (key: string, eventTime: string, eventType: string): string =>
  createHmac('sha256', key).update(`${eventTime}${eventType}`, 'utf8').digest('hex');

/**
 * Whether an event's hash was made with one of the keys. Takes the same time whichever key matches, or none.
 *
 * @param event `hash` as received; null, a wrong length or no hex is a failed check, never an error
 * @param keys current key and older ones (rotation); an empty key or list verifies nothing
 */
export function verifyEventHash(
  event: { eventTime: string | null; type: string; hash: string | null },
  keys: readonly string[],
): boolean {
  const { eventTime, hash } = event;
  if (eventTime === null || hash === null || !/^[0-9a-f]{64}$/i.test(hash)) return false;
  const given = Buffer.from(hash, 'hex');
  const results = keys
    .filter((key) => key !== '')
    .map((key) => timingSafeEqual(Buffer.from(eventHash(key, eventTime, event.type), 'hex'), given));
  return results.includes(true);
}
