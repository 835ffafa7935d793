import { toError } from '../errors';
import type { Ledger } from '../ledger/ledger';
import { sleep } from '../time/timers';

/** How long finished work is kept where nobody says otherwise. */
export const defaultKeepDays = 90;

const dayMs = 86_400_000;

/**
 * How long to keep in a ledger for which several have a wish: the longest counts, because what one still needs another
 * must not remove.
 *
 * @param days of each; null for ever. None at all means that the ledger is closing: then nothing is removed
 * @returns milliseconds, null for ever
 */
export function longestKeepMs(days: readonly (number | null)[]): number | null {
  const given = days.filter((one) => one !== null);
  return given.length === 0 || given.length < days.length ? null : Math.max(...given) * dayMs;
}

export interface RetentionOptions {
  /** Who holds the lease: see `lib/ledger/owner.ts`. */
  owner: string;
  /** How long finished work is kept, in milliseconds of real time; null for ever. Asked at every round. */
  keepMs(): number | null;
  onFault(error: Error): void;
  /** Milliseconds from the opening of the ledger to the first round, and from one round to the next; both with jitter. */
  firstAfterMs?: number;
  everyMs?: number;
  /** Envelopes per transaction, and the least number of milliseconds between two. */
  batch?: number;
  pauseMs?: number;
}

/** What a round has removed. */
export interface Removed {
  envelopes: number;
  rows: number;
}

const leaseName = 'retention';
/** Longer than any batch and its pause; it is renewed with each. */
const leaseMs = 120_000;
/** The ledger belongs to the work: for each moment of pruning it has so many for everything else. */
const restFactor = 4;

/**
 * Removes finished work when its time is over, in the background: what is still needed to absorb a late event stays, and
 * so does the audit journal (`prune`).
 *
 * It prunes in small transactions with pauses between them, so that what arrives meanwhile waits for one of them at most.
 * Of the runtimes that share a ledger, one at a time does it.
 */
export class Retention {
  readonly #ledger: Ledger;
  readonly #options: Required<RetentionOptions>;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;
  #lastFault = '';

  constructor(ledger: Ledger, options: RetentionOptions) {
    this.#ledger = ledger;
    this.#options = { firstAfterMs: 10_000, everyMs: 3_600_000, batch: 20, pauseMs: 100, ...options };
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Ends after the transaction that is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  /**
   * Prunes until nothing is left to prune.
   *
   * @returns what was removed; null when finished work is kept for ever, or another runtime is at it
   * @throws SignatureError `LEDGER_*`
   */
  async round(): Promise<Removed | null> {
    const keepMs = this.#options.keepMs();
    if (keepMs === null) return null;
    const { owner, batch, pauseMs } = this.#options;
    const removed = { envelopes: 0, rows: 0 };
    let rev: number | null = null;
    try {
      for (let more = true; more && !this.#stop.signal.aborted; ) {
        rev = await this.#ledger.acquireLease({ name: leaseName, owner, leaseMs });
        if (rev === null) return null;
        const began = performance.now();
        const part = await this.#ledger.prune({ before: { olderThanMs: keepMs }, limit: batch });
        removed.envelopes += part.envelopes;
        removed.rows += part.rows;
        more = part.more;
        if (more) await this.#rest(Math.max(pauseMs, restFactor * (performance.now() - began)));
      }
      return removed;
    } finally {
      if (rev !== null) await this.#ledger.releaseLease({ name: leaseName, rev }).catch(() => undefined);
    }
  }

  async #run(): Promise<void> {
    const { firstAfterMs, everyMs } = this.#options;
    // Jitter, so that runtimes that were started together do not begin together.
    await this.#rest(firstAfterMs * (0.5 + Math.random()));
    while (!this.#stop.signal.aborted) {
      try {
        await this.round();
        this.#lastFault = '';
      } catch (thrown) {
        this.#report(toError(thrown));
      }
      await this.#rest(everyMs * (0.85 + Math.random() * 0.3));
    }
  }

  /** A fault that lasts is said once, not every hour. */
  #report(error: Error): void {
    if (error.message !== this.#lastFault && !this.#stop.signal.aborted) this.#options.onFault(error);
    this.#lastFault = error.message;
  }

  #rest(ms: number): Promise<void> {
    return sleep(ms, this.#stop.signal, { unref: true }).catch(() => undefined);
  }
}
