import { type Dice, diceOf } from './dice';
import { type FaultPlan, planFaults } from './faults/plan';

/** What becomes of an envelope when nothing else happens. `ignore`: nobody acts; the ladder runs out, then it expires. */
export type Fate = 'sign' | 'decline' | 'forward' | 'expire' | 'ignore';

export type StepAction = 'remind' | 'notify' | 'emit' | 'forward' | 'replace' | 'cancel';

export interface StepPlan {
  id: string;
  action: StepAction;
  /** Hours behind the step before. */
  hours: number;
}

export type Archive = 'content-server' | 'webdav' | 'http';

/** One envelope: how it is ordered, and what the people do. */
export interface EnvelopePlan {
  /** External id: the key under which everything about it is found again. */
  key: string;
  /** Number of the beat in which it is ordered, and how far into it, in real milliseconds. */
  beat: number;
  afterMs: number;
  signers: string[];
  inOrder: boolean;
  fate: Fate;
  /** Beats in which whoever is to sign acts. */
  actBeats: number[];
  expireDays: number;
  /** No ladder when empty. */
  steps: StepPlan[];
  /** Hours on the sandbox's clock; null waits for ever. */
  timeoutHours: number | null;
  archive: Archive;
}

/** A while of a run: the clock is moved, people act, things break. */
export interface Beat {
  /** How far the sandbox's clock is moved at its beginning, in minutes. */
  minutes: number;
  /** How long it lasts, in real milliseconds. */
  lastsMs: number;
}

/** One generated run, complete: nothing in it is decided later. */
export interface Schedule {
  seed: number;
  run: number;
  envelopes: EnvelopePlan[];
  beats: Beat[];
  faults: FaultPlan[];
}

export interface House {
  ledger: 'sqlite' | 'postgres';
  runtimes: number;
}

const people = ['anna@example.com', 'ben@example.com', 'dora@example.com', 'emil@example.com'] as const;
/** Stands in for everybody, and never signs from the start. */
export const alternate = 'carl@example.com';
/** Is told of what is late. */
export const manager = 'meg@example.com';
export const everybody = [...people, alternate, manager];

/**
 * The schedule of a run. The same seed, run and house give the same schedule.
 *
 * @param run counted from 1
 */
export function scheduleOf(seed: number, run: number, house: House): Schedule {
  const dice = diceOf(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(run, 0xc2b2ae35));
  const beats = Array.from({ length: dice.whole(3, 6) }, (_, index) => beatOf(dice, index));
  const envelopes = Array.from({ length: dice.whole(2, 8) }, (_, index) =>
    envelopeOf(dice, `c${seed}-${run}-${index + 1}`, beats.length),
  );
  return { seed, run, envelopes, beats, faults: planFaults(dice, beats, house) };
}

function beatOf(dice: Dice, index: number): Beat {
  const minutes = index === 0 ? 0 : dice.pick([0, 20, 90, 200, 420, 1300]);
  return { minutes, lastsMs: dice.whole(150, 500) };
}

const fates: readonly [Fate, ...Fate[]] = ['sign', 'sign', 'sign', 'sign', 'decline', 'forward', 'expire', 'ignore'];

function envelopeOf(dice: Dice, key: string, beats: number): EnvelopePlan {
  const fate = dice.pick(fates);
  const first = dice.whole(0, people.length - 1);
  const count = dice.happens(0.4) ? 2 : 1;
  const beat = dice.happens(0.7) ? 0 : dice.whole(0, beats - 2);
  const timeoutHours = dice.happens(0.25) ? dice.whole(1, 30) : null;
  return {
    key,
    beat,
    afterMs: dice.whole(0, 150),
    signers: Array.from({ length: count }, (_, index) => people[(first + index) % people.length] ?? people[0]),
    inOrder: dice.happens(0.5),
    fate,
    actBeats: [dice.whole(beat, beats - 1), dice.whole(beat, beats - 1)].sort((a, b) => a - b),
    expireDays: fate === 'expire' ? dice.whole(1, 3) : 6,
    steps: dice.happens(fate === 'ignore' ? 1 : 0.6) ? stepsOf(dice) : [],
    timeoutHours,
    archive: dice.pick(['content-server', 'webdav', 'http']),
  };
}

function stepsOf(dice: Dice): StepPlan[] {
  return Array.from({ length: dice.whole(1, 4) }, (_, index) => ({
    id: `s${index + 1}`,
    action: dice.pick(['remind', 'remind', 'remind', 'notify', 'notify', 'emit', 'forward', 'replace', 'cancel']),
    hours: dice.whole(1, 9),
  }));
}
