/** From a ladder and an envelope's dates to the moments at which its steps fire. */
import { SignatureError } from '../../errors';
import { dayMs } from '../calendar/civil';
import type { WorkingCalendar } from '../calendar/working-hours';
import type { EpochMs } from '../moment';
import { firstMoment, nextMoment } from './moments';
import type { Step } from './steps';

/** Nothing is planned further away than this. */
const furthest = 100 * 366 * dayMs;

/** One firing of one step. */
export interface PlannedStep<A = unknown> {
  /** `<step id>r<round>`, for example `s2r1`: the same for the same row and round, however often the plan is made. */
  id: string;
  /** Index of the row, from 0. */
  step: number;
  stepId: string;
  /** 1 for the first firing, 2 for the first repetition … */
  round: number;
  /** Rounds this row has in all. */
  rounds: number;
  at: EpochMs;
  action: A;
}

/**
 * - `noSteps`: the ladder is empty
 * - `noDue`: the step counts from or to the due date, and there is none
 * - `tooFar`: more than 100 years after the start
 * - `afterExpiry`: the envelope has expired by then
 * - `past`: before the ladder's start, and not fired for it
 */
export const problemKinds = ['noSteps', 'noDue', 'tooFar', 'afterExpiry', 'past'] as const;
export type ProblemKind = (typeof problemKinds)[number];

/** Something a person should know about a plan. */
export interface LadderProblem<A = unknown> {
  kind: ProblemKind;
  /** An `error` makes the ladder unusable as it is; a `warning` names firings that will not happen. */
  severity: 'error' | 'warning';
  /** Index of the row, from 0; absent: the whole ladder. */
  step?: number;
  /** The firings that are not in the plan for this reason. */
  firings: PlannedStep<A>[];
  message: string;
}

export interface LadderPlan<A = unknown> {
  /** What will fire, by moment, then row, then round. */
  firings: PlannedStep<A>[];
  problems: LadderProblem<A>[];
}

export interface LadderFrame<A = unknown> {
  steps: readonly Step<A>[];
  /** When the ladder begins. */
  start: EpochMs;
  /** When the envelope is due; absent: it has no due date. */
  due?: EpochMs;
  /** When the envelope expires and nothing can fire any more; absent: never. */
  expires?: EpochMs;
  /** Its zone is also that of calendar days and times of day. */
  calendar: WorkingCalendar;
}

const severities: Record<ProblemKind, LadderProblem['severity']> = {
  noSteps: 'error',
  noDue: 'error',
  tooFar: 'error',
  afterExpiry: 'warning',
  past: 'warning',
};

const sentences: Record<Exclude<ProblemKind, 'noSteps'>, string> = {
  noDue: 'counts from or to the due date, but the envelope has none; set a due date or choose another delay',
  tooFar: 'fires more than 100 years after the start; shorten its delay',
  afterExpiry: 'fires when the envelope has already expired, so this will not happen; shorten its delay',
  past: 'would have fired before the ladder started, so this is left out',
};

function problem<A>(kind: Exclude<ProblemKind, 'noSteps'>, step: number, firings: PlannedStep<A>[]): LadderProblem<A> {
  const ids = firings.slice(0, 5).map(({ id }) => id);
  const which = ids.length === 0 ? '' : ` (${ids.join(', ')}${firings.length > ids.length ? ' …' : ''})`;
  return { kind, severity: severities[kind], step, firings, message: `Step ${step + 1}${which} ${sentences[kind]}.` };
}

/** Every round of one row, as written; the last may lie beyond what is planned. */
function roundsOf<A>(frame: LadderFrame<A>, index: number, step: Step<A>, previous: EpochMs): PlannedStep<A>[] {
  const rounds = 1 + (step.repeat?.times ?? 0);
  const firings: PlannedStep<A>[] = [];
  let at = firstMoment(step.when, { ...frame, previous });
  for (let round = 1; round <= rounds && at !== undefined; round += 1) {
    const id = `${step.id}r${round}`;
    firings.push({ id, step: index, stepId: step.id, round, rounds, at, action: step.action });
    if (at > frame.start + furthest) break;
    if (step.repeat !== undefined) at = nextMoment(step.when, step.repeat.every, at, frame.calendar);
  }
  return firings;
}

/**
 * Plans all firings of a ladder. Pure: the same frame gives the same plan, so a plan can be made again after a restart
 * or an edit and compared with what has fired by the ids.
 *
 * A firing before the start is left out, or, with `ifPast: 'fire'`, moved to the start; of several such rounds of a row
 * only the last one fires, so that nobody gets a heap of reminders at once. Rows without a usable moment are left out
 * and named in `problems`; it depends on the caller whether that is an error (see `checkPlan`).
 *
 * @throws SignatureError BAD_INPUT when the calendar never opens
 */
export function planLadder<A>(frame: LadderFrame<A>): LadderPlan<A> {
  const { steps, start, expires = Number.POSITIVE_INFINITY } = frame;
  const plan: LadderPlan<A> = { firings: [], problems: [] };
  if (steps.length === 0) {
    const message = 'The ladder has no steps; add at least one.';
    plan.problems.push({ kind: 'noSteps', severity: 'error', firings: [], message });
  }
  let previous = start;
  for (const [index, step] of steps.entries()) {
    const rounds = roundsOf(frame, index, step, previous);
    if (rounds.length === 0) plan.problems.push(problem('noDue', index, []));
    const early = rounds.filter(({ at }) => at < start);
    const caughtUp = step.ifPast === 'fire' ? early.splice(-1).map((firing) => ({ ...firing, at: start })) : [];
    const tooFar = rounds.filter(({ at }) => at > start + furthest);
    const inReach = [...caughtUp, ...rounds.filter(({ at }) => at >= start && at <= start + furthest)];
    const late = inReach.filter(({ at }) => at >= expires);
    if (early.length > 0) plan.problems.push(problem('past', index, early));
    if (tooFar.length > 0) plan.problems.push(problem('tooFar', index, tooFar));
    if (late.length > 0) plan.problems.push(problem('afterExpiry', index, late));
    plan.firings.push(...inReach.filter(({ at }) => at < expires));
    previous = inReach.at(-1)?.at ?? previous;
  }
  plan.firings.sort((a, b) => a.at - b.at || a.step - b.step || a.round - b.round);
  return plan;
}

/**
 * The firing that is due next, also when its moment has passed.
 *
 * @param firedIds ids of the firings that are done; those of rows that exist no more do no harm
 * @returns `undefined` when the ladder is exhausted
 */
export function nextStep<A>(plan: LadderPlan<A>, firedIds: Iterable<string>): PlannedStep<A> | undefined {
  const fired = new Set(firedIds);
  return plan.firings.find(({ id }) => !fired.has(id));
}

/**
 * Refuses a plan with an error in it; warnings pass.
 *
 * @throws SignatureError BAD_INPUT with the message of the first error
 */
export function checkPlan(plan: LadderPlan): void {
  const error = plan.problems.find(({ severity }) => severity === 'error');
  if (error !== undefined) throw new SignatureError('BAD_INPUT', error.message, { field: 'steps' });
}
