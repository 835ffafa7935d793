/** From an HTTP exchange to a result: what all providers have in common. */
import { type ErrorCode, SignatureError } from '../errors';
import type { HttpAnswer, HttpClient, HttpRequest } from '../http/client';
import { readProblem } from '../http/problem';
import { redact } from '../http/redact';
import type { SendResult } from './types';

/** All statuses besides success: a provider reads them itself. */
const everyStatus = Array.from({ length: 300 }, (_, index) => 300 + index);

/** Sends once and hands back whatever is answered. @throws as the HTTP client, but never for a status */
export const ask = (http: HttpClient, request: HttpRequest): Promise<HttpAnswer> =>
  http.request({ ...request, accept: everyStatus });

/** The texts that must not be seen in a result. */
export type Hidden = readonly (string | undefined)[];

/**
 * The reason of a refusal as the service gives it.
 *
 * @param data parsed body of the answer, or its text
 * @param hidden addresses, links and secrets, should the service repeat one
 * @returns a sentence with a leading blank, or nothing
 */
export function saying(data: unknown, hidden: Hidden): string {
  const text = redact(readProblem(typeof data === 'string' ? parsed(data) : data).text, hidden);
  return text === '' ? '' : ` ${text}`;
}

/** A result for something thrown on the way; an abort goes on as it is. */
export function resultOf(thrown: unknown, hidden: Hidden, host?: string): SendResult {
  if (!(thrown instanceof SignatureError)) throw thrown;
  // Hosts of subscriptions and webhooks belong to the address.
  const said =
    host === undefined ? thrown.message : thrown.message.replaceAll(` at ${host}`, '').replaceAll(host, '***');
  const reason = redact(said, hidden);
  switch (thrown.code) {
    case 'UNREACHABLE':
    case 'REMOTE_FAULT':
    case 'RATE_LIMITED':
      return { state: 'retry', reason };
    case 'OUTCOME_UNKNOWN':
      return failed('OUTCOME_UNKNOWN', reason.replace(' Repeat the message.', ` ${notRepeated}`));
    default:
      return failed(thrown.code, reason);
  }
}

export const notRepeated = 'It is not repeated, so that nobody is notified twice.';

export const failed = (code: ErrorCode, reason: string): SendResult => ({ state: 'failed', code, reason });

/** Codes of results that the configuration causes: every recipient would meet them, and a person has to change something. */
export const isConfigurationFault = (code: ErrorCode): boolean =>
  code === 'BAD_CONFIG' || code === 'UNAUTHORIZED' || code === 'FORBIDDEN';

export const retry = (reason: string, afterMs?: number): SendResult => ({
  state: 'retry',
  reason,
  ...(afterMs !== undefined && { afterMs }),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const longestPauseMs = 3_600_000;

/**
 * The pause before another try: what the service asked for at the least, doubling with each try, half of the growth left
 * to chance.
 *
 * @param tries made so far, at least 1
 * @param floorMs `afterMs` of the result; default 1,000
 * @param random at least 0, less than 1
 * @returns milliseconds, at most an hour unless the service asked for more
 */
export function pauseBefore(tries: number, floorMs = 1000, random = Math.random()): number {
  const full = Math.min(longestPauseMs, Math.max(1000, floorMs) * 2 ** Math.min(tries - 1, 30));
  return Math.max(floorMs, Math.round(full / 2 + (full / 2) * random));
}
