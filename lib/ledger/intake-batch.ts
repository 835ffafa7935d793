import type { Receipt, ReceiveEventsInput } from './types';
import type { VerbName } from './verbs';

/** A call as far as it can be made one with others. */
export interface BatchCall {
  verb: VerbName;
  input: unknown;
}

/** A call somebody waits for. */
export interface Waiting extends BatchCall {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** The verb that is called in bursts: calls that wait at the same time are made one, so that they share a commit. */
export const intakeVerb: VerbName = 'receiveEvents';

/** Most calls that are made one. */
const maxTogether = 200;

/**
 * How many calls at the front of a queue can be made one: those of the intake verb with the same account and origin. Any
 * other call stands alone.
 */
export function countTogether(queue: readonly BatchCall[]): number {
  const [first] = queue;
  if (first?.verb !== intakeVerb) return Math.min(1, queue.length);
  const { account, origin } = inputOf(first);
  const end = queue.slice(0, maxTogether).findIndex((call) => {
    if (call.verb !== intakeVerb) return true;
    const input = inputOf(call);
    return input.account !== account || input.origin !== origin;
  });
  return end < 0 ? Math.min(queue.length, maxTogether) : end;
}

/** What calls that can be made one ask for together; a call that stands alone asks for what it asks. */
export function inputTogether(calls: readonly BatchCall[]): unknown {
  const [first] = calls;
  if (first === undefined || calls.length === 1) return first?.input;
  const { account, origin } = inputOf(first);
  const input: ReceiveEventsInput = { account, origin, events: calls.flatMap((call) => inputOf(call).events) };
  return input;
}

/** The answer to each of the calls that `inputTogether` made one. */
export function answersApart(calls: readonly BatchCall[], value: unknown): unknown[] {
  if (calls.length === 1) return [value];
  const receipts = value as Receipt[];
  let from = 0;
  return calls.map((call) => {
    const until = from + inputOf(call).events.length;
    const own = receipts.slice(from, until);
    from = until;
    return own;
  });
}

/** Takes what can be made one call off the front of a queue; undefined when the queue is empty. */
export function takeTogether(queue: Waiting[]): Waiting | undefined {
  const calls = queue.splice(0, countTogether(queue));
  const [first] = calls;
  if (first === undefined || calls.length === 1) return first;
  return {
    verb: intakeVerb,
    input: inputTogether(calls),
    resolve(value) {
      const answers = answersApart(calls, value);
      for (const [index, call] of calls.entries()) call.resolve(answers[index]);
    },
    reject(error) {
      for (const call of calls) call.reject(error);
    },
  };
}

const inputOf = (call: BatchCall): ReceiveEventsInput => call.input as ReceiveEventsInput;
