import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { z } from 'zod';
import { SignatureError, toError } from '../errors';
import { type FlowMessage, onClose, onInput, type Send } from './handlers';
import { showFault } from './status';

/** What a node does once it is built. */
export interface NodeParts {
  input?(message: FlowMessage, send: Send): Promise<void>;
  /** @param removed true only when the node was deleted or disabled, not on a redeploy or restart */
  close?(removed: boolean): Promise<void> | void;
}

/**
 * Builds a flow node. A node whose configuration cannot be used stays in the flow, shows red and refuses each message
 * with the reason: a bad configuration never throws in a constructor, which would end the runtime.
 */
export function construct(RED: NodeAPI, node: Node, definition: NodeDef, build: () => NodeParts): void {
  RED.nodes.createNode(node, definition);
  let parts: NodeParts = {};
  let reason: Error | undefined;
  try {
    parts = build();
  } catch (thrown) {
    reason = toError(thrown);
    showFault(node, reason);
    node.error(reason.message);
  }
  onInput(node, async (message, send) => {
    if (reason) throw reason;
    await parts.input?.(message, send);
  });
  onClose(node, (removed) => parts.close?.(removed));
}

/**
 * Builds a configuration node. One whose configuration cannot be used says so in the log and keeps the reason, which the
 * nodes that refer to it tell; it never throws in its constructor either.
 */
export function constructConfig(
  RED: NodeAPI,
  node: Node & { reason?: Error },
  definition: NodeDef,
  build: () => void,
): void {
  RED.nodes.createNode(node, definition);
  try {
    build();
  } catch (thrown) {
    node.reason = toError(thrown);
    node.error(node.reason.message);
  }
}

/**
 * Reads a node's configuration.
 *
 * @throws SignatureError `BAD_CONFIG` naming the field
 */
export function readConfig<T extends z.ZodType>(schema: T, definition: object): z.output<T> {
  const parsed = schema.safeParse(definition);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new SignatureError('BAD_CONFIG', `${field}: ${issue?.message ?? 'cannot be used'}`, { field });
}
