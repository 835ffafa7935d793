import type { Dice } from '../dice';
import type { House } from '../schedule';
import { leaseSeconds, sleep } from '../time';
import type { World } from '../world';

/** A Node-RED process stands still, mostly past the lease of what it works on, and then goes on as if nothing had been. */
export interface PauseFault {
  kind: 'pause';
  runtime: number;
  lastsMs: number;
}

export function planPause(dice: Dice, { runtimes }: House): PauseFault {
  // Alone, nobody takes over: then a long pause shows little that a short one does not.
  const long = dice.happens(runtimes > 1 ? 0.8 : 0.2);
  const lastsMs = long ? leaseSeconds * 1000 + dice.whole(200, 1500) : dice.whole(100, 800);
  return { kind: 'pause', runtime: dice.whole(0, runtimes - 1), lastsMs };
}

export async function strikePause(world: World, { runtime, lastsMs }: PauseFault): Promise<void> {
  const slot = world.runtime(runtime);
  const goOn = slot.pause();
  await sleep(lastsMs);
  goOn();
}
