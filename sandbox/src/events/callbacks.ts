import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Sandbox } from '../context';
import type { Delivery, DocumentRecord, EventRecord } from '../model';
import { forgeries } from './forge';
import { callbackJson } from './json';

const attemptTimeoutMs = 10_000;
const maxAttempts = 10;
/** Attempts that are kept for people to look at. */
const keptAttempts = 1000;
/** How long callbacks are collected before they go out in another order, in real time. */
const reorderWindowMs = 250;

/** Minutes to wait after the given attempt: Fibonacci from 1. */
export function retryAfterMinutes(attempt: number): number {
  let [now, next] = [1, 1];
  for (let i = 1; i < attempt; i++) [now, next] = [next, now + next];
  return now;
}

/**
 * Brings events to their addresses: at once, then up to nine more times on the virtual clock while the address answers
 * 5xx or not at all. What a callback says is put together when it goes out. Callbacks of a document wait while it is
 * processing.
 */
export class Callbacks {
  /** Deliveries by document that wait for the end of processing. */
  readonly #held = new Map<string, Delivery[]>();
  #shuffling: Delivery[] = [];

  constructor(private readonly sandbox: () => Sandbox) {}

  /** Takes on an event for an address. */
  announce(event: EventRecord, url: string): void {
    const { store, faults, jobs } = this.sandbox();
    const delivery = store.deliveries.put({
      uuid: randomUUID(),
      event: event.uuid,
      document: event.document,
      url,
      attempts: 0,
      nextAt: event.at + faults.callbackDelayMs,
    });
    if (faults.callbackDelayMs > 0) this.schedule(delivery);
    else if (faults.reordersCallbacks) this.#shuffle(delivery);
    else jobs.run(() => this.#attempt(delivery, delivery.nextAt));
  }

  /** Puts a delivery on the agenda for its next attempt; also used after a restart. */
  schedule(delivery: Delivery): void {
    this.sandbox().clock.set(`deliver ${delivery.uuid}`, delivery.nextAt, (at) => this.#attempt(delivery, at));
  }

  /** Sends what waited for the end of a document's processing. */
  release(document: string): void {
    const waiting = this.#held.get(document) ?? [];
    this.#held.delete(document);
    for (const delivery of waiting) this.sandbox().jobs.run(() => this.#attempt(delivery, delivery.nextAt));
  }

  /** Drops everything about a document that is deleted. */
  forget(document: string): void {
    const { store, clock } = this.sandbox();
    this.#held.delete(document);
    for (const delivery of store.deliveries.all()) {
      if (delivery.document !== document) continue;
      clock.drop(`deliver ${delivery.uuid}`);
      store.deliveries.delete(delivery.uuid);
    }
  }

  /** Forgets what is waiting in this process, when everything is reset. */
  reset(): void {
    this.#held.clear();
    this.#shuffling = [];
  }

  async #attempt(delivery: Delivery, at: number): Promise<void> {
    const { store, faults } = this.sandbox();
    const event = store.events.get(delivery.event);
    const document = store.documents.get(delivery.document);
    if (!event || !document || !store.deliveries.get(delivery.uuid)) return;
    if (document.processing) {
      this.#held.set(document.uuid, [...(this.#held.get(document.uuid) ?? []), delivery]);
      return;
    }
    // The event has to be on disk before anybody hears of it.
    store.commit();
    if (faults.take('callbacks', 'drop')) {
      this.#settle(delivery, event, at, { status: null, error: 'dropped by a fault switch' }, 'lost');
      return;
    }
    if (faults.take('callbacks', 'forge')) await this.#forge(delivery, event, document, at);
    const outcome = await this.#post(delivery.url, callbackJson(this.sandbox(), event, document));
    if (outcome === undefined) return;
    const ok = outcome.status !== null && outcome.status < 300;
    const again = outcome.status === null || outcome.status >= 500;
    this.#settle(delivery, event, at, outcome, ok ? 'taken' : again ? 'again' : 'lost');
    if (ok && faults.take('callbacks', 'duplicate')) {
      const second = await this.#post(delivery.url, callbackJson(this.sandbox(), event, document));
      if (second) this.#note(delivery.url, event, at, delivery.attempts, second.status, 'duplicate by a fault switch');
    }
    store.commit();
  }

  /** Writes down how an attempt went, and when the next one is due. */
  #settle(
    delivery: Delivery,
    event: EventRecord,
    at: number,
    outcome: { status: number | null; error: string | null },
    result: 'taken' | 'again' | 'lost',
  ): void {
    const { store } = this.sandbox();
    // Deleted together with its document while the callback was out.
    if (!store.deliveries.get(delivery.uuid)) return;
    delivery.attempts += 1;
    const again = result === 'again' && delivery.attempts < maxAttempts;
    if (again) {
      delivery.nextAt = at + retryAfterMinutes(delivery.attempts) * 60_000;
      store.deliveries.put(delivery);
      this.schedule(delivery);
    } else store.deliveries.delete(delivery.uuid);
    this.#note(
      delivery.url,
      event,
      at,
      delivery.attempts,
      outcome.status,
      outcome.error,
      again ? delivery.nextAt : null,
    );
    if (result === 'taken') event.undelivered -= 1;
    if (event.undelivered === 0) event.deliveredAt = at;
    event.callbackStatus = outcome.status;
    store.events.put(event);
    store.commit();
  }

