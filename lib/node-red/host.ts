import path from 'node:path';
import type { Node, NodeAPI } from 'node-red';
import { type LedgerOptions, openLedger } from '../ledger/ledger';
import { makeOwner } from '../ledger/owner';
import { Dispatcher } from '../process/dispatcher';
import { metrics } from '../process/metrics';
import { defaultKeepDays, longestKeepMs, Retention } from '../process/retention';
import { SelfCheck } from '../process/self-check';
import { DeliveryTracker } from './delivery-tracker';
import { DeviceRoute } from './device-route';
import { addMetricsRoute } from './metrics-route';
import { packageSettings } from './settings';
import { showLastingFault } from './status';
import { WebhookRoute } from './webhook-route';

/** A ledger to work with: how to open it, and what identifies it in this process. */
export interface LedgerChoice {
  /** Equal keys mean the same ledger. */
  key: string;
  options: LedgerOptions;
  /** For how many days finished work is kept; null for ever. */
  keepDays: number | null;
}

/** A ledger in use: who uses it, and for how long each wants finished work to be kept. */
interface InUse {
  dispatcher: Dispatcher;
  users: Map<symbol, number | null>;
  /** What was found out about its file. */
  damage?: Error;
}

/**
 * What all nodes of this package share in one runtime: the webhook route, the delivery tracker, and one dispatcher per
 * ledger that is in use.
 */
export class Host {
  readonly webhooks: WebhookRoute;
  readonly deliveries: DeliveryTracker;
  readonly devices: DeviceRoute;
  readonly #RED: NodeAPI;
  readonly #dispatchers = new Map<string, InUse>();
  readonly #closing = new Map<string, Promise<void>>();
  readonly #leaseMs: number;
  #flowsRun = false;

  constructor(RED: NodeAPI) {
    this.#RED = RED;
    this.#leaseMs = packageSettings(RED).leaseSeconds * 1000;
    this.webhooks = new WebhookRoute(RED);
    this.deliveries = new DeliveryTracker(RED);
    this.devices = new DeviceRoute(RED);
    addMetricsRoute(RED, () =>
      [...this.#dispatchers].map(([where, { dispatcher, damage }]) => ({ where, dispatcher, damaged: !!damage })),
    );
    RED.events.on('flows:stopping', () => this.#setRunning(false));
    RED.events.on('flows:started', () => {
      this.#setRunning(true);
      for (const inUse of this.#dispatchers.values()) this.#showDamage(inUse);
    });
  }

  /** The ledger of those who configured none: a file in the user directory. */
  defaultLedger(): LedgerChoice {
    const file = path.join(this.#RED.settings.userDir ?? process.cwd(), 'core-signature-ledger.sqlite');
    return { key: file, options: { engine: 'sqlite', file }, keepDays: defaultKeepDays };
  }

  /**
   * The dispatcher of a ledger, shared by everyone who asks for the same one; the last user's `release` closes it.
   *
   * @param node whose log faults go to
   */
  useDispatcher(choice: LedgerChoice, node: Node): { dispatcher: Dispatcher; release: () => Promise<void> } {
    const { key } = choice;
    const entry = this.#dispatchers.get(key) ?? this.#open(choice, node);
    const user = Symbol(key);
    entry.users.set(user, choice.keepDays);
    return {
      dispatcher: entry.dispatcher,
      release: async () => {
        if (!entry.users.delete(user) || entry.users.size > 0) return;
        this.#dispatchers.delete(key);
        const closing = entry.dispatcher.stop();
        this.#closing.set(key, closing);
        await closing;
      },
    };
  }

  #open({ key, options }: LedgerChoice, node: Node): InUse {
    const users: InUse['users'] = new Map();
    const owner = makeOwner();
    const dispatcher: Dispatcher = new Dispatcher({
      leaseMs: this.#leaseMs,
      owner,
      open: async () => {
        // A redeploy opens the ledger again while the one before is still closing.
        await this.#closing.get(key)?.catch(() => undefined);
        return metrics.watching(await openLedger(options));
      },
      beside: (ledger) => {
        const retention = new Retention(ledger, {
          owner,
          keepMs: () => longestKeepMs([...users.values()]),
          onFault: (error) => node.warn(`retention: ${error.message}`),
        });
        const selfCheck = new SelfCheck(ledger, {
          onFault: (error) => error !== entry.damage && node.warn(`ledger: ${error.message}`),
        });
        ledger.onDamage((error) => {
          entry.damage = error;
          node.error(`${error.code}: ${error.message}`);
          this.#showDamage(entry);
        });
        for (const one of [retention, selfCheck]) one.start();
        return { stop: async () => void (await Promise.all([retention.stop(), selfCheck.stop()])) };
      },
      onFault: (error) => node.error(error.message),
      onWarning: (text) => node.warn(text),
    });
    if (this.#flowsRun) dispatcher.resume();
    const entry: InUse = { dispatcher, users };
    this.#dispatchers.set(key, entry);
    return entry;
  }

  /** Red under every node that has work in a damaged ledger, also under those that were deployed since. */
  #showDamage({ dispatcher, damage }: InUse): void {
    if (!damage) return;
    for (const id of dispatcher.nodes()) {
      const node = this.#RED.nodes.getNode(id) as Node | null | undefined;
      if (node) showLastingFault(node, damage);
    }
  }

  #setRunning(running: boolean): void {
    this.#flowsRun = running;
    for (const { dispatcher } of this.#dispatchers.values()) {
      if (running) dispatcher.resume();
      else void dispatcher.pause();
    }
  }
}

const hosts = new WeakMap<object, Host>();

/** The host of a runtime; made with the first node that asks. */
export function hostOf(RED: NodeAPI): Host {
  const existing = hosts.get(RED.httpNode);
  if (existing) return existing;
  const host = new Host(RED);
  hosts.set(RED.httpNode, host);
  return host;
}

/** Builds what a user of a dispatcher needs; a configuration that is refused does not keep the dispatcher. */
export function releasedWhenRefused<T>(release: () => Promise<void>, build: () => T): T {
  try {
    return build();
  } catch (thrown) {
    release().catch(() => undefined);
    throw thrown;
  }
}
