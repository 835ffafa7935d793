import type { Node } from 'node-red';
import { toError } from '../errors';
import type { Ledger } from '../ledger/ledger';
import type { SignatureAccount } from '../process/account';
import { showHealth } from './health';
import { show, showFault } from './status';

/** Status of a node that keeps messages: how many, and when the next thing happens. Asks the ledger, at most twice a second. */
export class OpenCount {
  readonly #node: Node;
  readonly #account: SignatureAccount;
  readonly #ask: (ledger: Ledger) => Promise<{ open: number; next: number | null } | undefined>;
  readonly #stopWatching: () => void;
  #timer: NodeJS.Timeout | undefined;

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
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#show().catch((thrown: unknown) => showFault(this.#node, toError(thrown)));
    }, 500);
  }

  stop(): void {
    this.#stopWatching();
    clearTimeout(this.#timer);
    show(this.#node, 'idle');
  }

  async #show(): Promise<void> {
    const { dispatcher } = this.#account;
    const stat = await this.#ask(await dispatcher.ledger());
    // What is wrong stays to be seen until it is over.
    if (dispatcher.health.trouble) return;
    if (!stat || stat.open === 0) return show(this.#node, 'idle');
    const next = stat.next ? ` · ${new Date(stat.next).toLocaleString()}` : '';
    show(this.#node, 'waiting', `${stat.open}${next}`);
  }
}
