/** An escalation ladder as data: what a dialog edits and a flow keeps. */
import * as z from 'zod';
import { SignatureError } from '../../errors';
import { timeOfDayPattern } from '../calendar/config';
import { parseDuration } from '../duration';

/** More rows or rounds than this are a mistake. */
const mostSteps = 100;
const mostRounds = 1000;

/** A length as text ("90 minutes", "PT10H") or milliseconds; milliseconds inside. */
const length = z.union([z.string(), z.number()]).transform((given, context) => {
  try {
    const ms = parseDuration(given, { field: 'length' });
    if (ms > 0) return ms;
    context.addIssue({ code: 'custom', message: 'must be longer than nothing' });
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
  return z.NEVER;
});

/** "3 days" of working time would be 72 working hours, which nobody means. */
const workingLength = z
  .union([z.string(), z.number()])
  .refine(
    (given) => typeof given === 'number' || !/\d\s*[dw]/i.test(given),
    'counts working time in hours and minutes, such as "10 h"; for days choose working days',
  )
  .pipe(length);

const wholeDays = z.coerce.number().int('must be a whole number of days').min(1, 'must be 1 day or more').max(36_600);

const clock = z.object({ unit: z.literal('clock'), length });
const days = z.object({ unit: z.literal('days'), days: wholeDays });
const working = z.object({ unit: z.literal('working'), length: workingLength });
const workingDays = z.object({ unit: z.literal('workingDays'), days: wholeDays });
const percent = z.object({
  unit: z.literal('percent'),
  percent: z.coerce.number().gt(0, 'must be more than 0 %').max(100, 'must be 100 % or less'),
});

/**
 * How long:
 * - `clock`: elapsed time, `length` as text or milliseconds
 * - `days`: calendar days, to the same local time of the calendar's zone (23 or 25 hours across a clock change)
 * - `working`: time the calendar is open
 * - `workingDays`: days on which the calendar opens, to the same local time, or the next opening after it
 * - `percent`: of the clock time from the basis to the due date; before the due date: of the time from start to due
 */
export const amount = z.discriminatedUnion('unit', [clock, days, working, workingDays, percent]);
export const repeatEvery = z.discriminatedUnion('unit', [clock, days, working, workingDays]);

/**
 * When a step fires: `amount` after the ladder's start, the previous step's last round or the due date, or before the
 * due date. Then, if asked for, moved to a `timeOfDay` and to `days: 'working'` (without a time of day: into working
 * hours): onward after something, backward before the due date, so that the delay is never cut short.
 */
export const when = z
  .object({
    kind: z.enum(['after', 'before']).default('after'),
    basis: z.enum(['start', 'previous', 'due']).default('previous'),
    amount,
    timeOfDay: z
      .string()
      .refine((text) => text === '' || timeOfDayPattern.test(text), 'must be a time such as "09:00"')
      .default(''),
    days: z.enum(['every', 'working']).default('every'),
  })
  .refine(({ kind, basis }) => kind === 'after' || basis === 'due', {
    path: ['basis'],
    message: 'must be the due date for a step that fires before something',
  })
  .refine(({ kind, basis, amount }) => amount.unit !== 'percent' || kind === 'before' || basis !== 'due', {
    path: ['amount'],
    message: 'cannot be a percentage after the due date; choose a length of time',
  });

/** `times` more firings after the first, each `every` after the one before it. */
export const repeat = z.object({
  times: z.coerce.number().int('must be a whole number').min(1, 'must be 1 or more').max(mostRounds),
  every: repeatEvery,
});

/**
 * One row of a ladder.
 *
 * - `id` names the row for good: firings already done stay done when rows are moved or edited. Without it the row's
 *   position names it (`s1`, `s2` …).
 * - `ifPast`: what happens to a firing that lies before the ladder's start (for example "3 days before the due date"
 *   when it is due tomorrow): `skip` it, or `fire` once at the start.
 *
 * @param action schema of what the step does; opaque here
 */
export const stepSchema = <A extends z.ZodType>(action: A) =>
  z.object({
    id: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,40}$/, 'must be 1 to 40 letters, digits, "_", "." or "-"')
      .optional(),
    when,
    repeat: repeat.optional(),
    ifPast: z.enum(['skip', 'fire']).default('skip'),
    action,
  });

export type Amount = z.output<typeof amount>;
export type RepeatEvery = z.output<typeof repeatEvery>;
export type When = z.output<typeof when>;
export type Repeat = z.output<typeof repeat>;
export type StepInput<A = unknown> = Omit<z.input<ReturnType<typeof stepSchema<z.ZodUnknown>>>, 'action'> & {
  action: A;
};

/** A checked row; lengths are milliseconds, the id is always there. */
export interface Step<A = unknown> {
  id: string;
  when: When;
  repeat?: Repeat;
  ifPast: 'skip' | 'fire';
  action: A;
}

/** How a field is called in a message: rows count from 1, as in the dialog. */
function placeOf(path: readonly PropertyKey[]): string {
  const [row, ...rest] = path;
  return typeof row === 'number' ? [`step ${row + 1}`, ...rest.map(String)].join(', ') : 'steps';
}

/**
 * Checks a ladder that comes from a dialog, a flow or a message.
 *
 * @param value what should be `StepInput[]`
 * @param action schema of the action of a step
 * @returns the rows with their ids and defaults
 * @throws SignatureError BAD_INPUT naming the step: no steps, zero or negative delays, bad combinations, an id used twice
 */
export function parseLadder<A extends z.ZodType>(value: unknown, action: A): Step<z.output<A>>[] {
  const parsed = z
    .array(stepSchema(action), 'must be a list of steps')
    .min(1, 'there are no steps; add at least one')
    .max(mostSteps, `there are more than ${mostSteps} steps`)
    .safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = placeOf(issue?.path ?? []);
    throw new SignatureError(
      'BAD_INPUT',
      `Ladder, ${place}: ${issue?.message ?? 'cannot be used'}.`.replace('..', '.'),
      {
        field: 'steps',
      },
    );
  }
  const steps = parsed.data.map((step, index) => ({ ...step, id: step.id ?? `s${index + 1}` }) as Step<z.output<A>>);
  const twice = steps.findIndex(({ id }, index) => steps.findIndex((other) => other.id === id) < index);
  if (twice >= 0) {
    const message = `Ladder, step ${twice + 1}: its id "${steps[twice]?.id}" is used by another step; ids must differ.`;
    throw new SignatureError('BAD_INPUT', message, { field: 'steps' });
  }
  return steps;
}
