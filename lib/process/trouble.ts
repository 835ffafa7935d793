/** What is wrong with the ledger a node works with; shown at the node until it is over. */
export interface Trouble {
  state: 'fault' | 'warning';
  /** For the status: a few words. */
  short: string;
  /** For the log: what is wrong and what to do. */
  text: string;
}

/** More than clocks that are kept by a time service ever differ. */
const tolerableSkewMs = 60_000;

/**
 * The alarm about clocks that differ; undefined while they do not.
 *
 * @param skewMs how far the ledger's clock is ahead of this computer's, in milliseconds
 */
export function clockTrouble(skewMs: number): Trouble | undefined {
  if (Math.abs(skewMs) < tolerableSkewMs) return undefined;
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  const way = skewMs > 0 ? 'behind' : 'ahead of';
  return {
    state: 'warning',
    short: `clock ${minutes} min ${skewMs > 0 ? 'slow' : 'fast'}`,
    text: `The clock of this computer is ${minutes} min ${way} the database's. Deadlines go by the database's; set the clocks of both by a time service (NTP).`,
  };
}

/** Tells everybody who watches what is wrong, each time that changes. */
export class Health {
  #trouble: Trouble | undefined;
  readonly #watchers = new Set<(trouble: Trouble | undefined) => void>();

  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** @returns whether that is news */
  set(trouble: Trouble | undefined): boolean {
    if (trouble?.short === this.#trouble?.short) return false;
    this.#trouble = trouble;
    for (const watcher of [...this.#watchers]) watcher(trouble);
    return true;
  }

  /** Calls back after each change; the returned function ends that. */
  watch(watcher: (trouble: Trouble | undefined) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}
