/** What FCM checks in a message that it can read (Firebase, "About FCM messages"). */
import { readCondition } from './condition';
import { badRequest, fcmError } from './errors';
import type { FcmMessage } from './message';

export type Target = { kind: 'token' | 'fid' | 'topic' | 'condition'; address: string };

const targetKinds = ['token', 'fid', 'topic', 'condition'] as const;
const deviceLimit = 4096;
const topicLimit = 2048;
const maxTtlSeconds = 2_419_200;

/**
 * The one target of a message.
 *
 * @throws ApiError 400 when there is none, more than one, or one that is no topic or condition
 */
export function targetOf(message: FcmMessage): Target {
  const given = targetKinds.flatMap((kind) => {
    const address = message[kind];
    return address === undefined ? [] : [{ kind, address }];
  });
  const [target, second] = given;
  if (target === undefined || target.address === '') {
    throw fcmError('INVALID_ARGUMENT', 'Recipient of the message is not set.');
  }
  if (second !== undefined) {
    const description = `Invalid value at 'message' (oneof), oneof field 'target' is already set. Cannot set '${second.kind}'`;
    throw badRequest([{ field: 'message', description }]);
  }
  if (target.kind === 'topic' && !/^[\w.~%-]{1,900}$/.test(target.address)) {
    throw fcmError('INVALID_ARGUMENT', 'Invalid topic name.');
  }
  if (target.kind === 'condition') readCondition(target.address);
  return target;
}

/**
 * Checks keys, sizes, lifetimes and links.
 *
 * @throws ApiError 400
 */
export function checkMessage(message: FcmMessage, { kind }: Target): void {
  const { data, android, apns, webpush } = message;
  for (const key of [data, android?.data, webpush?.data].flatMap((block) => Object.keys(block ?? {}))) {
    if (isReserved(key)) throw fcmError('INVALID_ARGUMENT', `Invalid data payload key: ${key}`);
  }
  const limit = kind === 'topic' || kind === 'condition' ? topicLimit : deviceLimit;
  if (sizeOf(message) > limit) throw fcmError('INVALID_ARGUMENT', `Message too big: the limit is ${limit} bytes.`);
  if (ttlOf(message) > maxTtlSeconds) throw fcmError('INVALID_ARGUMENT', 'TTL must not be longer than four weeks.');
  if (Buffer.byteLength(apns?.headers?.['apns-collapse-id'] ?? '') > 64) {
    throw fcmError('INVALID_ARGUMENT', 'apns-collapse-id must not be longer than 64 bytes.');
  }
  const link = webpush?.fcmOptions?.link;
  if (link !== undefined && URL.parse(link)?.protocol !== 'https:') {
    const description = `Invalid value at 'message.webpush.fcm_options.link': the link must use HTTPS.`;
    throw badRequest([{ field: 'message.webpush.fcm_options.link', description }]);
  }
}

/** Seconds for which an Android message lives. */
export function ttlOf({ android }: FcmMessage): number {
  return android?.ttl === undefined ? maxTtlSeconds : Number(android.ttl.slice(0, -1));
}

function isReserved(key: string): boolean {
  return key === 'from' || key === 'message_type' || key.startsWith('google.') || key.startsWith('gcm.notification.');
}

/** Bytes of names and values of what reaches the largest platform. */
function sizeOf({ notification, data, android, apns, webpush }: FcmMessage): number {
  const common = bytesOf({ ...notification }) + bytesOf({ ...data });
  return Math.max(
    common + bytesOf({ ...android?.notification }) + bytesOf({ ...android?.data }),
    common + bytesOf({ ...apns?.payload }),
    common + bytesOf({ ...webpush?.notification }) + bytesOf({ ...webpush?.data }),
  );
}

function bytesOf(block: Record<string, unknown>): number {
  return Object.entries(block).reduce((sum, [name, value]) => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return sum + Buffer.byteLength(name) + Buffer.byteLength(text);
  }, 0);
}
