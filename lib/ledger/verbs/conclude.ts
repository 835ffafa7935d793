import type { Tx } from '../sql';
import { isUndecided, type LockedEnvelope } from './envelopes';
import { closeLadders } from './ladder-rows';
import { settleByStatus } from './settle';

/**
 * Tells those who wait for a locked envelope what its status means to them: settles waits, and closes the ladders when it
 * has ended. While the envelope is held its end is not told: it may be that another one takes its place.
 *
 * @returns how many waits were settled
 */
export async function conclude(tx: Tx, locked: LockedEnvelope): Promise<number> {
  if (isUndecided(locked)) return 0;
  const settled = await settleByStatus(tx, locked);
  if (locked.terminal === 1) await closeLadders(tx, locked);
  return settled;
}
