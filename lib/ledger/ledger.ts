import type { SignatureError } from '../errors';
import { lazy } from '../lazy';
import type { LedgerInfo } from './engine';
import type { Migration } from './migrations';
import { type LedgerOptions, parseOptions } from './options';
import { openSqlite } from './sqlite';
import type { VerbName, Verbs } from './verbs';

export type { LedgerInfo } from './engine';
export type { LedgerOptions } from './options';

const postgres = lazy(() => require('./postgres') as typeof import('./postgres'));

type Input<V extends VerbName> = Parameters<Verbs[V]>[1];
type Output<V extends VerbName> = Awaited<ReturnType<Verbs[V]>>;

/**
 * The durable state of all signature processes. Every verb is one transaction and resolves after its commit; what the
 * verbs take and give is in `types/`, what they do at their definition in `verbs/`.
 */
export type Ledger = { readonly [V in VerbName]: (input: Input<V>) => Promise<Output<V>> } & {
  /** Something may be due. A hint only: it may be missed, and it may be heard for nothing. Returns how to stop it. */
  onChange(listener: () => void): () => void;
  /** Writes a complete copy to a file while work goes on (SQLite only). */
  backup(input: { file: string }): Promise<void>;
  /**
   * Reads the whole file in a thread of its own while work goes on, unless it was read as a whole when it was opened.
   *
   * @returns whether all of it was read now; false on PostgreSQL, which looks after its own files
   * @throws SignatureError `LEDGER_DAMAGED`, which those of `onDamage` are told too; `LEDGER_UNAVAILABLE`
   */
  check(): Promise<boolean>;
  /** The file has turned out to be damaged, by `check` or because work came to a damaged page; told once. */
  onDamage(listener: (error: SignatureError) => void): () => void;
  info(): LedgerInfo;
  /** Finishes the calls made before, then gives everything back. Later calls are refused. */
  close(): Promise<void>;
};

/**
 * Opens a ledger, makes it when there is none, and brings an older one up to date.
 *
 * @param migrations steps of the schema, when not the built-in ones (tests of upgrades)
 * @throws SignatureError `BAD_CONFIG` or `LEDGER_*`; what cannot be opened is left as it was
 */
export async function openLedger(options: LedgerOptions, migrations?: Migration[]): Promise<Ledger> {
  const parsed = parseOptions(options);
  const engine =
    parsed.engine === 'sqlite'
      ? await openSqlite(parsed, migrations)
      : await postgres().openPostgres(parsed, migrations);
  const calls = Object.fromEntries(engine.verbs.map((verb) => [verb, (input: unknown) => engine.call(verb, input)]));
  return Object.freeze({
    ...calls,
    onChange: (listener: () => void) => engine.onChange(listener),
    backup: (input: { file: string }) => engine.backup(input),
    check: () => engine.check(),
    onDamage: (listener: (error: SignatureError) => void) => engine.onDamage(listener),
    info: () => engine.info(),
    close: () => engine.close(),
  }) as unknown as Ledger;
}
