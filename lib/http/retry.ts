/** When a failed request may be tried again, and after how long. */
import { sleep } from '../time/timers';

/** Time and chance as the HTTP layer uses them; replaced in tests. Always real time, never a sandbox's clock. */
export interface Pace {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** At least 0, less than 1. */
  random(): number;
}

export const systemPace: Pace = { now: () => Date.now(), sleep, random: () => Math.random() };

const firstBackoffMs = 500;
const longestBackoffMs = 30_000;

/** A `Retry-After` beyond this is taken for nonsense and cut. */
const longestRetryAfterMs = 3_600_000;

/**
 * Exponential backoff with jitter: half of the doubling delay is fixed, half is chance, so that many clients do not
 * come back together.
 *
 * @param attempt 1 after the first failure
 * @param random at least 0, less than 1
 * @returns milliseconds
 */
export function backoff(attempt: number, random: number): number {
  const full = Math.min(longestBackoffMs, firstBackoffMs * 2 ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * random);
}

/**
 * The wait an answer asks for (RFC 9110, 10.2.3): seconds or a date. A date is compared with the answer's own `Date`
 * header when there is one, so that a wrong clock on either side does no harm.
 *
 * @param headers of the answer, names in lower case
 * @param now milliseconds since 1970
 * @returns milliseconds from now, at most an hour; undefined when the header is missing or unreadable
 */
export function retryAfter(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const value = headers['retry-after']?.trim();
  if (value === undefined || value === '') return undefined;
  const sent = Date.parse(headers.date ?? '');
  const wait = /^\d+(?:\.\d+)?$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - (Number.isNaN(sent) ? now : sent);
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), longestRetryAfterMs);
}
