import type { Node } from 'node-red';
import type { Dispatcher } from '../process/dispatcher';
import { show } from './status';

/**
 * Shows at a node that something is wrong with its ledger, for as long as it is.
 *
 * @param usual shows what the node shows otherwise
 * @returns how to stop
 */
export function showHealth(node: Node, { health }: Dispatcher, usual: () => void): () => void {
  if (health.trouble) show(node, health.trouble.state, health.trouble.short);
  return health.watch((trouble) => (trouble ? show(node, trouble.state, trouble.short) : usual()));
}
