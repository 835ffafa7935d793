import { strike } from './faults/strike';
import { orderOf } from './flow';
import type { Log } from './log';
import { act } from './people';
import type { EnvelopePlan, Schedule } from './schedule';
import { sleep } from './time';
import type { Watch } from './watch';
import type { World } from './world';

const minuteMs = 60_000;

/** What is still going on when the last beat is over. */
export interface Afterwards {
  orders: Promise<void>[];
  strikes: Promise<void>[];
  orderedAt: Map<string, number>;
  refused: Map<string, string>;
  /** Set when the orders are to be given up. */
  giveUp: AbortController;
}

/** Lets a schedule happen, beat after beat. */
export async function play(world: World, schedule: Schedule, log: Log, watch: Watch): Promise<Afterwards> {
  const afterwards: Afterwards = {
    orders: [],
    strikes: [],
    orderedAt: new Map(),
    refused: new Map(),
    giveUp: new AbortController(),
  };
  for (const [index, { minutes, lastsMs }] of schedule.beats.entries()) {
    if (minutes > 0) {
      log.note(`the clock is moved by ${minutes} min`);
      await world.sandbox.advance(minutes * minuteMs);
      void world.tellTime();
    }
    const over = sleep(lastsMs);
    for (const plan of schedule.envelopes.filter(({ beat }) => beat === index)) {
      afterwards.orders.push(order(world, plan, afterwards, log));
    }
    for (const { beat, afterMs, ...fault } of schedule.faults) {
      if (beat !== index) continue;
      const strikes = async (): Promise<void> => {
        await sleep(afterMs);
        log.note(`FAULT ${JSON.stringify(fault)}`);
        await strike(world, fault);
        log.note(`the fault ${fault.kind} is through`);
      };
      afterwards.strikes.push(strikes());
    }
    await sleep(lastsMs / 2);
    const acting = schedule.envelopes.filter(({ actBeats }) => actBeats.includes(index));
    if (acting.length > 0) await actAll(acting, log, watch);
    await over;
  }
  return afterwards;
}

/** Everybody in the plans whose turn it is acts. @returns how many did */
export async function actAll(plans: EnvelopePlan[], log: Log, watch: Watch): Promise<number> {
  const state = await watch.look();
  const acted = await Promise.all(
    plans.map(async (plan) => {
      const what = await act(plan, state);
      if (what) log.note(what, plan.key);
      return what;
    }),
  );
  return acted.filter((what) => what !== undefined).length;
}

/** Another system orders an envelope, and repeats the order until it is accepted. */
async function order(world: World, plan: EnvelopePlan, afterwards: Afterwards, log: Log): Promise<void> {
  const { key } = plan;
  const { orderedAt, refused, giveUp } = afterwards;
  await sleep(plan.afterMs);
  orderedAt.set(key, world.sandbox.now());
  const body = JSON.stringify(orderOf(plan, world.document));
  log.note(`is ordered: ${plan.fate}, ${plan.steps.map(({ action }) => action).join(' ') || 'no ladder'}`, key);
  refused.set(key, 'never answered');
  while (!giveUp.signal.aborted) {
    const said = await fetch(`${world.proxy.url}/order`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(8_000),
    }).then(
      async (answer) => ({ ok: answer.ok, text: `${answer.status} ${(await answer.text()).slice(0, 200)}` }),
      (thrown: Error) => ({ ok: false, text: thrown.message }),
    );
    log.note(`the order is answered: ${said.text}`, key);
    refused.set(key, said.text);
    if (said.ok) {
      refused.delete(key);
      return;
    }
    await sleep(100);
  }
}
