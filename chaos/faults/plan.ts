import type { Dice } from '../dice';
import type { Beat, House } from '../schedule';
import { planApi } from './api';
import { planDatabase } from './database';
import { planEcm } from './ecm';
import type { Fault } from './fault';
import { planForged } from './forged';
import { planFull } from './full';
import { planKill } from './kill';
import { planLapse } from './lapse';
import { planPause } from './pause';
import { planPush } from './push';
import { planRedeploy } from './redeploy';
import { planSandbox } from './sandbox';
import { planWebhooks } from './webhooks';

/** A fault with its place in the run. */
export type FaultPlan = Fault & {
  beat: number;
  /** Real milliseconds into the beat. */
  afterMs: number;
};

type Planner = (dice: Dice, house: House) => Fault;

/** Kinds that shake the processes come up more often than the others. */
const planners: readonly [Planner, ...Planner[]] = [
  planWebhooks,
  planWebhooks,
  planForged,
  planApi,
  planApi,
  planApi,
  planPush,
  planEcm,
  planKill,
  planKill,
  planKill,
  planLapse,
  planPause,
  planPause,
  planRedeploy,
  planRedeploy,
  planDatabase,
  planFull,
  planSandbox,
];

/** Two to six faults in the beats of a run, in the order in which they strike; many where most is going on, at first. */
export function planFaults(dice: Dice, beats: readonly Beat[], house: House): FaultPlan[] {
  return Array.from({ length: dice.whole(2, 6) }, () => {
    const early = dice.happens(0.35);
    const beat = early ? 0 : dice.whole(0, beats.length - 1);
    const afterMs = dice.whole(0, early ? 100 : Math.min(400, beats[beat]?.lastsMs ?? 0));
    return { ...dice.pick(planners)(dice, house), beat, afterMs };
  }).sort((a, b) => a.beat - b.beat || a.afterMs - b.afterMs);
}
