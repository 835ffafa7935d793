import { type Gauges, isQuiet, isResting, readGauges } from './gauges';
import type { Log } from './log';
import { type Afterwards, actAll } from './play';
import type { EnvelopePlan, Schedule } from './schedule';
import { hourMs, sleep, within } from './time';
import type { Watch } from './watch';
import type { World } from './world';

/** Work is called restless when nothing changes for so long although something is open, or when it never ends. */
const patienceMs = 40_000;
const longestMs = 300_000;
const pollMs = 20;

/**
 * All faults end, every process runs, everybody who meant to act acts, and time passes until nothing is open any more.
 *
 * @returns why work does not come to rest, or null
 */
export async function heal(
  world: World,
  schedule: Schedule,
  { orders, strikes, giveUp, refused }: Afterwards,
  log: Log,
  watch: Watch,
): Promise<string | null> {
  await Promise.all(strikes);
  await world.sandbox.clearFaults();
  world.hook.breaks(undefined);
  await world.store.mend();
  await Promise.all(world.slots.map((slot) => slot.boot()));
  log.note('everything is healed');
  await within(2 * patienceMs, Promise.all(orders));
  giveUp.abort();
  await Promise.all(orders);
  if (refused.size > 0) return `orders are not accepted: ${[...refused].map((pair) => pair.join(': ')).join('; ')}`;

  const acting = schedule.envelopes.filter(({ fate }) => ['sign', 'decline', 'forward'].includes(fate));
  const jumps = [longestLadder(schedule.envelopes) * hourMs, ...Array<number>(6).fill(hourMs / 3), 7 * 24 * hourMs];
  const began = performance.now();
  let moved = began;
  let gauges: Gauges | undefined;
  const late = (): boolean => performance.now() - moved > patienceMs || performance.now() - began > longestMs;
  while (!late()) {
    // Those who are to act one after the other need not wait for what the flow makes of it.
    while ((await actAll(acting, log, watch)) > 0 && !late());
    const rested = await rest(world, late, (seen) => {
      if (JSON.stringify(seen) !== JSON.stringify(gauges)) moved = performance.now();
      gauges = seen;
    });
    if (!rested || gauges === undefined) continue;
    if ((await actAll(acting, log, watch)) > 0) continue;
    if (isQuiet(gauges)) return null;
    // What waits for ladders waits shorter than what waits for the end of envelopes.
    const next =
      gauges.ladders === 0 && gauges.waiting === 0 && jumps.length > 1 ? jumps.splice(0).at(-1) : jumps.shift();
    const jump = next ?? hourMs / 3;
    log.note(`the clock is moved by ${Math.round(jump / 60_000)} min, because of ${JSON.stringify(gauges)}`);
    await world.sandbox.advance(jump);
    await world.tellTime();
  }
  return `work does not come to rest: ${JSON.stringify(gauges)}`;
}

const longestLadder = (plans: EnvelopePlan[]): number =>
  Math.max(1, ...plans.map(({ steps }) => steps.reduce((sum, { hours }) => sum + hours, 0))) + 1;

/**
 * Waits until nobody is at work, and has not been for a moment.
 *
 * @param tell learns what is open, at each look
 */
async function rest(world: World, late: () => boolean, tell: (gauges: Gauges | undefined) => void): Promise<boolean> {
  let calm = 0;
  let before = '';
  while (!late()) {
    const gauges = await readGauges(world);
    tell(gauges);
    const now = JSON.stringify(gauges);
    calm = gauges && isResting(gauges) && now === before ? calm + 1 : 0;
    before = now;
    if (gauges && (calm >= 8 || (isQuiet(gauges) && calm >= 3))) return true;
    await sleep(pollMs);
  }
  return false;
}
