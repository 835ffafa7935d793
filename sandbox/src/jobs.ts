import { setTimeout as wait } from 'node:timers/promises';

/** Short work in the background (conversion, rendering, callbacks) that can be waited for and is stopped at the end. */
export class Jobs {
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  /** Ends when the sandbox closes; hand it to anything that waits. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Starts `work` now; an error that is not the closing itself goes to the error output. */
  run(work: () => Promise<void>): void {
    const job: Promise<void> = work()
      .catch((error: unknown) => {
        if (!this.signal.aborted) console.error('core-signature-sandbox:', error);
      })
      .finally(() => this.#running.delete(job));
    this.#running.add(job);
  }

  /** Waits a real moment of 50 to 150 ms, as the service takes one to convert or render. Throws when closing. */
  async moment(): Promise<void> {
    await wait(50 + Math.random() * 100, undefined, { signal: this.signal });
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Stops what waits and resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }
}
