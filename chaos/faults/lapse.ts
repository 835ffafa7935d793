import type { Dice } from '../dice';
import { hourMs, leaseSeconds, sleep } from '../time';
import type { World } from '../world';
import { changing } from './api';

/**
 * The answer to a change is lost, every process is killed before it can ask what came of the change, and it is much later
 * when they are up again.
 */
export interface LapseFault {
  kind: 'lapse';
  match: (typeof changing)[number];
  /** How far the clock is moved first, so that steps of ladders are due. */
  hours: number;
  /** How far it is moved while no process runs. */
  minutes: number;
}

export const planLapse = (dice: Dice): LapseFault => ({
  kind: 'lapse',
  // A reminder cannot be looked up, and the service knows a repeated one for a while only.
  match: dice.happens(0.6) ? 'POST */resend*' : dice.pick(changing),
  hours: dice.whole(0, 9),
  minutes: dice.pick([5, 30, 300]),
});

const patienceMs = 2_000;

export async function strikeLapse(world: World, { match, hours, minutes }: LapseFault): Promise<void> {
  await world.sandbox.addFaults({ api: [{ match, kind: 'lostAnswer', times: 1 }] });
  await world.sandbox.advance(hours * hourMs);
  await world.tellTime();
  const end = performance.now() + patienceMs;
  while ((await isAhead(world, match)) && performance.now() < end) await sleep(20);
  await Promise.all(world.slots.map((slot) => slot.kill()));
  await world.sandbox.advance((minutes * hourMs) / 60);
  await Promise.all(world.slots.map((slot) => slot.boot()));
  // What was cut off is taken up when its lease is over; people who act before that would make it needless.
  await sleep(leaseSeconds * 1000 + 300);
}

/** Whether nobody has met the fault yet. */
async function isAhead({ sandbox }: World, match: string): Promise<boolean> {
  const { api = [] } = await sandbox.ask<{ api?: { match?: string; kind: string; times?: number }[] }>(
    '/sandbox/faults',
  );
  return api.some((rule) => rule.match === match && rule.kind === 'lostAnswer' && rule.times !== 0);
}
