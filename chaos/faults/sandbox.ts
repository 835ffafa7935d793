import type { Dice } from '../dice';
import { sleep } from '../time';
import type { World } from '../world';

/** The whole other side goes down, in good order or not, and comes back. */
export interface SandboxFault {
  kind: 'sandbox';
  signal: 'SIGTERM' | 'SIGKILL';
  downMs: number;
}

export const planSandbox = (dice: Dice): SandboxFault => ({
  kind: 'sandbox',
  signal: dice.pick(['SIGTERM', 'SIGKILL']),
  downMs: dice.whole(0, 500),
});

export async function strikeSandbox(world: World, { signal, downMs }: SandboxFault): Promise<void> {
  await world.sandbox.down(signal);
  await sleep(downMs);
  await world.sandbox.up();
}
