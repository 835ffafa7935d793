import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SignatureError } from '../errors';
import { type Cell, cell, lockMarker } from './sql';

/** Statements kept prepared; texts with lists of nodes vary, so there is a limit. */
const maxPrepared = 500;

/**
 * SQLite as Node.js brings it, or an error that says what is needed.
 *
 * @throws SignatureError `LEDGER_UNAVAILABLE` on Node.js before 22.13
 */
export function nodeSqlite(): typeof import('node:sqlite') {
  // Asked for at run time, because a static import would keep the whole package from loading on older versions.
  const module = process.getBuiltinModule?.('node:sqlite');
  if (module !== undefined) return module;
  throw new SignatureError(
    'LEDGER_UNAVAILABLE',
    `The embedded ledger needs Node.js 22.13 or later; this is ${process.versions.node}. Update Node.js, or choose PostgreSQL in the signature-ledger node.`,
  );
}

interface Prepared {
  statement: StatementSync;
  /** Which parameter stands at each place of the text. */
  places: number[];
}

/** A SQLite connection: the one place that knows the module `node:sqlite`. */
export class SqliteDatabase {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();
  #inTransaction = false;

  private constructor(db: DatabaseSync) {
    this.#db = db;
  }

  static open(place: string | URL, options: { readOnly: boolean; busyTimeoutMs: number }): SqliteDatabase {
    const { DatabaseSync: Database } = nodeSqlite();
    const open = (path: string | URL) => new Database(path, { readOnly: options.readOnly });
    let db: DatabaseSync;
    try {
      db = open(place);
    } catch (thrown) {
      // Node.js before 22.15 takes no URL.
      if (typeof place === 'string' || (thrown as NodeJS.ErrnoException).code !== 'ERR_INVALID_ARG_TYPE') throw thrown;
      db = open(decodeURIComponent(place.pathname));
    }
    db.exec(`pragma busy_timeout = ${options.busyTimeoutMs}`);
    return new SqliteDatabase(db);
  }

  /** Runs a statement with `$1`, `$2` … bound and returns its rows. */
  all<R extends object>(text: string, params: readonly Cell[] = []): R[] {
    const { statement, places } = this.#prepare(text);
    const values = places.map((place) => {
      const bound = cell(params[place] ?? null);
      // A number would be bound as a floating point value and arrive in a text column as "1.0".
      return typeof bound === 'number' ? BigInt(bound) : bound;
    });
    return statement.all(...values) as R[];
  }

  /** Runs statements without parameters, once. */
  run(text: string): void {
    this.#db.exec(text);
  }

  /** @param reading a transaction that takes no write lock */
  begin(reading: boolean): void {
    this.all(reading ? 'begin' : 'begin immediate');
    this.#inTransaction = true;
  }

  commit(): void {
    this.all('commit');
    this.#inTransaction = false;
  }

  /** Ends the transaction, also when SQLite already did because of an error. */
  rollback(): void {
    if (!this.#inTransaction) return;
    this.#inTransaction = false;
    try {
      this.#db.exec('rollback');
    } catch {
      // There was no transaction left.
    }
  }

  close(): void {
    this.#prepared.clear();
    this.#db.close();
  }

  /** `$1` becomes a plain `?`, because binding by name looks each name up among all of a statement. */
  #prepare(text: string): Prepared {
    const known = this.#prepared.get(text);
    if (known !== undefined) return known;
    const places: number[] = [];
    const anonymous = text.replace(lockMarker, '').replace(/\$(\d+)/g, (_, number: string) => {
      places.push(Number(number) - 1);
      return '?';
    });
    const statement = { statement: this.#db.prepare(anonymous), places };
    const [oldest] = this.#prepared.keys();
    if (this.#prepared.size >= maxPrepared && oldest !== undefined) this.#prepared.delete(oldest);
    this.#prepared.set(text, statement);
    return statement;
  }
}