  /** @returns undefined when the sandbox closes meanwhile, as if the attempt had not been made */
  async #post(url: string, body: object): Promise<{ status: number | null; error: string | null } | undefined> {
    const { jobs, recorder } = this.sandbox();
    const signal = AbortSignal.any([jobs.signal, AbortSignal.timeout(attemptTimeoutMs)]);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'manual',
        signal,
      });
      await response.body?.cancel();
      const { status } = response;
      recorder.add({ kind: 'callback', method: 'POST', path: url, query: '', request: body, status, response: null });
      return { status, error: null };
    } catch (error) {
      if (jobs.signal.aborted) return undefined;
      const { name, cause } = error as Error & { cause?: { code?: string } };
      return { status: null, error: name === 'TimeoutError' ? 'no answer in time' : (cause?.code ?? 'no connection') };
    }
  }

  async #forge(delivery: Delivery, event: EventRecord, document: DocumentRecord, at: number): Promise<void> {
    for (const { kind, body } of forgeries(this.sandbox(), event, document)) {
      const outcome = await this.#post(delivery.url, body);
      if (outcome) this.#note(delivery.url, event, at, 0, outcome.status, `forged: ${kind}`);
    }
  }

  /** Collects deliveries for a moment and sends them one by one in an order of the dice, never the right one. */
  #shuffle(delivery: Delivery): void {
    this.#shuffling.push(delivery);
    if (this.#shuffling.length > 1) return;
    const { jobs, faults } = this.sandbox();
    jobs.run(async () => {
      await wait(reorderWindowMs, undefined, { signal: jobs.signal });
      const inOrder = this.#shuffling;
      this.#shuffling = [];
      const mixed = inOrder
        .map((one) => ({ one, dice: faults.random() }))
        .sort((a, b) => a.dice - b.dice)
        .map(({ one }) => one);
      const same = mixed.every((one, i) => one === inOrder[i]);
      for (const one of same ? mixed.reverse() : mixed) await this.#attempt(one, one.nextAt);
    });
  }

  #note(
    url: string,
    event: EventRecord,
    at: number,
    attempt: number,
    status: number | null,
    error: string | null,
    nextAt: number | null = null,
  ): void {
    const { attempts } = this.sandbox().store;
    const { type, document } = event;
    attempts.put({ uuid: randomUUID(), at, url, event: type, document, attempt, status, error, nextAt });
    attempts.keepLatest(keptAttempts);
  }
}
