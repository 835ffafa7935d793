/** A notification as FCM's REST API takes it (Firebase, "REST Resource: projects.messages"). */
import type { EpochMs } from '../../time/clock';
import { collapseKeyFor } from '../collapse-key';
import { dataOf, type Notification, type PlatformBlock, ttlSeconds } from '../message';
import type { Recipient } from '../recipients';

export type FcmRecipient = Extract<Recipient, { kind: 'fcmToken' | 'fid' | 'topic' | 'condition' }>;

/** What the push service's configuration adds. */
export interface FcmDefaults {
  clickAction?: string;
  channelId?: string;
  category?: string;
}

export interface FcmMessage {
  token?: string;
  fid?: string;
  topic?: string;
  condition?: string;
  notification: Record<string, string>;
  data: Record<string, string>;
  android: PlatformBlock;
  apns: PlatformBlock;
  webpush: PlatformBlock;
}

/**
 * The `message` of a request.
 *
 * @param notification with its platform blocks, which win over what is made here
 * @param recipient exactly one target
 * @param times `now` of the notification's clock; `realNow`, since APNs wants a moment and not a length of time
 */
export function fcmMessage(
  notification: Notification,
  recipient: FcmRecipient,
  times: { now: EpochMs; realNow: EpochMs },
  defaults: FcmDefaults = {},
): FcmMessage {
  const { title, body, image } = notification;
  const ttl = ttlSeconds(notification, times.now);
  return {
    ...targetOf(recipient),
    notification: { title, ...(body !== undefined && { body }), ...(image !== undefined && { image }) },
    data: dataOf(notification),
    android: merged(androidBlock(notification, ttl, defaults), notification.android),
    apns: merged(apnsBlock(notification, Math.floor(times.realNow / 1000) + ttl, defaults), notification.apns),
    webpush: merged(webpushBlock(notification, ttl), notification.webpush),
  };
}

function targetOf(recipient: FcmRecipient): Pick<FcmMessage, 'token' | 'fid' | 'topic' | 'condition'> {
  switch (recipient.kind) {
    case 'fcmToken':
      return { token: recipient.token };
    case 'fid':
      return { fid: recipient.fid };
    case 'topic':
      return { topic: recipient.topic };
    case 'condition':
      return { condition: recipient.condition };
  }
}

/** `collapse_key` replaces what waits for the device, `tag` what it already shows. */
function androidBlock({ collapseKey, priority, badge, sound }: Notification, ttl: number, defaults: FcmDefaults) {
  const key = collapseKey === undefined ? undefined : collapseKeyFor('fcm', collapseKey);
  return present({
    collapse_key: key,
    priority,
    ttl: `${ttl}s`,
    notification: present({
      tag: key,
      click_action: defaults.clickAction,
      channel_id: defaults.channelId,
      sound,
      notification_count: badge,
    }),
  });
}

function apnsBlock(notification: Notification, expiresAt: number, defaults: FcmDefaults) {
  const { collapseKey, priority, badge, sound, image } = notification;
  const key = collapseKey === undefined ? undefined : collapseKeyFor('apns', collapseKey);
  return present({
    headers: present({
      'apns-priority': priority === 'high' ? '10' : '5',
      'apns-expiration': String(expiresAt),
      'apns-collapse-id': key,
    }),
    payload: {
      aps: present({
        badge,
        sound,
        category: defaults.category,
        'thread-id': key,
        // The app's extension fetches the image.
        'mutable-content': image === undefined ? undefined : 1,
      }),
    },
    fcm_options: image === undefined ? undefined : { image },
  });
}

function webpushBlock({ collapseKey, priority, link }: Notification, ttl: number) {
  const topic = collapseKey === undefined ? undefined : collapseKeyFor('topic', collapseKey);
  return present({
    headers: present({ TTL: String(ttl), Urgency: priority, Topic: topic }),
    notification: topic === undefined ? undefined : { tag: topic },
    // FCM refuses the whole message for any other link here; those are in `data.link`.
    fcm_options: link?.startsWith('https:') ? { link } : undefined,
  });
}

/** Bytes the largest platform gets. FCM does not publish how it counts; this is never less. */
export const fcmPayloadSize = ({ notification, data, android, apns, webpush }: FcmMessage): number =>
  Math.max(
    ...[android.notification, apns.payload, webpush.notification].map((block) =>
      Buffer.byteLength(JSON.stringify({ notification, data, ...present({ block }) })),
    ),
  );

const present = (block: PlatformBlock): PlatformBlock =>
  Object.fromEntries(Object.entries(block).filter(([, value]) => value !== undefined));

const isBlock = (value: unknown): value is PlatformBlock =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Objects are joined, everything else is replaced. */
function merged(base: PlatformBlock, over: PlatformBlock = {}): PlatformBlock {
  const result = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const old = result.get(key);
    result.set(key, isBlock(old) && isBlock(value) ? merged(old, value) : value);
  }
  return Object.fromEntries(result);
}
