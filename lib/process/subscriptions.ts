import type { SignatureAccount } from './account';

/**
 * Keeps the team's webhook subscriptions as the flows want them. The service knows one event type per subscription.
 *
 * Ours are known by their name, which holds the account's id. What is missing is created, what points to an old address
 * is corrected, what is right is left alone: a redeploy never removes one, so no event falls into a gap.
 */
export class Registrar {
  readonly #account: SignatureAccount;
  readonly #wanted = new Map<string, readonly string[]>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(account: SignatureAccount) {
    this.#account = account;
  }

  /** What one node wants to be told of; replaces what it wanted before. */
  want(node: string, eventTypes: readonly string[]): void {
    this.#wanted.set(node, eventTypes);
  }

  /** The node was taken out of the flow for good: the subscriptions that only it wanted are removed. */
  drop(node: string): Promise<void> {
    this.#wanted.delete(node);
    return this.#inTurn(async () => {
      const stillWanted = this.#types();
      for (const webhook of await this.#ours()) {
        if (!stillWanted.has(webhook.event_type)) await this.#account.client.webhooks.delete(webhook.uuid);
      }
    });
  }

  /** The node is being redeployed: it no longer counts here, but nothing is removed at the service. */
  forget(node: string): void {
    this.#wanted.delete(node);
  }

  /**
   * Creates and corrects. Safe to repeat, also by several runtimes at a time: a double is removed with the next call.
   *
   * @returns how many subscriptions were created, corrected and removed as doubles
   */
  ensure(): Promise<{ created: number; corrected: number; removed: number }> {
    return this.#inTurn(() => this.#ensure());
  }

  /** One at a time: two that both list before either creates would make doubles. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #ensure(): Promise<{ created: number; corrected: number; removed: number }> {
    const { callbackUrl, client } = this.#account;
    const done = { created: 0, corrected: 0, removed: 0 };
    if (callbackUrl === null || this.#wanted.size === 0) return done;
    const ours = await this.#ours();
    for (const type of this.#types()) {
      const [first, ...doubles] = ours.filter(({ event_type }) => event_type === type);
      for (const double of doubles) {
        await client.webhooks.delete(double.uuid);
        done.removed += 1;
      }
      const wanted = { name: this.#name(type), event_type: type, callback_url: callbackUrl };
      if (!first) {
        await client.webhooks.create(wanted);
        done.created += 1;
      } else if (first.callback_url !== callbackUrl) {
        await client.webhooks.update(first.uuid, wanted);
        done.corrected += 1;
      }
    }
    return done;
  }

  async #ours() {
    const all = await this.#account.client.webhooks.list();
    return all.filter(({ name, event_type }) => name === this.#name(event_type));
  }

  #types(): Set<string> {
    return new Set([...this.#wanted.values()].flat());
  }

  #name = (type: string): string => `node-red ${this.#account.id} ${type}`;
}
