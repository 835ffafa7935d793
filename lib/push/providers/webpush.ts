/** Web Push straight to the browser's push service (RFC 8030, 8291, 8292). */
import { generateRequestDetails, generateVAPIDKeys } from 'web-push';
import { createHttpClient, type HttpAnswer } from '../../http/client';
import { hostOf } from '../../http/redact';
import { retryAfter, systemPace } from '../../http/retry';
import { collapseKeyFor } from '../collapse-key';
import { type Notification, ttlSeconds } from '../message';
import { ask, failed, type Hidden, resultOf, retry, saying } from '../outcome';
import { checkEndpoint } from '../push-hosts';
import { assertAlive, assertSize, reachable } from '../reach';
import { addressTexts, type Recipient } from '../recipients';
import type { WebPushSettings } from '../settings';
import type { ProviderTools, PushProvider, SendContext, SendResult } from '../types';

/** Services take 4,096 bytes encrypted; the rest is left to headers, padding and older services. */
export const webPushLimit = 3800;

const service = 'The push service';

/** After a 406 of the Windows push service, which has no `Retry-After`. */
const throttledPauseMs = 60_000;

/** New VAPID keys as base64url; the private one is a credential. */
export const createVapidKeys = (): { publicKey: string; privateKey: string } => generateVAPIDKeys();

/**
 * The JSON a service worker gets: title, body, link, image, badge, tag, dueAt, envelopeId, data, and whatever
 * `webpush.notification` of the notification adds (icon, actions, requireInteraction …).
 */
export function webPushPayload(notification: Notification): string {
  const { title, body, link, image, badge, dueAt, envelopeId, data, collapseKey, webpush } = notification;
  const extra = webpush?.notification;
  return JSON.stringify({
    title,
    body,
    link,
    image,
    badge,
    tag: collapseKey === undefined ? undefined : collapseKeyFor('topic', collapseKey),
    dueAt: dueAt === undefined ? undefined : new Date(dueAt).toISOString(),
    envelopeId,
    data: Object.keys(data).length === 0 ? undefined : data,
    ...(typeof extra === 'object' && extra !== null && extra),
  });
}

/** Makes a sender with one pair of VAPID keys. The settings are checked already. */
export function createWebPushProvider(settings: WebPushSettings, tools: ProviderTools): PushProvider {
  const { clock, userAgent, pace = systemPace } = tools;
  const { vapid, allowPrivateAddresses } = settings;
  const http = createHttpClient({ service, userAgent, retries: 0, allowPrivateAddresses, pace });

  const check = (notification: Notification, recipient: Recipient) => {
    const subscription = reachable(recipient, ['webPush'], 'Web Push');
    checkEndpoint(subscription.endpoint, 'webPush', settings, 'recipient.endpoint');
    assertAlive(notification, clock.now());
    assertSize(Buffer.byteLength(webPushPayload(notification)), webPushLimit, 'Web Push');
    return subscription;
  };

  const send = async (
    notification: Notification,
    recipient: Recipient,
    { signal }: SendContext,
  ): Promise<SendResult> => {
    const { endpoint = '' } = recipient.kind === 'webPush' ? recipient : {};
    const hidden = [...addressTexts(recipient), notification.link, vapid.privateKey];
    try {
      const { keys, expirationTime } = check(notification, recipient);
      if (typeof expirationTime === 'number' && expirationTime <= pace.now()) {
        return { state: 'dead', reason: 'The subscription has expired.' };
      }
      const { collapseKey } = notification;
      const details = generateRequestDetails({ endpoint, keys }, webPushPayload(notification), {
        vapidDetails: vapid,
        TTL: ttlSeconds(notification, clock.now()),
        urgency: notification.priority,
        ...(collapseKey !== undefined && { topic: collapseKeyFor('topic', collapseKey) }),
      });
      const answer = await ask(http, {
        method: 'POST',
        url: endpoint,
        headers: Object.fromEntries(Object.entries(details.headers).map(([name, value]) => [name, String(value)])),
        body: details.body ?? undefined,
        idempotent: collapseKey !== undefined,
        read: 'text',
        secrets: [endpoint],
        signal,
      });
      return webPushResult(answer, retryAfter(answer.headers, pace.now()), hidden);
    } catch (thrown) {
      return resultOf(thrown, hidden, hostOf(endpoint));
    }
  };

  return {
    kind: 'webpush',
    reaches: ['webPush'],
    check: (notification, recipient) => void check(notification, recipient),
    send,
    test: async () => false,
  };
}

/**
 * What an answer of a push service means.
 *
 * @param answer body as text
 * @param pauseMs of `Retry-After`
 * @param hidden texts that must not be seen
 */
export function webPushResult(answer: HttpAnswer, pauseMs: number | undefined, hidden: Hidden): SendResult {
  const { status } = answer;
  if (status >= 200 && status < 300) return { state: 'sent' };
  const said = saying(answer.data, hidden);
  switch (status) {
    case 404:
    case 410:
      return { state: 'dead', reason: `${service} says that the subscription is gone (${status}).` };
    case 401:
    case 403:
      return failed(
        status === 401 ? 'UNAUTHORIZED' : 'FORBIDDEN',
        `${service} does not accept the VAPID keys (${status}).${said} Check vapid, and that the subscription was made with this public key.`,
      );
    case 413:
      return failed('PAYLOAD_TOO_LARGE', `${service} says that the message is too large. Shorten body or data.`);
    case 406:
      return retry(`${service} does not take the message now (406).`, pauseMs ?? throttledPauseMs);
    case 429:
      return retry(`${service} throttles messages (429).`, pauseMs);
    default:
      return status === 408 || status >= 500
        ? retry(`${service} answered with an error (${status}).`, pauseMs)
        : failed('REFUSED', `${service} refused the message (${status}).${said}`);
  }
}
