import { createHash } from 'node:crypto';
import type { Ledger } from '../ledger/ledger';
import { pushMark } from '../ledger/verbs/marks';
import type { Notification } from '../push/message';
import { addressOf, type Recipient } from '../push/recipients';
import type { EpochMs } from '../time/clock';

/** Devices show the newest of the notifications with one collapse key. Whoever takes webhooks wants every one of them. */
const replacing: readonly Recipient['kind'][] = ['fcmToken', 'fid', 'topic', 'condition', 'webPush'];

/**
 * Whether a later notification has taken the place of this one: the same collapse key, the same recipient. Sent now, an
 * older one that had to be tried again would replace it: "please sign" in the place of "signed by all".
 *
 * @param service id of the push service
 * @param issuedAt when the notification was asked for, by the ledger's clock, and not when it is tried
 */
export async function isSuperseded(
  ledger: Ledger,
  service: string,
  { collapseKey, dryRun }: Notification,
  recipient: Recipient,
  issuedAt: EpochMs,
): Promise<boolean> {
  if (collapseKey === undefined || dryRun || !replacing.includes(recipient.kind)) return false;
  const place = createHash('sha256').update(JSON.stringify([service, addressOf(recipient), collapseKey]));
  const name = pushMark(place.digest('base64url'));
  if (await ledger.setMark({ name, value: issuedAt })) return false;
  return ((await ledger.mark({ name })) ?? issuedAt) > issuedAt;
}
