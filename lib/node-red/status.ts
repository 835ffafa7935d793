import type { Node, NodeStatus } from 'node-red';
import { SignatureError } from '../errors';

/** The states a node of this package can show; one colour and shape each, the same on every node. */
export type NodeState = 'idle' | 'working' | 'waiting' | 'ready' | 'warning' | 'fault';

const looks: Record<NodeState, NodeStatus> = {
  idle: {},
  working: { fill: 'blue', shape: 'dot' },
  waiting: { fill: 'blue', shape: 'ring' },
  ready: { fill: 'green', shape: 'dot' },
  warning: { fill: 'yellow', shape: 'ring' },
  fault: { fill: 'red', shape: 'ring' },
};

/** Faults that no success of a message takes away, by node. */
const lasting = new WeakMap<Node, Error>();

/** Shows a state with a short text under the node. */
export function show(node: Node, state: NodeState, text = ''): void {
  const fault = state === 'fault' ? undefined : lasting.get(node);
  if (fault) showFault(node, fault);
  else node.status(text === '' && state === 'idle' ? {} : { ...looks[state], text });
}

/** A status has room for some words, not for a sentence. */
const longest = 40;

/** Shows a fault: the code where there is one, and which field is to be set right in the configuration. */
export function showFault(node: Node, error: Error): void {
  show(node, 'fault', (error instanceof SignatureError ? inWords(error) : error.message).slice(0, longest));
}

const inWords = ({ code, field }: SignatureError): string => {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return code === 'BAD_CONFIG' && field ? `${words}: ${field}` : words;
};

/** Shows a fault that stays for the life of the node, whatever it does from then on. */
export function showLastingFault(node: Node, error: Error): void {
  lasting.set(node, error);
  showFault(node, error);
}
