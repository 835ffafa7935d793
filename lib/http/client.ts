/**
 * The one HTTP client of the package: JSON in and out, time limits, size limits, rate limit, safe retries, and errors that
 * carry neither secrets nor foreign objects.
 */
import type { Readable } from 'node:stream';
import { SignatureError } from '../errors';
import { holdLease } from '../time/lease';
import { Deadline } from './deadline';
import { type ExchangeAnswer, ExchangeFailure, exchange } from './exchange';
import { type Failed, isPassing, noAnswer, refusal } from './failures';
import type { Limiter } from './limiter';
import { credentialsIn, dataOf, encoded, parsed, readAll, urlOf } from './message';
import { watchExchange } from './observer';
import { checkPublicUrl, privateAddress } from './private-address';
import { hostOf } from './redact';
import { type Pace, retryAfter, systemPace } from './retry';
import { bare, Refused, Silent, waitAfter } from './tries';
import type { HttpAnswer, HttpRequest, HttpStream } from './types';

export type { HttpAnswer, HttpRequest, HttpStream } from './types';

export interface HttpClientOptions {
  /** Plain name of the other side for messages, for example `Core Signature`. */
  service: string;
  userAgent: string;
  /** Requests may then give a relative URL, and may not leave this origin. */
  baseUrl?: string;
  /** For one try, answer included; default 30,000. */
  timeoutMs?: number;
  /** Further tries of idempotent requests; default 3. */
  retries?: number;
  limiter?: Limiter;
  /** Default true; false for URLs that come from data. */
  allowPrivateAddresses?: boolean;
  /** Largest answer; default 10 MiB. */
  maxResponseBytes?: number;
  pace?: Pace;
}

export interface HttpClient {
  /**
   * Sends a request and reads the answer.
   *
   * @throws SignatureError UNREACHABLE, OUTCOME_UNKNOWN (not idempotent, and it may have arrived), UNAUTHORIZED,
   *   FORBIDDEN, RATE_LIMITED, REFUSED (other 4xx; `status` tells which), REMOTE_FAULT; the signal's reason when aborted
   *   before anything was sent
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Sends a request once and hands over the answer's body unread. Throws like `request`. */
  open(request: HttpRequest): Promise<HttpStream>;
}

const idempotentMethods = new Set(['GET', 'HEAD']);
/** Requests that change nothing may be made by a process whose work was taken over. */
const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'PROPFIND', 'REPORT']);

/**
 * Makes a client.
 *
 * @param options see `HttpClientOptions`
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { service, limiter, retries = 3, pace = systemPace, maxResponseBytes = 10 * 1024 * 1024 } = options;
  const publicOnly = options.allowPrivateAddresses === false;

  const prepare = (request: HttpRequest) => {
    const url = urlOf(request, options.baseUrl);
    if (publicOnly) checkPublicUrl(url);
    const failed: Failed = {
      service,
      host: hostOf(url),
      idempotent: request.idempotent ?? idempotentMethods.has(request.method),
      secrets: [...(request.secrets ?? []), ...credentialsIn(request.headers)],
    };
    return { url, failed };
  };

  /** One try up to the head of the answer. */
  const send = async (
    request: HttpRequest,
    url: string,
    failed: Failed,
    deadline: Deadline,
  ): Promise<ExchangeAnswer> => {
    if (!readingMethods.has(request.method)) await holdLease();
    const answered = watchExchange(service, request.method);
    try {
      const answer = await exchange({
        method: request.method,
        url,
        ...encoded(request, options.userAgent),
        publicOnly,
        anyConnection: failed.idempotent,
        signal: deadline.signal,
      });
      answered(answer.status);
      return answer;
    } catch (thrown) {
      answered();
      throw failureOf(thrown, failed, deadline, request.signal);
    }
  };

  /** One try, answer read. */
  const attempt = async (request: HttpRequest): Promise<HttpAnswer> => {
    const { url, failed } = prepare(request);
    const release = await limiter?.acquire(request.signal);
    const deadline = new Deadline(request.timeoutMs ?? options.timeoutMs ?? 30_000, request.signal);
    try {
      const answer = await send(request, url, failed, deadline);
      noticePause(answer);
      const bytes = await readAll(answer, failed, maxResponseBytes).catch((thrown) => {
        throw failureOf(thrown, failed, deadline, request.signal);
      });
      const { status, headers } = answer;
      const wanted = (status >= 200 && status < 300) || request.accept?.includes(status) === true;
      if (!wanted) throw new Refused(refusal(failed, status, parsed(bytes)), answer);
      return { status, headers, data: dataOf(bytes, status, request, failed) };
    } finally {
      deadline.end();
      release?.();
    }
  };

  /** A throttling answer holds everybody back, also those who will not try again. */
  const noticePause = ({ status, headers }: ExchangeAnswer) => {
    if (status !== 429 && status !== 503) return;
    const wait = retryAfter(headers, pace.now());
    if (wait !== undefined) limiter?.pause(wait);
  };

  return {
    async request(request) {
      const repeatable =
        (request.idempotent ?? idempotentMethods.has(request.method)) && !isStream(request.body) ? retries : 0;
      for (let tries = 1; ; tries += 1) {
        try {
          return await attempt(request);
        } catch (thrown) {
          const wait = tries <= repeatable ? waitAfter(thrown, tries, pace) : undefined;
          if (wait === undefined) throw bare(thrown);
          await pace.sleep(wait, request.signal);
        }
      }
    },
    async open(request) {
      const { url, failed } = prepare(request);
      const release = await limiter?.acquire(request.signal);
      const deadline = new Deadline(request.timeoutMs ?? options.timeoutMs ?? 30_000, request.signal);
      const end = () => {
        deadline.end();
        release?.();
      };
      try {
        const answer = await send(request, url, failed, deadline);
        noticePause(answer);
        if (answer.status < 200 || (answer.status >= 300 && request.accept?.includes(answer.status) !== true)) {
          answer.body.destroy();
          throw refusal(failed, answer.status, undefined);
        }
        return {
          ...answer,
          alive: () => deadline.restart(),
          end,
          failure: (thrown) => bare(failureOf(thrown, failed, deadline, request.signal)),
        };
      } catch (thrown) {
        end();
        throw bare(thrown);
      }
    },
  };
}

const isStream = (body: HttpRequest['body']): body is Readable =>
  typeof body === 'object' && !Buffer.isBuffer(body) && body !== null;

function failureOf(thrown: unknown, failed: Failed, deadline: Deadline, caller?: AbortSignal): unknown {
  if (thrown instanceof SignatureError) return thrown;
  const sent = thrown instanceof ExchangeFailure ? thrown.sent : true;
  // Who aborts a request that has left must learn that it may still take effect.
  if (caller?.aborted && !deadline.expired && (failed.idempotent || !sent)) return caller.reason;
  const code = deadline.expired ? 'ETIMEDOUT' : codeOf(thrown);
  // A refusal by `guardedLookup`, which axios hands on as an error of its own.
  if (code === 'BAD_INPUT') return privateAddress(failed.host);
  return new Silent(noAnswer(failed, code, sent), isPassing(code));
}

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'ECONNRESET';
