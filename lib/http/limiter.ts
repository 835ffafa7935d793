/**
 * One rate limiter for everybody who uses an account: a token bucket (so many per second, so many at once in a burst), a
 * limit of requests under way, and a pause for all when the service says so. First come, first served.
 */
import { SignatureError } from '../errors';
import { type Pace, systemPace } from './retry';

export interface LimiterOptions {
  /** Requests per second in the long run. */
  perSecond: number;
  /** Requests that may start at once after a quiet time; default as many as `perSecond`, at least 1. */
  burst?: number;
  /** Requests under way at the same time; default 4. */
  concurrency?: number;
  /** Nobody is kept waiting for a pause longer than this; default 60,000 ms. */
  longestPauseMs?: number;
  pace?: Pace;
}

export interface Limiter {
  /**
   * Waits for one's turn.
   *
   * @param signal leaves the queue
   * @returns gives the turn back; call it when the request is over
   * @throws SignatureError RATE_LIMITED when a pause is on that lasts longer than anyone should wait; the signal's reason
   */
  acquire(signal?: AbortSignal): Promise<() => void>;
  /** Lets nobody start for `ms` milliseconds. */
  pause(ms: number): void;
}

interface Waiting {
  start(): void;
  fail(reason: unknown): void;
}

/**
 * Makes a limiter.
 *
 * @param options see `LimiterOptions`
 */
export function createLimiter(options: LimiterOptions): Limiter {
  const { perSecond, concurrency = 4, longestPauseMs = 60_000, pace = systemPace } = options;
  const burst = Math.max(1, options.burst ?? perSecond);
  const queue: Waiting[] = [];
  let tokens = burst;
  let filledAt = pace.now();
  let pausedUntil = 0;
  let underWay = 0;
  let wake: AbortController | undefined;

  const refill = () => {
    const now = pace.now();
    // A system clock set back must not take tokens away.
    tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) / 1000) * perSecond);
    filledAt = now;
  };

  const refusal = () =>
    new SignatureError(
      'RATE_LIMITED',
      `The service asks for a pause of ${Math.ceil((pausedUntil - pace.now()) / 1000)} s. Try again after that.`,
    );

  const startMore = () => {
    wake?.abort();
    wake = undefined;
    refill();
    while (queue.length > 0 && underWay < concurrency && tokens >= 1 && pace.now() >= pausedUntil) {
      tokens -= 1;
      underWay += 1;
      queue.shift()?.start();
    }
    if (queue.length === 0 || underWay >= concurrency) return;
    const forToken = tokens >= 1 ? 0 : ((1 - tokens) / perSecond) * 1000;
    const wait = Math.max(1, Math.ceil(Math.max(forToken, pausedUntil - pace.now())));
    const controller = new AbortController();
    wake = controller;
    pace.sleep(wait, controller.signal).then(startMore, () => {});
  };

  const turn = () => {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      underWay -= 1;
      startMore();
    };
  };

  return {
    acquire(signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        if (pausedUntil - pace.now() > longestPauseMs) return reject(refusal());
        const onAbort = () => {
          queue.splice(queue.indexOf(waiting), 1);
          reject(signal?.reason);
          startMore();
        };
        const waiting: Waiting = {
          start: () => {
            signal?.removeEventListener('abort', onAbort);
            resolve(turn());
          },
          fail: (reason) => {
            signal?.removeEventListener('abort', onAbort);
            reject(reason);
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        queue.push(waiting);
        if (queue.length === 1) startMore();
      });
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, pace.now() + ms);
      if (pausedUntil - pace.now() > longestPauseMs) for (const waiting of queue.splice(0)) waiting.fail(refusal());
      startMore();
    },
  };
}
