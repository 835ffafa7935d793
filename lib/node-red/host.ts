import path from 'node:path';
import type { Node, NodeAPI } from 'node-red';
import { type LedgerOptions, openLedger } from '../ledger/ledger';
import { makeOwner } from '../ledger/owner';
import { Dispatcher } from '../process/dispatcher';
import { metrics } from '../process/metrics';
import { DeliveryTracker } from './delivery-tracker';
import { DeviceRoute } from './device-route';
import { addMetricsRoute } from './metrics-route';
import { packageSettings } from './settings';
import { WebhookRoute } from './webhook-route';

/** A ledger to work with: how to open it, and what identifies it in this process. */
export interface LedgerChoice {
  /** Equal keys mean the same ledger. */
  key: string;
  options: LedgerOptions;
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
  readonly #dispatchers = new Map<string, { dispatcher: Dispatcher; users: number }>();
  readonly #closing = new Map<string, Promise<void>>();
  readonly #leaseMs: number;
  #flowsRun = false;

  constructor(RED: NodeAPI) {
    this.#RED = RED;
    this.#leaseMs = packageSettings(RED).leaseSeconds * 1000;
    this.webhooks = new WebhookRoute(RED);
    this.deliveries = new DeliveryTracker(RED);
    this.devices = new DeviceRoute(RED);
    addMetricsRoute(RED, () => [...this.#dispatchers].map(([where, { dispatcher }]) => ({ where, dispatcher })));
    RED.events.on('flows:stopping', () => this.#setRunning(false));
    RED.events.on('flows:started', () => this.#setRunning(true));
  }

  /** The ledger of those who configured none: a file in the user directory. */
  defaultLedger(): LedgerChoice {
    const file = path.join(this.#RED.settings.userDir ?? process.cwd(), 'core-signature-ledger.sqlite');
    return { key: file, options: { engine: 'sqlite', file } };
  }

  /**
   * The dispatcher of a ledger, shared by everyone who asks for the same one; the last user's `release` closes it.
   *
   * @param node whose log faults go to
   */
  useDispatcher({ key, options }: LedgerChoice, node: Node): { dispatcher: Dispatcher; release: () => Promise<void> } {
    const entry = this.#dispatchers.get(key) ?? { dispatcher: this.#newDispatcher(key, options, node), users: 0 };
    this.#dispatchers.set(key, entry);
    entry.users += 1;
    let released = false;
    return {
      dispatcher: entry.dispatcher,
      release: async () => {
        if (released) return;
        released = true;
        entry.users -= 1;
        if (entry.users > 0) return;
        this.#dispatchers.delete(key);
        const closing = entry.dispatcher.stop();
        this.#closing.set(key, closing);
        await closing;
      },
    };
  }

  #newDispatcher(key: string, options: LedgerOptions, node: Node): Dispatcher {
    const dispatcher = new Dispatcher({
      leaseMs: this.#leaseMs,
      owner: makeOwner(),
      open: async () => {
        // A redeploy opens the ledger again while the one before is still closing.
        await this.#closing.get(key)?.catch(() => undefined);
        return metrics.watching(await openLedger(options));
      },
      onFault: (error) => node.error(error.message),
      onWarning: (text) => node.warn(text),
    });
    if (this.#flowsRun) dispatcher.resume();
    return dispatcher;
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
