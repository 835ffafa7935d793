import type { Node, NodeAPI } from 'node-red';
import { SignatureError } from '../errors';
import type { SignatureAccount } from '../process/account';
import type { Reconciler } from '../process/reconcile';
import type { Registrar } from '../process/subscriptions';

/** The configuration node `core-signature-account`, as the flow nodes see it. */
export interface AccountNode extends Node {
  /** Missing when the account's configuration cannot be used; then `reason` says why. */
  account?: SignatureAccount;
  reason?: Error;
  reconciler?: Reconciler;
  registrar?: Registrar;
}

/**
 * The account a flow node works with.
 *
 * @throws SignatureError `BAD_CONFIG` when none is chosen, or the chosen one is not usable
 */
export function accountNode(RED: NodeAPI, id: string): Required<Omit<AccountNode, 'reason'>> {
  const node = RED.nodes.getNode(id) as AccountNode | null | undefined;
  if (!node) throw new SignatureError('BAD_CONFIG', 'account: choose an account in this node.', { field: 'account' });
  if (!node.account || !node.reconciler || !node.registrar) {
    const why = node.reason?.message ?? 'it could not be set up';
    throw new SignatureError('BAD_CONFIG', `account: the account "${node.name || id}" cannot be used: ${why}`, {
      field: 'account',
    });
  }
  return node as Required<Omit<AccountNode, 'reason'>>;
}
