import type { Dice } from '../dice';
import type { World } from '../world';

/** The flows are deployed anew while messages are on their way, with a node or two of them changed. */
export interface RedeployFault {
  kind: 'redeploy';
  deploy: 'full' | 'flows' | 'nodes';
  /** Nodes that get another name, so that they count as changed. */
  nodes: string[];
}

const candidates = [
  'send',
  'wait',
  'wait-until',
  'ladder',
  'event-in',
  'push sign',
  'push step',
  'archive webdav',
  'account',
  'line',
] as const;

export const planRedeploy = (dice: Dice): RedeployFault => ({
  kind: 'redeploy',
  deploy: dice.pick(['full', 'flows', 'nodes', 'nodes']),
  nodes: [dice.pick(candidates), dice.pick(candidates)],
});

export const strikeRedeploy = (world: World, { deploy, nodes }: RedeployFault): Promise<void> =>
  world.redeploy(deploy, nodes);
