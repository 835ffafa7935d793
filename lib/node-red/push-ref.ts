import type { Node, NodeAPI } from 'node-red';
import { SignatureError } from '../errors';
import type { PushService } from '../process/notify';
import type { RecipientRules } from '../push/recipients';
import type { Invitations } from './device-route';

/** What a push service offers the nodes that use it. */
export interface PushContext {
  service: PushService;
  rules: RecipientRules;
  /** Defaults for people whose language or zone is not known. */
  language: string;
  zone: string;
  /** Scheme and host under which the runtime is reached from outside, as the account says; may be empty. */
  publicOrigin: string;
  /** Browsers can register; missing where no registration is configured. */
  invitations?: Invitations;
  /** http links are fine: the account is a sandbox. */
  allowHttpLinks: boolean;
}

/** The configuration node `push-service`, as the flow nodes see it. */
export interface PushServiceNode extends Node {
  push?: PushContext;
  reason?: Error;
}

/**
 * The push service a flow node works with.
 *
 * @throws SignatureError `BAD_CONFIG` when none is chosen, or the chosen one is not usable
 */
export function pushContext(RED: NodeAPI, id: string): PushContext {
  const node = RED.nodes.getNode(id) as PushServiceNode | null | undefined;
  if (!node)
    throw new SignatureError('BAD_CONFIG', 'service: choose a push service in this node.', { field: 'service' });
  if (node.push) return node.push;
  const why = node.reason?.message ?? 'it could not be set up';
  throw new SignatureError('BAD_CONFIG', `service: the push service "${node.name || id}" cannot be used: ${why}`, {
    field: 'service',
  });
}
