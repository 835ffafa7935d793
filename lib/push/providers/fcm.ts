/** Firebase Cloud Messaging, HTTP v1. */
import { z } from 'zod';
import { SignatureError } from '../../errors';
import { createHttpClient, type HttpAnswer } from '../../http/client';
import { retryAfter, systemPace } from '../../http/retry';
import { BearerToken } from '../bearer-token';
import type { Notification } from '../message';
import { ask, resultOf } from '../outcome';
import { assertAlive, assertSize, reachable } from '../reach';
import { addressTexts, type Recipient } from '../recipients';
import type { FcmSettings } from '../settings';
import type { ProviderTools, PushProvider, SendContext, SendResult } from '../types';
import { fcmRefusal, isTokenRefused } from './fcm-errors';
import { type FcmRecipient, fcmMessage, fcmPayloadSize } from './fcm-message';
import { fetchGoogleToken } from './google-token';
import { parseServiceAccount } from './service-account';

const kinds = ['fcmToken', 'fid', 'topic', 'condition'] as const;

/** Bytes of notification and data (Firebase, "About FCM messages"). */
const deviceLimit = 4096;
const topicLimit = 2048;

const acceptedSchema = z.object({ name: z.string().optional() }).catch({});

/**
 * Makes a sender for one Firebase project. Access tokens are fetched as needed and kept until shortly before they expire.
 *
 * @throws SignatureError BAD_CONFIG when the service account cannot be used
 */
export function createFcmProvider(settings: FcmSettings, tools: ProviderTools): PushProvider {
  const { clock, userAgent, pace = systemPace } = tools;
  const account = parseServiceAccount(settings.serviceAccount);
  const project = encodeURIComponent(settings.projectId || account.projectId);
  const url = `${settings.baseUrl}v1/projects/${project}/messages:send`;
  const http = createHttpClient({ service: 'FCM', userAgent, retries: 0, pace });
  const tokens = new BearerToken(
    () => fetchGoogleToken(account, settings.tokenUrl ?? account.tokenUrl, { http, pace }),
    pace,
  );

  const messageFor = (notification: Notification, recipient: FcmRecipient) =>
    fcmMessage(notification, recipient, { now: clock.now(), realNow: pace.now() }, settings);

  /** One request; a token that was refused is replaced once. */
  const post = async (body: object, options: { repeatable: boolean; secrets: string[]; signal?: AbortSignal }) => {
    const once = async (authorization: string): Promise<HttpAnswer> =>
      ask(http, {
        method: 'POST',
        url,
        headers: { authorization },
        json: body,
        idempotent: options.repeatable,
        secrets: options.secrets,
        signal: options.signal,
      });
    const authorization = await tokens.authorization(options.signal);
    const answer = await once(authorization);
    if (!isTokenRefused(answer)) return answer;
    tokens.invalidate(authorization);
    return once(await tokens.authorization(options.signal));
  };

  const check = (notification: Notification, recipient: Recipient): FcmRecipient => {
    const target = reachable(recipient, kinds, 'FCM');
    assertAlive(notification, clock.now());
    const limit = target.kind === 'topic' || target.kind === 'condition' ? topicLimit : deviceLimit;
    assertSize(fcmPayloadSize(messageFor(notification, target)), limit, 'FCM');
    return target;
  };

  const send = async (
    notification: Notification,
    recipient: Recipient,
    { signal }: SendContext,
  ): Promise<SendResult> => {
    const hidden = [...addressTexts(recipient), notification.link];
    try {
      const target = check(notification, recipient);
      const body = { validate_only: notification.dryRun, message: messageFor(notification, target) };
      const repeatable = notification.collapseKey !== undefined || notification.dryRun;
      const answer = await post(body, { repeatable, secrets: addressTexts(recipient), signal });
      if (answer.status < 300) {
        const { name } = acceptedSchema.parse(answer.data);
        return { state: 'sent', ...(name !== undefined && { id: name }) };
      }
      const pauseMs = retryAfter(answer.headers, pace.now());
      const isDevice = target.kind === 'fcmToken' || target.kind === 'fid';
      return fcmRefusal(answer, { isDevice, pauseMs, hidden });
    } catch (thrown) {
      return resultOf(thrown, hidden);
    }
  };

  return {
    kind: 'fcm',
    reaches: kinds,
    check: (notification, recipient) => void check(notification, recipient),
    send,
    async test(signal) {
      const message = { topic: 'connection-test', notification: { title: 'Test' } };
      const answer = await post({ validate_only: true, message }, { repeatable: true, secrets: [], signal });
      if (answer.status < 300) return true;
      const result = fcmRefusal(answer, { isDevice: false, hidden: [] });
      const code = result.state === 'failed' ? result.code : 'REMOTE_FAULT';
      const reason = result.state === 'sent' ? '' : result.reason;
      throw new SignatureError(code, reason, { status: answer.status });
    },
  };
}
