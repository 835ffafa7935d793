import type { Node } from 'node-red';
import { toError } from '../../lib/errors';
import { show, showFault } from '../../lib/node-red/status';
import type { SignatureAccount } from '../../lib/process/account';

/** Status of a waiting node: how many messages are parked, and the next deadline. Asks the ledger, at most twice a second. */
export class WaitCount {
  readonly #node: Node;
  readonly #account: SignatureAccount;
  #timer: NodeJS.Timeout | undefined;

  constructor(node: Node, account: SignatureAccount) {
    this.#node = node;
    this.#account = account;
    this.refresh();
  }

  refresh(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#show().catch((thrown: unknown) => showFault(this.#node, toError(thrown)));
    }, 500);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #show(): Promise<void> {
    const ledger = await this.#account.dispatcher.ledger();
    const [stat] = await ledger.waitStats({ nodes: [this.#node.id] });
    const open = stat?.open ?? 0;
    if (open === 0) return show(this.#node, 'idle');
    const next = stat?.nextDeadline ? ` · ${new Date(stat.nextDeadline).toLocaleString()}` : '';
    show(this.#node, 'waiting', `${open}${next}`);
  }
}
