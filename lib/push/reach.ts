/** Checks that every provider makes before it sends. */
import { SignatureError } from '../errors';
import type { EpochMs } from '../time/clock';
import { dueInPast, type Notification } from './message';
import type { Recipient, RecipientKind } from './recipients';

const names: Readonly<Record<RecipientKind, string>> = {
  fcmToken: 'a Firebase registration token',
  fid: 'a Firebase installation',
  topic: 'a Firebase topic',
  condition: 'a Firebase condition',
  webPush: 'a browser subscription',
  phone: 'a phone number',
  email: 'an e-mail address',
  whatsapp: 'a WhatsApp number',
  url: 'a URL',
  opentext: 'devices known to OpenText',
};

/**
 * Narrows a recipient to the kinds a provider can reach.
 *
 * @param service plain name, for the message
 * @throws SignatureError BAD_RECIPIENT
 */
export function reachable<K extends RecipientKind>(
  recipient: Recipient,
  kinds: readonly K[],
  service: string,
): Extract<Recipient, { kind: K }> {
  const isReached = (one: Recipient): one is Extract<Recipient, { kind: K }> => kinds.some((kind) => kind === one.kind);
  if (isReached(recipient)) return recipient;
  throw new SignatureError(
    'BAD_RECIPIENT',
    `recipient is ${names[recipient.kind]}, which ${service} cannot reach. Choose another push service for it.`,
    { field: 'recipient' },
  );
}

/** @throws SignatureError DUE_IN_PAST when the notification's time is over */
export function assertAlive(notification: Notification, now: EpochMs): void {
  if (notification.dueAt !== undefined && notification.dueAt <= now) throw dueInPast();
  if (notification.expiresAt <= now) {
    throw new SignatureError('DUE_IN_PAST', 'ttl is over. The notification was not sent. Give it a longer ttl.', {
      field: 'ttl',
    });
  }
}

/** @throws SignatureError PAYLOAD_TOO_LARGE when `size` bytes are over the limit of a service */
export function assertSize(size: number, limit: number, service: string): void {
  if (size <= limit) return;
  throw new SignatureError(
    'PAYLOAD_TOO_LARGE',
    `The notification has ${size} bytes, and ${service} takes ${limit}. Shorten body or data.`,
    { field: 'body' },
  );
}
