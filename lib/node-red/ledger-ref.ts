import type { Node, NodeAPI } from 'node-red';
import { SignatureError } from '../errors';
import type { Host, LedgerChoice } from './host';

/** The configuration node `signature-ledger`, as those who use it see it. */
export interface LedgerNode extends Node {
  /** Missing when the configuration cannot be used; then `reason` says why. */
  choice?: LedgerChoice;
  reason?: Error;
}

/**
 * The ledger a configuration node works with: the chosen one, or the default file.
 *
 * @param id of the `signature-ledger` node, empty for none
 * @throws SignatureError `BAD_CONFIG`
 */
export function ledgerChoice(RED: NodeAPI, host: Host, id: string): LedgerChoice {
  if (id === '') return host.defaultLedger();
  const node = RED.nodes.getNode(id) as LedgerNode | null;
  if (node?.choice) return node.choice;
  const why = node?.reason?.message ?? 'it is missing';
  throw new SignatureError('BAD_CONFIG', `ledger: the chosen ledger cannot be used: ${why}`, { field: 'ledger' });
}
