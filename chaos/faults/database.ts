import type { Dice } from '../dice';
import { sleep } from '../time';
import type { World } from '../world';

/** The database server is shut down at once and started again; the ledger file is locked by another process. */
export interface DatabaseFault {
  kind: 'database';
  lastsMs: number;
}

export const planDatabase = (dice: Dice): DatabaseFault => ({ kind: 'database', lastsMs: dice.whole(50, 1200) });

export async function strikeDatabase(world: World, { lastsMs }: DatabaseFault): Promise<void> {
  const back = await world.store.away();
  await sleep(lastsMs);
  await back();
}
