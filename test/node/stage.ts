import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Node, NodeAPI } from 'node-red';
import { anyPort } from '../../scripts/lib/ports';
import { type Sandbox, startSandbox } from '../../scripts/lib/sandbox';
import { type FlowNode, ledgerNode, sandboxAccount, tab } from '../support/flows';
import { until } from '../support/house';

/** What of `node-red-node-test-helper` is used here; it brings no types. */
interface TestHelper {
  init(runtime: string): void;
  load(modules: ((RED: NodeAPI) => void)[], flow: object[], credentials?: object): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): TestNode;
}

/** A node under test: its calls of `status`, `error` … can be listened to as `call:status`. */
export type TestNode = Node & {
  receive(message: object): void;
  on(event: string, listener: (call: { args: unknown[] }) => void): unknown;
};

const require = createRequire(__filename);
const helper = require('node-red-node-test-helper') as TestHelper;
helper.init(require.resolve('node-red'));

const names = ['signature-ledger', 'core-signature-account', 'send-envelope', 'wait-for-status', 'signature-event-in'];
/** Each load is a runtime of its own to our nodes, but they all hear the events of this one process. */
const listenFreely = (RED: NodeAPI): void => void RED.events.setMaxListeners(0);
const modules = names.map((name) => require(`../../dist/nodes/${name}/${name}.js`) as (RED: NodeAPI) => void);

/** Nodes in this very process, an account on a sandbox, and a ledger in a folder of its own. */
export interface Stage {
  sandbox: Sandbox;
  /** Loads nodes beside the account `account`. */
  load(nodes: FlowNode[], credentials?: object): Promise<void>;
  /** Stops all nodes; resolves when each has closed. */
  unload(): Promise<void>;
  node(id: string): TestNode;
  /** Messages that arrived at a node of type `helper`, so far. */
  arrived(id: string): Record<string, unknown>[];
  /** What a node has shown as its status since it was loaded. */
  statuses(id: string): { fill?: string; shape?: string; text?: string }[];
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'core-signature-stage-'));
  const sandbox = await startSandbox({ port: await anyPort(), data: path.join(folder, 'sandbox') });
  const arrived = new Map<string, Record<string, unknown>[]>();
  const stage: Stage = {
    sandbox,
    async load(nodes, credentials = {}) {
      const base = [
        tab(),
        ledgerNode({ file: path.join(folder, 'ledger.sqlite') }),
        sandboxAccount({ url: `${sandbox.url}/api/v1/`, publicUrl: '', ledger: 'ledger' }),
      ];
      const own = nodes.filter(({ id }) => !base.some((node) => node.id === id));
      await helper.load([listenFreely, ...modules], [...base, ...own], credentials);
      for (const { id, type } of own) {
        if (type !== 'helper') continue;
        arrived.set(id, []);
        helper.getNode(id).on('input', (message) => arrived.get(id)?.push(message as never));
      }
    },
    unload: () => helper.unload(),
    node: (id) => helper.getNode(id),
    arrived: (id) => arrived.get(id) ?? [],
    statuses(id) {
      const { status } = helper.getNode(id) as unknown as { status: { args: [object][]; thisValues: Node[] } };
      return status.args.filter((_, index) => status.thisValues[index]?.id === id).map(([shown]) => shown);
    },
    async close() {
      await sandbox.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

export { until };
