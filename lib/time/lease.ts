/**
 * Fencing. Work that was claimed from the ledger holds a lease, which is renewed while the work goes on. A process that was
 * paused for longer (a suspended machine, SIGSTOP, a long swap) may find that another one has taken its work over, so
 * before anything reaches the outside, the lease under which it is done is asked whether it still holds.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { SignatureError } from '../errors';

export interface LeaseTerms {
  /** How long it holds without a renewal, in milliseconds. */
  leaseMs: number;
  /** When it was asked for, by `leaseNow`: taken before the claim was made, so that it never ends later here than there. */
  since: LeaseTime;
  /** Extends it by `leaseMs`; `stale` when somebody else has the work now. */
  renew(): Promise<'ok' | 'stale'>;
}

/** A moment for measuring how long ago it was. */
export interface LeaseTime {
  monotonic: number;
  wall: number;
}

/** The present moment. */
export const leaseNow = (): LeaseTime => ({ monotonic: performance.now(), wall: Date.now() });

/** The longer of both: a suspended machine may stop the monotonic clock, a corrected one may set the wall clock back. */
const elapsed = (since: LeaseTime): number => Math.max(performance.now() - since.monotonic, Date.now() - since.wall);

/**
 * The part of a lease within which something may be begun. What is on its way when the rest is over may not have arrived
 * yet when another process looks for it.
 */
const usable = 1 / 2;

const leases = new AsyncLocalStorage<Lease | undefined>();

class Lease {
  readonly #terms: LeaseTerms;
  readonly #outer: Lease | undefined;
  readonly #lost = new AbortController();
  readonly #renewal: NodeJS.Timeout;
  #since: LeaseTime;
  #over = false;

  constructor(terms: LeaseTerms, outer: Lease | undefined) {
    this.#terms = terms;
    this.#outer = outer;
    this.#since = terms.since;
    // A ledger that cannot be reached now is asked again; nothing leaves this process meanwhile once the time is over.
    this.#renewal = setInterval(() => void this.#renew().catch(() => undefined), terms.leaseMs / 3).unref();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async hold(): Promise<void> {
    await this.#outer?.hold();
    this.lost.throwIfAborted();
    // What the work has set going and left behind is not under its lease.
    while (!this.#over && elapsed(this.#since) >= this.#terms.leaseMs * usable) await this.#renew();
  }

  end(): void {
    this.#over = true;
    clearInterval(this.#renewal);
  }

  async #renew(): Promise<void> {
    const asked = leaseNow();
    if ((await this.#terms.renew()) === 'stale') this.#lost.abort(takenOver());
    this.lost.throwIfAborted();
    this.#since = asked;
  }
}

/**
 * Does work under a lease, and renews the lease meanwhile.
 *
 * @param work learns by `leaseSignal` that somebody else has it now
 * @throws what `work` throws
 */
export async function underLease<T>(terms: LeaseTerms, work: () => Promise<T>): Promise<T> {
  const lease = new Lease(terms, leases.getStore());
  try {
    return await leases.run(lease, work);
  } finally {
    lease.end();
  }
}

/**
 * To be awaited right before something reaches the outside: passes at once while the lease of the work at hand is fresh, has
 * it renewed when less than half of it is left, and without a lease always passes.
 *
 * @throws SignatureError `IN_PROGRESS` when somebody else has the work now; `LEDGER_*` when that cannot be found out
 */
export async function holdLease(): Promise<void> {
  await leases.getStore()?.hold();
}

/** Aborted when the work at hand is known to have been taken over; never without a lease. */
export const leaseSignal = (): AbortSignal => leases.getStore()?.lost ?? neverLost;

const neverLost = new AbortController().signal;

/** Does something that serves everybody, such as fetching an access token, under nobody's lease. */
export const underNoLease = <T>(work: () => Promise<T>): Promise<T> => leases.run(undefined, work);

const takenOver = (): SignatureError =>
  new SignatureError('IN_PROGRESS', 'Another process has taken this work over, because this one was held up.');
