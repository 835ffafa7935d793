/** A notification as an HTTP POST to any URL, signed per Standard Webhooks when there is a secret. */
import { createHttpClient, type HttpAnswer } from '../../http/client';
import { hostOf } from '../../http/redact';
import { retryAfter, systemPace } from '../../http/retry';
import { dataOf, type Notification } from '../message';
import { ask, failed, type Hidden, resultOf, retry, saying } from '../outcome';
import { checkEndpoint } from '../push-hosts';
import { assertAlive, assertSize, reachable } from '../reach';
import { addressTexts, type Recipient } from '../recipients';
import type { WebhookSettings } from '../settings';
import { webhookHeaders, webhookId, webhookSecret } from '../standard-webhooks';
import type { ProviderTools, PushProvider, SendContext, SendResult } from '../types';

/** Recommended by Standard Webhooks. */
const webhookLimit = 20 * 1024;
const service = 'The webhook';

/** The body: the same for every try. */
export function webhookBody(notification: Notification): string {
  const { title, body, link, dueAt, expiresAt, priority, collapseKey, envelopeId, badge, image } = notification;
  const iso = (moment: number | undefined) => (moment === undefined ? undefined : new Date(moment).toISOString());
  return JSON.stringify({
    type: 'signature.notification',
    data: {
      title,
      body,
      link,
      dueAt: iso(dueAt),
      expiresAt: iso(expiresAt),
      priority,
      collapseKey,
      envelopeId,
      badge,
      image,
      data: dataOf(notification),
    },
  });
}

/** Makes a sender of webhooks. The settings are checked already. */
export function createWebhookProvider(settings: WebhookSettings, tools: ProviderTools): PushProvider {
  const { clock, userAgent, pace = systemPace } = tools;
  const { allowPrivateAddresses } = settings;
  const secret = settings.secret ? webhookSecret(settings.secret) : undefined;
  const http = createHttpClient({ service, userAgent, retries: 0, allowPrivateAddresses, pace });
  const secrets = [settings.secret, ...Object.values(settings.headers)].filter((text) => text !== undefined);

  const check = (notification: Notification, recipient: Recipient) => {
    const target = reachable(recipient, ['url'], 'a webhook');
    checkEndpoint(target.url, 'url', settings, 'recipient.url');
    assertAlive(notification, clock.now());
    assertSize(Buffer.byteLength(webhookBody(notification)), webhookLimit, 'a webhook');
    return target;
  };

  const send = async (
    notification: Notification,
    recipient: Recipient,
    { idempotencyKey, signal }: SendContext,
  ): Promise<SendResult> => {
    const address = recipient.kind === 'url' ? recipient.url : '';
    const hidden = [...addressTexts(recipient), notification.link, ...secrets];
    try {
      const { url } = check(notification, recipient);
      const body = webhookBody(notification);
      const answer = await ask(http, {
        method: 'POST',
        url,
        headers: {
          ...settings.headers,
          'content-type': 'application/json',
          ...webhookHeaders(webhookId(idempotencyKey), pace.now(), body, secret),
        },
        body,
        // The receiver knows a repeat by its webhook-id.
        idempotent: true,
        read: 'text',
        secrets,
        signal,
      });
      return webhookResult(answer, retryAfter(answer.headers, pace.now()), hidden);
    } catch (thrown) {
      return resultOf(thrown, hidden, hostOf(address));
    }
  };

  return {
    kind: 'webhook',
    reaches: ['url'],
    check: (notification, recipient) => void check(notification, recipient),
    send,
    test: async () => false,
  };
}

/** Client errors that pass: request timeout, conflict, too early, too many requests. */
const passing = new Set([408, 409, 425, 429]);

function webhookResult(answer: HttpAnswer, pauseMs: number | undefined, hidden: Hidden): SendResult {
  const { status } = answer;
  if (status >= 200 && status < 300) return { state: 'sent' };
  const said = saying(answer.data, hidden);
  if (status === 410) return { state: 'dead', reason: `${service} says that it does not exist any more (410).` };
  if (passing.has(status) || status >= 500) return retry(`${service} answered with an error (${status}).`, pauseMs);
  if (status < 400)
    return failed('REFUSED', `${service} answered with a redirect (${status}). Give the URL it leads to.`);
  if (status === 401) return failed('UNAUTHORIZED', `${service} refused the credentials (401).${said} Check headers.`);
  if (status === 403)
    return failed('FORBIDDEN', `${service} does not allow this (403).${said} Check secret and headers.`);
  if (status === 413) return failed('PAYLOAD_TOO_LARGE', `${service} says that the message is too large. Shorten it.`);
  return failed('REFUSED', `${service} refused the message (${status}).${said}`);
}
