import { SignatureError } from '../errors';
import { ledgerError } from './errors';
import { answersApart, countTogether, inputTogether } from './intake-batch';
import type { Row, Tx } from './sql';
import type { SqliteDatabase } from './sqlite-database';
import type { Answer, Call, Refusal } from './sqlite-protocol';
import { isReading, type VerbName, verbs } from './verbs';
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
 * Takes calls from the front of a queue and runs them in one transaction, so that they share a commit. Each is in a
 * savepoint of its own, so that one that fails harms no other; calls of the intake verb are made one where they can be.
 * The answers may go out when this resolves: everything is on disk then.
 */
export function runBatch(db: SqliteDatabase, file: string, queue: Call[]): Promise<BatchResult> {
  let started = 0;
  let taken = 0;
  const next = (): Call[] => {
    // The wait for the lock does not count.
    if (taken === 0) started = performance.now();
    if (taken >= maxCalls || (taken > 0 && performance.now() - started > maxMs)) return [];
    const group = queue.splice(0, Math.min(countTogether(queue), maxCalls - taken));
    taken += group.length;
    return group;
  };
  return commitTogether(db, file, next, allRead(queue.slice(0, maxCalls)));
}

/** Calls that only read need no write lock, so they come through while another process holds it. */
const allRead = (calls: readonly Call[]): boolean => calls.every(({ verb }) => isReading(verb));

async function commitTogether(
  db: SqliteDatabase,
  file: string,
  next: () => Call[],
  reading: boolean,
): Promise<BatchResult> {
  const taken: Call[] = [];
  try {
    const answers: Answer[] = [];
    const deltas: Delta[] = [];
    let changed = false;
    db.begin(reading);
    for (let group = next(); group.length > 0; group = next()) {
      taken.push(...group);
      const done = await runGroup(db, file, group);
      answers.push(...done.answers);
      deltas.push(...done.deltas);
      changed ||= done.changed;
    }
    await writeCounters(async (text, params) => db.all(text, params), deltas, 'one');
    db.commit();
    return { answers, changed };
  } catch (thrown) {
    db.rollback();
    // The lock was not to be had: the calls that were not begun wait no second time.
    if (taken.length === 0) for (let group = next(); group.length > 0; group = next()) taken.push(...group);
    return apart(db, file, taken, thrown);
  }
}

/** Runs calls as one; if that one fails, each by itself. */
async function runGroup(
  db: SqliteDatabase,
  file: string,
  group: readonly Call[],
): Promise<BatchResult & { deltas: Delta[] }> {
  const [first] = group;
  if (first === undefined) return { answers: [], deltas: [], changed: false };
  const tx = new SqliteTx(db, first.now ?? Date.now());
  db.all('savepoint call');
  try {
    const values = answersApart(group, await perform(tx, first.verb, inputTogether(group)));
    db.all('release call');
    const answers = group.map(({ id }, index) => ({ id, value: values[index] }));
    return { answers, deltas: tx.deltas, changed: tx.hasChanged };
  } catch (thrown) {
    if (isOfTheEngine(thrown)) throw thrown;
    db.all('rollback to call');
    db.all('release call');
    if (group.length === 1) {
      return { answers: [{ id: first.id, refusal: toRefusal(thrown, file) }], deltas: [], changed: false };
    }
    const results = [];
    for (const call of group) results.push(await runGroup(db, file, [call]));
    return { ...joined(results), deltas: results.flatMap(({ deltas }) => deltas) };
  }
}

/** After a failure of the engine nothing of the batch holds: each call is tried again in a transaction of its own. */
async function apart(db: SqliteDatabase, file: string, taken: Call[], thrown: unknown): Promise<BatchResult> {
  const refuse = (calls: readonly Call[]): BatchResult => ({
    answers: calls.map(({ id }) => ({ id, refusal: toRefusal(thrown, file) })),
    changed: false,
  });
  if (taken.length === 1) return refuse(taken);
  const error = ledgerError(thrown, { engine: 'sqlite', where: file });
  const locked = error instanceof SignatureError && error.code === 'LEDGER_LOCKED';
  const results: BatchResult[] = [];
  for (const call of taken) {
    const reading = isReading(call.verb);
    results.push(locked && !reading ? refuse([call]) : await commitTogether(db, file, once(call), reading));
  }
  return joined(results);
}

const joined = (results: readonly BatchResult[]): BatchResult => ({
  answers: results.flatMap(({ answers }) => answers),
  changed: results.some(({ changed }) => changed),
});

const once = (call: Call): (() => Call[]) => {
  const rest = [call];
  return () => rest.splice(0);
};

const perform = (tx: Tx, verb: VerbName, input: unknown): Promise<unknown> =>
  (verbs[verb] as (tx: Tx, input: unknown) => Promise<unknown>)(tx, input);

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
