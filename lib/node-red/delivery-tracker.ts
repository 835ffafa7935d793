import type { Node, NodeAPI } from 'node-red';
import { Interrupted } from '../process/dispatcher';
import { holdLease, underNoLease } from '../time/lease';
import { closing, onStopped } from './handlers';

/** A message on its way through the flow behind one of our nodes. */
interface OpenDelivery {
  /** How often it is being sent just now. */
  sending: number;
  /** The nodes that are busy with a copy, and with how many. */
  copies: Map<Node, number>;
  settled: Promise<void>;
  settle(): void;
  fail(error: Error): void;
  /** A node that never says it is done must not hold a delivery for ever. */
  timer: NodeJS.Timeout;
}

interface Passing {
  msg: unknown;
  destination: { node?: Node };
}

interface Completed {
  msg: unknown;
  node: { node?: Node };
}

/**
 * Knows when a message that left the ledger has been dealt with by the flow behind it.
 *
 * A delivery's row is cleared only then, so a crash between two nodes repeats the message (with the same delivery id)
 * instead of losing it, and so does a deploy that stops a node which is busy with it, or that it is for. Node-RED says so
 * through hooks: a message is sent, it is delivered to a node, a node is done with it, whether well or with an error that a
 * Catch node takes on. Messages are recognised by their `deliveryId`, which copies keep.
 */
export class DeliveryTracker {
  readonly #open = new Map<string, OpenDelivery>();
  readonly #quietMs: number;
  /** Messages as nodes got them, since a node may take the id off. */
  readonly #messages = new WeakMap<object, OpenDelivery>();
  readonly #watched = new WeakSet<Node>();
  /** Messages that came to a node by a wire, and that it has not taken in yet. */
  readonly #wired = new WeakSet<object>();
  /** What nodes said during a deploy. One that is stopped may say it is done with a message that it has dropped. */
  readonly #doubtful: Completed[] = [];
  /** What was sent during a deploy and has reached no node, because the one it was for was not there just then. */
  readonly #adrift = new Set<Passing>();
  #flowsRun = false;
  #started = Promise.withResolvers<void>();

  /** @param quietMs without any sign for so many milliseconds, a delivery counts as dealt with */
  constructor(RED: NodeAPI, quietMs = 60_000) {
    this.#quietMs = quietMs;
    RED.events.on('flows:stopping', () => {
      if (this.#flowsRun) this.#started = Promise.withResolvers<void>();
      this.#flowsRun = false;
    });
    RED.events.on('flows:started', () => {
      this.#flowsRun = true;
      this.#started.resolve();
      for (const { msg } of this.#adrift) this.#entryOf(msg)?.fail(new Interrupted(true));
      this.#adrift.clear();
      for (const completed of this.#doubtful.splice(0)) this.#completed(completed);
    });
    // Node-RED's test helper has no hooks: there a message counts as dealt with as soon as it is sent.
    const { hooks } = RED as Partial<NodeAPI>;
    hooks?.add('onSend.core-signature', (passing: Passing[]) => {
      if (this.#flowsRun || this.#open.size === 0) return;
      for (const one of passing) if (this.#entryOf(one.msg)) this.#adrift.add(one);
    });
    hooks?.add('preDeliver.core-signature', (passing: Passing) => {
      this.#adrift.delete(passing);
      const { msg, destination } = passing;
      if (this.#open.size === 0 || !destination.node || !this.#arrived(msg, destination.node)) return;
      this.#wired.add(msg as object);
    });
    // Catch, complete and link nodes get messages without a wire.
    hooks?.add('onReceive.core-signature', ({ msg, destination }: Passing) => {
      if (this.#open.size === 0 || !destination.node || this.#wired.delete(msg as object)) return;
      this.#arrived(msg, destination.node);
    });
    hooks?.add('onComplete.core-signature', (completed: Completed) => {
      if (this.#open.size === 0) return;
      if (this.#flowsRun) this.#completed(completed);
      else this.#doubtful.push(completed);
    });
  }

  /**
   * Runs `emit`, with which a node sends a message carrying `deliveryId`, and resolves when the flow is through with it.
   * A message that nothing is wired to is dealt with at once. While flows are being deployed it waits for their start.
   *
   * @throws Interrupted when the node was closed before it could send, or a deploy stopped a node that was busy with the
   * message; SignatureError `IN_PROGRESS` when another process has the delivery now
   */
  async emitted(node: Node, deliveryId: string, emit: () => void): Promise<void> {
    const closed = closing(node);
    do {
      if (closed.aborted) throw new Interrupted(false);
      if (!this.#flowsRun) await Promise.race([this.#started.promise, aborted(closed)]);
      await holdLease();
    } while (!this.#flowsRun || closed.aborted);
    const entry = this.#open.get(deliveryId) ?? this.#begin(deliveryId);
    entry.sending += 1;
    try {
      // What the flow does with the message is its own business, and may take longer than this delivery.
      await underNoLease(async () => emit());
    } finally {
      entry.sending -= 1;
      this.#settleIfDone(entry);
    }
    await entry.settled;
  }

  /** A delivery that is emitted again while its first copy is still on the way shares the entry. */
  #begin(deliveryId: string): OpenDelivery {
    const { promise: settled, resolve, reject } = Promise.withResolvers<void>();
    const end = (): void => {
      clearTimeout(entry.timer);
      if (this.#open.get(deliveryId) === entry) this.#open.delete(deliveryId);
    };
    const settle = (): void => {
      end();
      resolve();
    };
    const fail = (error: Error): void => {
      end();
      reject(error);
    };
    const timer = setTimeout(settle, this.#quietMs).unref();
    const entry: OpenDelivery = { sending: 0, copies: new Map(), settled, settle, fail, timer };
    this.#open.set(deliveryId, entry);
    return entry;
  }

  #entryOf(message: unknown): OpenDelivery | undefined {
    if (typeof message !== 'object' || message === null) return undefined;
    const { deliveryId } = message as { deliveryId?: unknown };
    const entry =
      this.#messages.get(message) ?? (typeof deliveryId === 'string' ? this.#open.get(deliveryId) : undefined);
    if (entry) this.#messages.set(message, entry);
    return entry;
  }

  /** @returns whether the message belongs to a delivery */
  #arrived(message: unknown, node: Node): boolean {
    const entry = this.#entryOf(message);
    if (!entry) return false;
    entry.copies.set(node, (entry.copies.get(node) ?? 0) + 1);
    entry.timer.refresh();
    if (!this.#watched.has(node)) {
      this.#watched.add(node);
      onStopped(node, () => this.#interrupt(node));
    }
    return true;
  }

  #completed({ msg, node: { node } }: Completed): void {
    const entry = this.#entryOf(msg);
    const copies = node && entry?.copies.get(node);
    if (entry === undefined || node === undefined || copies === undefined) return;
    if (copies > 1) entry.copies.set(node, copies - 1);
    else entry.copies.delete(node);
    entry.timer.refresh();
    // Only after this does Node-RED hand it to catch and complete nodes.
    setImmediate(() => this.#settleIfDone(entry));
  }

  #settleIfDone(entry: OpenDelivery): void {
    if (entry.sending === 0 && entry.copies.size === 0) entry.settle();
  }

  /** What a node that is being stopped was busy with goes no further: its successor gets it again. */
  #interrupt(node: Node): void {
    for (const entry of [...this.#open.values()]) if (entry.copies.has(node)) entry.fail(new Interrupted(true));
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
