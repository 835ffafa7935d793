import { createCalendar } from '../../time/calendar/working-hours';
import type { EpochMs } from '../../time/clock';
import { type LadderProblem, nextStep, type PlannedStep, planLadder } from '../../time/ladder/plan';
import type { LadderSpec, StepAction } from './spec';

export type Firing = PlannedStep<StepAction>;

/** All firings of a ladder, and what is wrong with it. */
export function planOf(spec: LadderSpec): { firings: Firing[]; problems: LadderProblem[] } {
  return planLadder({
    steps: spec.steps,
    start: spec.start,
    ...(spec.due === null ? {} : { due: spec.due }),
    ...(spec.expires === null ? {} : { expires: spec.expires }),
    calendar: createCalendar(spec.calendar),
  });
}

/** The firing after those that have been; null when the ladder is used up. */
export function nextOf(spec: LadderSpec, fired: readonly string[]): { id: string; at: EpochMs } | null {
  const next = nextStep(planOf(spec), fired);
  return next ? { id: next.id, at: next.at } : null;
}
