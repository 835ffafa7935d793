import type { Ledger } from '../ledger/ledger';
import type { ReceivedEvent } from '../ledger/types';
import { sleep } from '../time/timers';
import type { SignatureAccount } from './account';
import { askForRefresh } from './ask-for-refresh';
import { eventFact } from './event-fact';

export interface ReconcilerOptions {
  /** How often the account is compared with the service, in milliseconds of real time. */
  everyMs: number;
  onFault(error: Error): void;
  /** Done after each round, such as repairing subscriptions. */
  afterwards?(): Promise<unknown>;
}

/** Events listed a little later than they happened are still found. */
const overlapMs = 10 * 60_000;
/** An open envelope that nobody asked about for this long is read again. */
const staleFactor = 0.9;
const staleBatch = 200;

/**
 * Compares what we know of an account with the service: at start, at an interval with jitter, and when asked to.
 *
 * It lists the events since the last round, so that nothing is missed that no webhook told us of, and reads every open
 * envelope again. With several runtimes on one ledger, one at a time does it.
 */
export class Reconciler {
  readonly #account: SignatureAccount;
  readonly #options: ReconcilerOptions;
  readonly #stop = new AbortController();
  #rest = new AbortController();
  #everyMs: number;
  #loop: Promise<void> | undefined;

  constructor(account: SignatureAccount, options: ReconcilerOptions) {
    this.#account = account;
    this.#options = options;
    this.#everyMs = options.everyMs;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Someone needs events sooner than the account's interval gives them: the shortest wish counts. */
  atLeastEvery(ms: number): void {
    if (ms >= this.#everyMs) return;
    this.#everyMs = ms;
    this.#rest.abort();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#round();
        await this.#options.afterwards?.();
      } catch (thrown) {
        if (!signal.aborted) this.#options.onFault(thrown as Error);
      }
      // Jitter, so that runtimes that were started together do not ask together.
      this.#rest = new AbortController();
      const either = AbortSignal.any([signal, this.#rest.signal]);
      await sleep(this.#everyMs * (0.85 + Math.random() * 0.3), either, { unref: true }).catch(() => undefined);
    }
  }

  async #round(): Promise<void> {
    const { id, dispatcher } = this.#account;
    const ledger = await dispatcher.ledger();
    const name = `reconcile:${id}`;
    const rev = await ledger.acquireLease({ name, owner: dispatcher.owner, leaseMs: 10 * 60_000 });
    if (rev === null) return;
    try {
      await this.#listEvents(ledger);
      await this.#readOpenEnvelopes(ledger);
    } finally {
      await ledger.releaseLease({ name, rev });
      dispatcher.kick();
    }
  }

  async #listEvents(ledger: Ledger): Promise<void> {
    const { id, client, clock } = this.#account;
    const mark = `events:${id}`;
    const began = clock.now();
    const since = await ledger.mark({ name: mark });
    // An account that is new to this ledger starts today; its past belongs to nobody here.
    if (since !== null) {
      const events: ReceivedEvent[] = [];
      for await (const event of client.events.iterate({}, this.#stop.signal)) {
        if (Date.parse(event.timestamp) < since - overlapMs) break;
        const { document } = event;
        if (document) events.push({ envelope: document.uuid, ...eventFact(document.uuid, event) });
      }
      if (events.length > 0) await ledger.receiveEvents({ account: id, origin: 'reconcile', events });
    }
    await ledger.setMark({ name: mark, value: began });
  }

  async #readOpenEnvelopes(ledger: Ledger): Promise<void> {
    const { id, dispatcher } = this.#account;
    const checkedBefore = dispatcher.clock.now() - this.#everyMs * staleFactor;
    const stale = await ledger.staleEnvelopes({ account: id, checkedBefore, limit: staleBatch });
    for (const envelope of stale) await askForRefresh(this.#account, ledger, envelope.id);
  }
}
