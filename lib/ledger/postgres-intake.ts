import type { PgCall } from './postgres-batch';
import type { Receipt, ReceiveEventsInput } from './types';
import type { VerbName } from './verbs';

/** A call somebody waits for. */
export interface Waiting extends PgCall {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** The verb that is called in bursts: calls that wait at the same time are made one, so that they share a commit. */
export const intakeVerb: VerbName = 'receiveEvents';

/** Most calls that are made one. */
const maxTogether = 200;

/**
 * Takes calls of the intake verb that can be made one (same account, same origin) off the front of a queue.
 */
export function takeTogether(queue: Waiting[]): Waiting | undefined {
  const first = queue.shift();
  if (first === undefined) return undefined;
  const { account, origin } = first.input as ReceiveEventsInput;
  const together = [first];
  const next = () => queue[0]?.input as ReceiveEventsInput | undefined;
  for (let input = next(); input?.account === account && input.origin === origin; input = next()) {
    if (together.length >= maxTogether) break;
    together.push(...queue.splice(0, 1));
  }
  return together.length === 1 ? first : merge(together, account, origin);
}

function merge(calls: Waiting[], account: string, origin: ReceiveEventsInput['origin']): Waiting {
  const inputs = calls.map(({ input }) => input as ReceiveEventsInput);
  const input: ReceiveEventsInput = { account, origin, events: inputs.flatMap(({ events }) => events) };
  return {
    verb: intakeVerb,
    input,
    resolve(value) {
      const receipts = [...(value as Receipt[])];
      for (const [index, call] of calls.entries()) call.resolve(receipts.splice(0, inputs[index]?.events.length ?? 0));
    },
    reject(error) {
      for (const call of calls) call.reject(error);
    },
  };
}
