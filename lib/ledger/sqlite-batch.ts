import { SignatureError } from '../errors';
import { ledgerError } from './errors';
import type { Row, Tx } from './sql';
import type { SqliteDatabase } from './sqlite-database';
import type { Answer, Call, Refusal } from './sqlite-protocol';
import { isReading, verbs } from './verbs';
import { type Delta, writeCounters } from './verbs/counters';

/** How much is committed together: enough to share one fsync, little enough to stay quick. */
const maxCalls = 50;
const maxMs = 5;

export interface BatchResult {
  answers: Answer[];
  /** Something may be due. */
  changed: boolean;
}

/**
 * Takes calls from the front of a queue and runs them in one transaction, each in a savepoint of its own, so that one
 * that fails harms no other. The answers may go out when this resolves: everything is on disk then.
 */
export async function runBatch(db: SqliteDatabase, file: string, queue: Call[]): Promise<BatchResult> {
  const taken: Call[] = [];
  const reading = queue[0] !== undefined && isReading(queue[0].verb);
  const started = performance.now();
  const next = (): Call | undefined => {
    const [call] = queue;
    const ends = taken.length >= maxCalls || (taken.length > 0 && performance.now() - started > maxMs);
    // Reading calls need no write lock, so they are not mixed with others.
    if (call === undefined || ends || isReading(call.verb) !== reading) return undefined;
    queue.shift();
    taken.push(call);
    return call;
  };
  return commitTogether(db, file, taken, next, reading);
}

async function commitTogether(
  db: SqliteDatabase,
  file: string,
  taken: Call[],
  next: () => Call | undefined,
  reading: boolean,
): Promise<BatchResult> {
  try {
    const answers: Answer[] = [];
    const deltas: Delta[] = [];
    let changed = false;
    db.begin(reading);
    for (let call = next(); call !== undefined; call = next()) {
      const own = new SqliteTx(db, call.now ?? Date.now());
      db.run('savepoint call');
      try {
        answers.push({ id: call.id, value: await perform(own, call) });
        deltas.push(...own.deltas);
        changed ||= own.hasChanged;
      } catch (thrown) {
        if (isOfTheEngine(thrown)) throw thrown;
        db.run('rollback to call');
        answers.push({ id: call.id, refusal: toRefusal(thrown, file) });
      }
      db.run('release call');
    }
    await writeCounters(async (text, params) => db.all(text, params), deltas);
    db.commit();
    return { answers, changed };
  } catch (thrown) {
    db.rollback();
    return alone(db, file, taken, next, thrown, reading);
  }
}

/** After a failure of the engine nothing of the batch holds: each call is tried again in a transaction of its own. */
async function alone(
  db: SqliteDatabase,
  file: string,
  taken: Call[],
  next: () => Call | undefined,
  thrown: unknown,
  reading: boolean,
): Promise<BatchResult> {
  // The lock was not to be had: the calls that were not begun wait no second time.
  if (taken.length === 0) while (next() !== undefined);
  const busy = taken.length > 1 && ledgerError(thrown, { engine: 'sqlite', where: file });
  if (taken.length === 1 || (busy instanceof SignatureError && busy.code === 'LEDGER_LOCKED')) {
    return { answers: taken.map(({ id }) => ({ id, refusal: toRefusal(thrown, file) })), changed: false };
  }
  const results: BatchResult[] = [];
  for (const call of taken) {
    const one = [call];
    results.push(await commitTogether(db, file, one, once(call), reading));
  }
  return { answers: results.flatMap(({ answers }) => answers), changed: results.some(({ changed }) => changed) };
}

const once = (call: Call): (() => Call | undefined) => {
  const rest = [call];
  return () => rest.shift();
};

const perform = (tx: Tx, call: Call): Promise<unknown> =>
  (verbs[call.verb] as (tx: Tx, input: unknown) => Promise<unknown>)(tx, call.input);

/** Errors of SQLite, in contrast to those of a verb, say nothing about the one call. */
const isOfTheEngine = (thrown: unknown): boolean => (thrown as { code?: unknown } | null)?.code === 'ERR_SQLITE_ERROR';

/** The transaction as one call sees it. */
class SqliteTx implements Tx {
  readonly deltas: Delta[] = [];
  hasChanged = false;
  readonly #db: SqliteDatabase;

  constructor(
    db: SqliteDatabase,
    readonly now: number,
  ) {
    this.#db = db;
  }

  async query<R extends object = Row>(text: string, params: Parameters<Tx['query']>[1] = []): Promise<R[]> {
    return this.#db.all<R>(text, params);
  }

  count(scope: string, name: string, by: number): void {
    if (by !== 0) this.deltas.push({ scope, name, by });
  }

  changed(): void {
    this.hasChanged = true;
  }
}

/** An error as it can leave the thread. */
export function toRefusal(thrown: unknown, file: string): Refusal {
  const error = ledgerError(thrown, { engine: 'sqlite', where: file });
  if (error instanceof SignatureError) {
    return { code: error.code, message: error.message, field: error.field ?? null, stack: null };
  }
  return { code: null, message: error.message, field: null, stack: error.stack ?? null };
}
