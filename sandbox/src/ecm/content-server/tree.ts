import type { Sandbox } from '../../context';
import type { ContentNode } from '../model';
import { containerTypes } from './catalog';
import { emptyNode } from './seed';
import { csError } from './service';

const longestName = 248;
const counter = 'ecm.nextNode';

/** @throws ApiError 404 */
export function nodeOf({ store }: Sandbox, id: unknown): ContentNode {
  const node = store.contentNodes.get(String(id));
  if (node === undefined) throw csError(404, `Could not process object: the item ${String(id)} does not exist.`);
  return node;
}

/** @throws ApiError 400, 404 */
export function containerOf(sandbox: Sandbox, id: unknown): ContentNode {
  const node = nodeOf(sandbox, id);
  if (!containerTypes.includes(node.type)) throw csError(400, `The item ${node.uuid} is not a container.`);
  return node;
}

export const childrenOf = ({ store }: Sandbox, parent: string): ContentNode[] =>
  store.contentNodes.all().filter((node) => String(node.parent) === parent);

/** Names do not tell upper from lower case. */
export const childNamed = (sandbox: Sandbox, parent: string, name: string): ContentNode | undefined =>
  childrenOf(sandbox, parent).find((node) => node.name.toLowerCase() === name.toLowerCase());

/**
 * Checks a name for a place. The wording "already exists" is what clients look for.
 *
 * @param self node that may have the name already
 * @throws ApiError 400 for a name that is not allowed, 500 for one that is taken, as current versions answer
 */
export function checkName(sandbox: Sandbox, parent: string, name: unknown, self?: string): string {
  const trimmed = typeof name === 'string' ? name.trim() : '';
  if (trimmed === '') throw csError(400, 'A name is required.');
  if (trimmed.includes(':')) throw csError(400, 'Invalid name: it must not contain a colon.');
  if ([...trimmed].length > longestName) {
    throw csError(400, `Invalid name: it is longer than ${longestName} characters.`);
  }
  const other = childNamed(sandbox, parent, trimmed);
  if (other !== undefined && other.uuid !== self) {
    throw csError(500, `An item with the name '${trimmed}' already exists.`);
  }
  return trimmed;
}

/** Puts a new node into the tree. The name has been checked. */
export function addNode(sandbox: Sandbox, parent: ContentNode, type: number, name: string, more: Partial<ContentNode>) {
  const { store, clock } = sandbox;
  const id = store.setting<number>(counter) ?? 20_000;
  store.set(counter, id + 1);
  const now = clock.now();
  touch(sandbox, parent);
  return store.contentNodes.put({ ...emptyNode(String(id), Number(parent.uuid), type, name, now), ...more });
}

/** Changes a node and its time of modification. */
export function touch({ store, clock }: Sandbox, node: ContentNode, changes: Partial<ContentNode> = {}): ContentNode {
  return store.contentNodes.put({ ...node, ...changes, modifiedAt: clock.now() });
}

/**
 * Says no to changing what has to stay as it is.
 *
 * @throws ApiError 403 for an official record and for what is under a hold
 */
export function checkChangeable(node: ContentNode): void {
  if (node.record?.official === true) {
    throw csError(403, `The item '${node.name}' is an official record and cannot be changed.`);
  }
  if (node.holds.length > 0) throw csError(403, `The item '${node.name}' is on hold and cannot be changed.`);
}

/** The names down to a node, below its volume. */
export function pathOf({ store }: Sandbox, node: ContentNode): string {
  const names = [node.name];
  for (let at = store.contentNodes.get(String(node.parent)); at; at = store.contentNodes.get(String(at.parent))) {
    names.unshift(at.name);
  }
  return names.slice(0, -1).join('/');
}
