import type { Node } from 'node-red';
import { toError } from '../errors';
import type { Ledger } from '../ledger/ledger';
import type { SignatureAccount } from '../process/account';
import { showHealth } from './health';
import { show, showFault } from './status';

/** How soon after a change it is shown, and a look that failed is repeated, in milliseconds. */
const soonMs = 500;
const againMs = 2_000;

/** Status of a node that keeps messages: how many, and when the next thing happens. Asks the ledger, at most twice a second. */
export class OpenCount {
  readonly #node: Node;
  readonly #account: SignatureAccount;
  readonly #ask: (ledger: Ledger) => Promise<{ open: number; next: number | null } | undefined>;
  readonly #stopWatching: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** One look at a time, so that the answer to an earlier one does not cover up what a later one found. */
  #look: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    node: Node,
    account: SignatureAccount,
    ask: (ledger: Ledger) => Promise<{ open: number; next: number | null } | undefined>,
  ) {
    this.#node = node;
    this.#account = account;
    this.#ask = ask;
    this.#stopWatching = showHealth(node, account.dispatcher, () => this.refresh());
    this.refresh();
  }

  refresh(): void {
    this.#in(soonMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#stopWatching();
    clearTimeout(this.#timer);
    show(this.#node, 'idle');
  }

  #in(ms: number): void {
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#look = this.#look.then(() => this.#show()).catch((thrown: unknown) => this.#failed(thrown));
    }, ms);
  }

  /** What went wrong may pass without anybody saying so. */
  #failed(thrown: unknown): void {
    if (this.#stopped) return;
    showFault(this.#node, toError(thrown));
    this.#in(againMs);
  }

  async #show(): Promise<void> {
    const { dispatcher } = this.#account;
    const stat = await this.#ask(await dispatcher.ledger());
    if (this.#stopped) return;
    // What is wrong stays to be seen until it is over, and a look that failed has covered it up.
    const { trouble } = dispatcher.health;
    if (trouble) return show(this.#node, trouble.state, trouble.short);
    if (!stat || stat.open === 0) return show(this.#node, 'idle');
    const next = stat.next ? ` · ${new Date(stat.next).toLocaleString()}` : '';
    show(this.#node, 'waiting', `${stat.open}${next}`);
  }
}
