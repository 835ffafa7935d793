import type { Dice } from '../dice';
import type { House } from '../schedule';
import { sleep } from '../time';
import type { World } from '../world';

/** A Node-RED process is killed, and started again after a while. */
export interface KillFault {
  kind: 'kill';
  runtime: number;
  downMs: number;
}

export const planKill = (dice: Dice, { runtimes }: House): KillFault => ({
  kind: 'kill',
  runtime: dice.whole(0, runtimes - 1),
  downMs: dice.whole(0, 400),
});

export async function strikeKill(world: World, { runtime, downMs }: KillFault): Promise<void> {
  const slot = world.runtime(runtime);
  await slot.kill();
  await sleep(downMs);
  await slot.boot();
}
