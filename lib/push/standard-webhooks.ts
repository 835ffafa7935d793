/** Signatures of Standard Webhooks 1.0 (standardwebhooks.com): HMAC-SHA256 over id, time and body. */
import { createHash, createHmac } from 'node:crypto';

/** Bytes of a secret: base64, with or without the prefix `whsec_`; undefined when it is none, or outside 24 to 64 bytes. */
export function webhookSecret(text: string): Buffer | undefined {
  const encoded = text.trim().replace(/^whsec_/, '');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}

/** A key as a `webhook-id`, which must fit a header and hold no full stop. */
export const webhookId = (key: string): string =>
  /^[\w:-]{1,128}$/.test(key) ? key : createHash('sha256').update(key).digest('base64url');

/**
 * The headers of a webhook.
 *
 * @param id the same for each try
 * @param sentAt of this try, in milliseconds since 1970, real time
 * @param body exactly as sent
 * @param secret none: the request is not signed
 */
export function webhookHeaders(id: string, sentAt: number, body: string, secret?: Buffer): Record<string, string> {
  const timestamp = String(Math.floor(sentAt / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === undefined) return headers;
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}
