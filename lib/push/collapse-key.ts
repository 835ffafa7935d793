/** Collapse keys within the limits of each service. */
import { createHash } from 'node:crypto';

export type CollapseTarget = 'topic' | 'apns' | 'fcm';

const fits: Readonly<Record<CollapseTarget, RegExp>> = {
  /** `Topic` of RFC 8030, 5.4. */
  topic: /^[\w-]{1,32}$/,
  /** `apns-collapse-id`: a header of at most 64 bytes. */
  apns: /^[\x21-\x7e]{1,64}$/,
  fcm: /^[\s\S]{1,1000}$/,
};

/**
 * A collapse key as a service takes it: unchanged where it fits, otherwise a hash of it, so that equal keys stay equal.
 *
 * @param target `topic`: at most 32 characters of the URL-safe base64 alphabet; `apns`: at most 64 printable bytes
 * @param key of any length
 */
export const collapseKeyFor = (target: CollapseTarget, key: string): string =>
  fits[target].test(key) ? key : createHash('sha256').update(key).digest('base64url').slice(0, 32);
