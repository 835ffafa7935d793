import type { Node, NodeMessage, NodeMessageInFlow } from 'node-red';
import { toError } from '../errors';
import { showFault } from './status';

/** A message with whatever the flow put on it. */
export type FlowMessage = NodeMessageInFlow & Record<string, unknown>;
/** A message on its way out; the runtime gives it an id when it has none. */
export type OutMessage = NodeMessage & Record<string, unknown>;
export type Send = (messages: NodeMessage | Array<NodeMessage | NodeMessage[] | null>) => void;

/**
 * The one way a node listens for messages. A rejected promise in an input handler would end the whole runtime; here it
 * becomes a red status and `done(error)`, once, and the message's next success clears the status through the handler.
 */
export function onInput(node: Node, handler: (message: FlowMessage, send: Send) => Promise<void>): void {
  node.on('input', (message, send, done) => {
    Promise.resolve()
      .then(() => handler(message as FlowMessage, send as Send))
      .then(
        () => done(),
        (thrown: unknown) => {
          const error = toError(thrown);
          showFault(node, error);
          done(error);
        },
      )
      .catch((thrown: unknown) => node.error(toError(thrown).message));
  });
}

const closings = new WeakMap<Node, AbortController>();

/** Aborted when the node, which was built by `construct`, is being closed. */
export function closing(node: Node): AbortSignal {
  const existing = closings.get(node) ?? new AbortController();
  closings.set(node, existing);
  return existing.signal;
}

/**
 * The one way a node cleans up. The runtime waits for the handler; a failure is a warning and never stops the deploy.
 *
 * @param handler `removed` is true only when the node was deleted or disabled
 */
export function onClose(node: Node, handler: (removed: boolean) => Promise<void> | void): void {
  closing(node);
  node.on('close', (removed: boolean, done: () => void) => {
    closings.get(node)?.abort();
    Promise.resolve()
      .then(() => handler(removed))
      .catch((thrown: unknown) => node.warn(toError(thrown).message))
      .then(done, done);
  });
}

/** Tells when any node of a flow, also one that is not ours, is being stopped. */
export function onStopped(node: Node, listener: () => void): void {
  node.on('close', () => listener());
}

/** Runs work that belongs to no message; a failure is logged at the node, never thrown into the runtime. */
export function inBackground(node: Node, work: () => Promise<void>): void {
  Promise.resolve()
    .then(work)
    .catch((thrown: unknown) => {
      const error = toError(thrown);
      showFault(node, error);
      node.error(error.message);
    });
}
