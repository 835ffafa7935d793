import type { Pace } from '../../../dist/lib/http/retry';

interface Sleeper {
  until: number;
  wake(): void;
}

/** Time for tests: stands still, or jumps to the end of each sleep at once. */
export class VirtualPace implements Pace {
  readonly slept: number[] = [];
  #now: number;
  #sleepers: Sleeper[] = [];

  constructor(private readonly options: { jump?: boolean; random?: number; start?: number } = {}) {
    this.#now = options.start ?? Date.UTC(2030, 0, 1);
  }

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.options.random ?? 0;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.options.jump) {
        this.#now += ms;
        return resolve();
      }
      const sleeper = { until: this.#now + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      });
    });
  }

  /** Lets time pass step by step, waking the sleepers in order. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const next = this.#sleepers.filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)[0];
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.until);
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      next.wake();
    }
    this.#now = end;
    await settled();
  }
}

/** Lets everything that is ready run. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
