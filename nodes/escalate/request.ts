import type { Node, NodeAPI } from 'node-red';
import { SignatureError } from '../../lib/errors';
import { calendarFrom } from '../../lib/node-red/calendar-ref';
import type { FlowMessage } from '../../lib/node-red/handlers';
import { evaluate } from '../../lib/node-red/typed-input';
import { directoryOf, type LadderSpec, personOf, type StepAction } from '../../lib/process/escalation/spec';
import type { Clock } from '../../lib/time/clock';
import { untilTime } from '../../lib/time/duration';
import { parseLadder, type Step } from '../../lib/time/ladder/steps';
import { type EscalateConfig, stepAction } from './config';

/**
 * The ladder of the dialog, with everything in it that comes from the message.
 *
 * @throws SignatureError naming the field or step
 */
export async function ladderFor(
  RED: NodeAPI,
  node: Node,
  config: EscalateConfig,
  message: FlowMessage,
  clock: Clock,
): Promise<Omit<LadderSpec, 'expires'>> {
  const value = (field: string, given: string, type: Parameters<typeof evaluate>[5]) =>
    evaluate(RED, node, message, field, given, type);
  const given =
    config.stepsSource === 'list' ? config.steps : await value('steps', config.stepsProperty, config.stepsPropertyType);
  const rows = parseLadder(given, stepAction);
  const steps: Step<StepAction>[] = [];
  for (const [index, row] of rows.entries()) {
    const { do: what, label, to, toType, reason, reasonType } = row.action;
    const field = `step ${index + 1}`;
    const person = personOf(await value(`${field}: to`, to, toType), `${field}: to`);
    const text = await value(`${field}: reason`, reason, reasonType);
    steps.push({ ...row, action: { do: what, label, to: person, reason: typeof text === 'string' ? text : '' } });
  }
  const due = await value('due', config.due, config.dueType);
  const start = clock.now();
  const dueAt = due === undefined ? null : untilTime(due, clock, 'due');
  if (dueAt !== null && dueAt <= start) {
    throw new SignatureError('DUE_IN_PAST', 'due is in the past. Give a moment that is still to come.', {
      field: 'due',
    });
  }
  return {
    steps,
    start,
    due: dueAt,
    calendar: calendarFrom(
      RED,
      await value('ownCalendar', config.ownCalendar, config.ownCalendarType),
      config.calendar,
    ),
    directory: directoryOf(await value('directory', config.directory, config.directoryType)),
    forwardFallback: config.forwardFallback,
  };
}
