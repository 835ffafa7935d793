import type { Ledger } from '../ledger/ledger';

/**
 * Renews the lease of an operation while it is worked on.
 *
 * @returns `lost` is aborted when somebody else has taken the operation over; call `end` when the work is over
 */
export function keepLease(
  ledger: Ledger,
  key: string,
  rev: number,
  leaseMs: number,
  reason: () => Error,
): { lost: AbortSignal; end: () => void } {
  const lost = new AbortController();
  const renewal = setInterval(() => {
    ledger.renewOperation({ key, rev, leaseMs }).then(
      (answer) => answer === 'stale' && lost.abort(reason()),
      () => undefined,
    );
  }, leaseMs / 3).unref();
  return { lost: lost.signal, end: () => clearInterval(renewal) };
}
