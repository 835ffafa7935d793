/** OpenText Notifications / Cloud Messaging: push jobs, SMS, e-mail and WhatsApp. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { SignatureError } from '../../errors';
import { createHttpClient, type HttpAnswer, type HttpRequest } from '../../http/client';
import { retryAfter, systemPace } from '../../http/retry';
import type { Notification } from '../message';
import { ask, failed, type Hidden, notRepeated, resultOf, retry, saying } from '../outcome';
import { assertAlive, reachable } from '../reach';
import { addressTexts, type Recipient } from '../recipients';
import type { OpenTextSettings } from '../settings';
import type { Channel, ProviderTools, PushProvider, SendContext, SendResult } from '../types';
import { createOpenTextAuth } from './opentext-auth';
import { type OpenTextRecipient, openTextRequest } from './opentext-requests';
import { readJobStatus } from './opentext-status';

const kinds = ['opentext', 'phone', 'email', 'whatsapp'] as const;
const service = 'OpenText Messaging';

/** Documented hosts. */
const baseUrls: Readonly<Record<OpenTextSettings['region'], string>> = {
  us: 'https://api.us.cloudmessaging.opentext.com/',
  eu: 'https://api.eu.cloudmessaging.opentext.com/',
  'us-test': 'https://t2api.us.cloudmessaging.opentext.com/',
};

const statusPaths: Readonly<Record<Channel, string>> = { sms: 'sms', email: 'emails', whatsapp: 'whatsapp' };

/** The reply to a push job is not documented; a job id is taken where there is one. */
const jobSchema = z.object({ job_id: z.union([z.string(), z.number()]).transform(String).optional() }).catch({});

/**
 * Makes a sender for one account. A request whose outcome is unknown is never repeated: OpenText does not promise to
 * remove duplicates.
 */
export function createOpenTextProvider(settings: OpenTextSettings, tools: ProviderTools): PushProvider {
  const { clock, userAgent, pace = systemPace } = tools;
  const { auth } = settings;
  const http = createHttpClient({
    service,
    userAgent,
    baseUrl: settings.baseUrl ?? baseUrls[settings.region],
    retries: 0,
    pace,
  });
  const tokenHttp = createHttpClient({ service: 'The token endpoint', userAgent, retries: 0, pace });
  const authorizer = createOpenTextAuth(settings, { http: tokenHttp, pace });
  const secrets = [auth.kind === 'basic' ? auth.password : auth.clientSecret];

  /** One request; a 401 was answered before anything took effect, so that a new token may be tried once. */
  const call = async (request: HttpRequest): Promise<HttpAnswer> => {
    const once = (authorization: string) =>
      ask(http, { ...request, headers: { ...request.headers, authorization }, secrets });
    const authorization = await authorizer.authorization(request.signal);
    const answer = await once(authorization);
    if (answer.status !== 401 || !authorizer.invalidate(authorization)) return answer;
    return once(await authorizer.authorization(request.signal));
  };

  const requestFor = (notification: Notification, recipient: OpenTextRecipient, idempotencyKey: string) => {
    if (recipient.kind === 'opentext' && !settings.template) {
      throw new SignatureError(
        'BAD_CONFIG',
        "template is empty. Give the push service the JSON document of a push job as OpenText's documentation describes it.",
        { field: 'template' },
      );
    }
    return openTextRequest(recipient, { notification, idempotencyKey, settings, now: clock.now() });
  };

  const check = (notification: Notification, recipient: Recipient): OpenTextRecipient => {
    const target = reachable(recipient, kinds, service);
    assertAlive(notification, clock.now());
    requestFor(notification, target, 'check');
    return target;
  };

  const send = async (
    notification: Notification,
    recipient: Recipient,
    { idempotencyKey, signal }: SendContext,
  ): Promise<SendResult> => {
    const hidden = [...addressTexts(recipient), notification.link, ...secrets];
    try {
      const { path, json } = requestFor(notification, check(notification, recipient), idempotencyKey);
      const answer = await call({
        method: 'POST',
        url: path,
        json,
        headers: { 'X-MRA-SubmitId': submitId(idempotencyKey) },
        // Some successes have no JSON body.
        read: 'text',
        signal,
      });
      return openTextResult(answer, retryAfter(answer.headers, pace.now()), hidden);
    } catch (thrown) {
      return resultOf(thrown, hidden);
    }
  };

  const readStatus = (jobId: string, channel: Channel, signal?: AbortSignal) =>
    call({ method: 'GET', url: `mra/v1/outbound/${statusPaths[channel]}/status`, query: { job_id: jobId }, signal });

  return {
    kind: 'opentext',
    reaches: kinds,
    check: (notification, recipient) => void check(notification, recipient),
    send,
    async status(jobId, channel, signal) {
      const answer = await readStatus(jobId, channel, signal);
      if (answer.status >= 300) throw statusRefusal(answer, secrets);
      return readJobStatus(answer.data, channel);
    },
    /** Asks for a job that does not exist: refused credentials show before that. */
    async test(signal) {
      const answer = await readStatus('connection-test', 'sms', signal);
      if ([401, 403, 429].includes(answer.status) || answer.status >= 500) throw statusRefusal(answer, secrets);
      return true;
    },
  };
}

/** The key as a header takes it; OpenText shows it in its logs, it does not remove duplicates by it. */
const submitId = (key: string): string =>
  /^[\w.:-]{1,64}$/.test(key) ? key : createHash('sha256').update(key).digest('base64url');

function statusRefusal({ status, data }: HttpAnswer, secrets: Hidden): SignatureError {
  const said = saying(data, secrets);
  if (status === 401) {
    return new SignatureError('UNAUTHORIZED', `${service} refused the credentials.${said} Check auth.`, { status });
  }
  if (status === 403) {
    return new SignatureError('FORBIDDEN', `${service} does not allow this.${said} Check the rights of the account.`, {
      status,
    });
  }
  if (status === 429)
    return new SignatureError('RATE_LIMITED', `${service} throttles requests. Ask less often.`, { status });
  return status >= 500 || status < 400
    ? new SignatureError('REMOTE_FAULT', `${service} answered with an error (${status}). Try again later.`, { status })
    : new SignatureError('REFUSED', `${service} refused the request (${status}).${said}`, { status });
}

/**
 * What the answer to a job means.
 *
 * @param answer body as text
 * @param pauseMs of `Retry-After`
 * @param hidden texts that must not be seen
 */
export function openTextResult(answer: HttpAnswer, pauseMs: number | undefined, hidden: Hidden): SendResult {
  const { status, data } = answer;
  if (status >= 200 && status < 300) {
    const { job_id: id } = jobSchema.parse(fromJson(data));
    return { state: 'sent', ...(id !== undefined && { id }) };
  }
  const said = saying(data, hidden);
  if (status === 401) return failed('UNAUTHORIZED', `${service} refused the credentials.${said} Check auth.`);
  if (status === 403)
    return failed('FORBIDDEN', `${service} does not allow this.${said} Check the rights of the account.`);
  if (status === 413) return failed('PAYLOAD_TOO_LARGE', `${service} says that the message is too large. Shorten it.`);
  if (status === 429) return retry(`${service} throttles requests (429).`, pauseMs);
  if (status === 503) return retry(`${service} is not available (503).`, pauseMs);
  return status === 408 || status >= 500
    ? failed(
        'OUTCOME_UNKNOWN',
        `${service} answered with an error (${status}). The message may have been sent. ${notRepeated}`,
      )
    : failed('REFUSED', `${service} refused the message (${status}).${said}`);
}

function fromJson(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}
