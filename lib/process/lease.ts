import { SignatureError } from '../errors';
import type { Ledger } from '../ledger/ledger';
import { type LeaseTime, underLease } from '../time/lease';

/**
 * Works on an operation that this process has begun, renewing its lease meanwhile. (What the dispatcher hands out is under
 * its lease already.)
 *
 * @param holder how long its leases hold
 * @param since `leaseNow()` from before the operation was begun
 * @throws what `work` throws
 */
export const underOperation = <T>(
  { leaseMs }: { leaseMs: number },
  ledger: Ledger,
  { key, rev }: { key: string; rev: number },
  since: LeaseTime,
  work: () => Promise<T>,
): Promise<T> => underLease({ leaseMs, since, renew: () => ledger.renewOperation({ key, rev, leaseMs }) }, work);

/** Whether another process has the work now, and carries on: nothing was lost. */
export const isTakenOver = (thrown: unknown): boolean =>
  thrown instanceof SignatureError && thrown.code === 'IN_PROGRESS';

/**
 * For `catch`: another process has taken the work over, with its message, and brings both to their end. Nothing is wrong
 * then, and nothing is to be done here.
 *
 * @throws whatever else it was
 */
export function leftToOther(thrown: unknown): false {
  if (isTakenOver(thrown)) return false;
  throw thrown;
}
