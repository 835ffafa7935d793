import { SignatureError } from '../errors';
import type { VerbName } from './verbs';

/** What a ledger says about itself. */
export interface LedgerInfo {
  engine: 'sqlite' | 'postgres';
  /** File path, or `host:port/database (schema)`; never a user name or password. */
  where: string;
  /** An answer means: on disk. False when the server was set up without fsync. */
  durable: boolean;
  /** Several runtimes may use it. */
  shared: boolean;
  /** How far the ledger's clock is ahead of this computer's, 0 when they are the same clock. */
  skewMs: number;
}

/** What a driver offers to `openLedger`. */
export interface Engine {
  /** What can be called. Told by the driver, so that only the thread that runs the verbs has to load them. */
  readonly verbs: readonly VerbName[];
  call(verb: VerbName, input: unknown): Promise<unknown>;
  onChange(listener: () => void): () => void;
  /** Writes a complete copy to a file. */
  backup(input: { file: string }): Promise<void>;
  /** See `Ledger`. */
  check(): Promise<boolean>;
  onDamage(listener: (error: SignatureError) => void): () => void;
  close(): Promise<void>;
  info(): LedgerInfo;
}

/** Listeners for damage: each hears of it once, also one that comes later. */
export class Damage {
  readonly #listeners = new Set<(error: SignatureError) => void>();
  #known: SignatureError | undefined;

  add(listener: (error: SignatureError) => void): () => void {
    if (this.#known) listener(this.#known);
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks whether an error speaks of damage. */
  meet(thrown: unknown): void {
    if (this.#known || !(thrown instanceof SignatureError) || thrown.code !== 'LEDGER_DAMAGED') return;
    this.#known = thrown;
    for (const listener of this.#listeners) listener(thrown);
    this.#listeners.clear();
  }
}

/** Listeners of a hint. One that throws does not keep the others from hearing it. */
export class Hints {
  readonly #listeners = new Set<() => void>();

  add(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch {
        // A hint may be missed: the listeners also look by themselves.
      }
    }
  }
}
