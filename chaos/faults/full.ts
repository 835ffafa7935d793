import type { Dice } from '../dice';
import { sleep } from '../time';
import type { World } from '../world';

/** The disk under the ledger is full for a while. */
export interface FullFault {
  kind: 'full';
  lastsMs: number;
}

export const planFull = (dice: Dice): FullFault => ({ kind: 'full', lastsMs: dice.whole(100, 1200) });

export async function strikeFull(world: World, { lastsMs }: FullFault): Promise<void> {
  const free = await world.store.full();
  await sleep(lastsMs);
  await free();
}
