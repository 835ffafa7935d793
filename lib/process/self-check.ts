import { toError } from '../errors';
import type { Ledger } from '../ledger/ledger';
import { sleep } from '../time/timers';

export interface SelfCheckOptions {
  /** The check could not be made. Damage is told by the ledger itself (`onDamage`). */
  onFault(error: Error): void;
  /** Milliseconds after the opening, when the start has its rush behind it. */
  afterMs?: number;
  /** A ledger that this process found to be sound less than so many milliseconds ago is not read again. */
  everyMs?: number;
}

/** When this process last read a ledger as a whole and found it sound. A redeploy opens the same one again. */
const soundAt = new Map<string, number>();

/** Has a large ledger file read as a whole some time after it was opened, beside the work. */
export class SelfCheck {
  readonly #ledger: Ledger;
  readonly #options: Required<SelfCheckOptions>;
  readonly #stop = new AbortController();
  #waiting: Promise<void> | undefined;

  constructor(ledger: Ledger, options: SelfCheckOptions) {
    this.#ledger = ledger;
    this.#options = { afterMs: 5_000, everyMs: 86_400_000, ...options };
  }

  start(): void {
    this.#waiting ??= this.#run();
  }

  /** A check that is under way is ended by the closing of the ledger. */
  async stop(): Promise<void> {
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    const { afterMs, everyMs, onFault } = this.#options;
    const { where } = this.#ledger.info();
    if (performance.now() - (soundAt.get(where) ?? Number.NEGATIVE_INFINITY) < everyMs) return;
    try {
      await sleep(afterMs, this.#stop.signal, { unref: true });
      if (await this.#ledger.check()) soundAt.set(where, performance.now());
    } catch (thrown) {
      if (!this.#stop.signal.aborted) onFault(toError(thrown));
    }
  }
}
