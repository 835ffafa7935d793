/** Failed tries of a request, and whether another one is worth it. */
import type { SignatureError } from '../errors';
import type { ExchangeAnswer } from './exchange';
import { backoff, type Pace, retryAfter } from './retry';

const passingStatuses = new Set([408, 429, 500, 502, 503, 504]);

/** Nobody is kept waiting longer for a service that asks for patience. */
const longestWaitMs = 60_000;

/** An answer that is no success, with what is needed to decide on another try. */
export class Refused {
  constructor(
    readonly error: SignatureError,
    readonly answer: ExchangeAnswer,
  ) {}
}

/** No answer, with what is needed to decide on another try. */
export class Silent {
  constructor(
    readonly error: SignatureError,
    readonly passing: boolean,
  ) {}
}

/** The error a caller gets to see. */
export const bare = (thrown: unknown): unknown =>
  thrown instanceof Silent || thrown instanceof Refused ? thrown.error : thrown;

/** Milliseconds until the next try; undefined when another try is of no use or would come too late. */
export function waitAfter(thrown: unknown, tries: number, pace: Pace): number | undefined {
  const pause = backoff(tries, pace.random());
  if (thrown instanceof Silent) return thrown.passing ? pause : undefined;
  if (!(thrown instanceof Refused) || !passingStatuses.has(thrown.answer.status)) return undefined;
  const asked = retryAfter(thrown.answer.headers, pace.now()) ?? 0;
  return asked <= longestWaitMs ? Math.max(asked, pause) : undefined;
}
