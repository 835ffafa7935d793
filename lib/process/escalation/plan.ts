import { createCalendar } from '../../time/calendar/working-hours';
import type { EpochMs } from '../../time/clock';
import { type LadderProblem, type PlannedStep, planLadder } from '../../time/ladder/plan';
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

/**
 * The firing behind another one, or the first; null when the ladder is used up. What was left out stays left out, and what
 * has fired, because the ladder was set back to an earlier step, does not fire again.
 */
export function nextAfter(
  spec: LadderSpec,
  id: string | null,
  fired: readonly string[] = [],
): { id: string; at: EpochMs } | null {
  const { firings } = planOf(spec);
  const rest = firings.slice(id === null ? 0 : firings.findIndex((firing) => firing.id === id) + 1);
  const next = rest.find((firing) => !fired.includes(firing.id));
  return next ? { id: next.id, at: next.at } : null;
}
