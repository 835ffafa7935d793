import type { Ledger } from '../ledger/ledger';
import { type LeaseTime, underLease } from '../time/lease';
import type { Dispatcher } from './dispatcher';

/**
 * Works on an operation that this process has begun, renewing its lease meanwhile. (What the dispatcher hands out is under
 * its lease already.)
 *
 * @param since `leaseNow()` from before the operation was begun
 * @throws what `work` throws
 */
export const underOperation = <T>(
  { leaseMs }: Pick<Dispatcher, 'leaseMs'>,
  ledger: Ledger,
  { key, rev }: { key: string; rev: number },
  since: LeaseTime,
  work: () => Promise<T>,
): Promise<T> => underLease({ leaseMs, since, renew: () => ledger.renewOperation({ key, rev, leaseMs }) }, work);
