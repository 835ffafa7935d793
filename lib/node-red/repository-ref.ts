import type { Node, NodeAPI } from 'node-red';
import type { Repository } from '../archive/repositories/types';
import { SignatureError } from '../errors';

/** The configuration node `ecm-repository`, as the flow nodes see it. */
export interface RepositoryNode extends Node {
  /** Missing when the configuration cannot be used; then `reason` says why. */
  repository?: Repository;
  reason?: Error;
}

/**
 * The content repository a flow node files in.
 *
 * @throws SignatureError `BAD_CONFIG` when none is chosen, or the chosen one is not usable
 */
export function repositoryFrom(RED: NodeAPI, id: string): Repository {
  const node = RED.nodes.getNode(id) as RepositoryNode | null | undefined;
  if (!node) {
    throw new SignatureError('BAD_CONFIG', 'repository: choose a repository in this node.', { field: 'repository' });
  }
  if (node.repository) return node.repository;
  const why = node.reason?.message ?? 'it could not be set up';
  const text = `repository: the repository "${node.name || id}" cannot be used: ${why}`;
  throw new SignatureError('BAD_CONFIG', text, { field: 'repository' });
}
