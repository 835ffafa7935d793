import type { NodeAPI } from 'node-red';

interface OpenDelivery {
  /** Copies that nodes are still busy with. */
  messages: number;
  settled: Promise<void>;
  settle(): void;
  timer: NodeJS.Timeout;
}

/**
 * Knows when a message that left the ledger has been dealt with by the flow behind it.
 *
 * A delivery's row is cleared only then, so a crash between two nodes repeats the message (with the same delivery id)
 * instead of losing it. Node-RED says so through two hooks: a message is sent to a node, a node is done with a message.
 * Messages are recognised by their `deliveryId`, which copies keep.
 */
export class DeliveryTracker {
  readonly #open = new Map<string, OpenDelivery>();
  readonly #quietMs: number;

  /**
   * @param quietMs a node that never says it is done must not hold a delivery for ever: after this many milliseconds
   * without any sign the delivery counts as dealt with
   */
  constructor(RED: NodeAPI, quietMs = 60_000) {
    this.#quietMs = quietMs;
    // Node-RED's test helper has no hooks: there a message counts as dealt with as soon as it is sent.
    const { hooks } = RED as Partial<NodeAPI>;
    hooks?.add('onSend.core-signature', (events) => {
      if (this.#open.size === 0) return;
      for (const event of events) this.#count(event.msg, +1);
    });
    hooks?.add('onComplete.core-signature', (event) => {
      if (this.#open.size > 0) this.#count(event.msg, -1);
    });
  }

  /**
   * Runs `emit`, which sends a message carrying `deliveryId`, and resolves when the flow is through with it.
   * A message that nothing is wired to is dealt with at once.
   */
  async emitted(deliveryId: string, emit: () => void): Promise<void> {
    const entry = this.#open.get(deliveryId) ?? this.#begin(deliveryId);
    entry.messages += 1;
    try {
      emit();
    } finally {
      this.#count({ deliveryId }, -1);
    }
    await entry.settled;
  }

  /** A delivery that is emitted again while its first copy is still on the way shares the entry. */
  #begin(deliveryId: string): OpenDelivery {
    let resolve: () => void;
    const settled = new Promise<void>((done) => {
      resolve = done;
    });
    const settle = (): void => {
      clearTimeout(timer);
      this.#open.delete(deliveryId);
      resolve();
    };
    const timer = setTimeout(settle, this.#quietMs).unref();
    const entry = { messages: 0, settled, settle, timer };
    this.#open.set(deliveryId, entry);
    return entry;
  }

  #count(message: unknown, by: 1 | -1): void {
    const { deliveryId } = (message ?? {}) as { deliveryId?: unknown };
    const entry = typeof deliveryId === 'string' ? this.#open.get(deliveryId) : undefined;
    if (!entry) return;
    entry.messages += by;
    if (entry.messages <= 0) entry.settle();
    else entry.timer.refresh();
  }
}
