import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { damageIn, ledgerError } from './errors';
import type { CheckerTask, FromChecker } from './sqlite-check';
import { SqliteDatabase } from './sqlite-database';

/**
 * The thread that reads a whole ledger file beside the work, on a connection of its own that cannot write.
 *
 * Table after table, each in a transaction of its own: in WAL mode a reader holds nobody up, but as long as it reads one
 * moment the log cannot be started over.
 */

// The only warning expected here is that of node:sqlite being experimental, on Node.js 22.
process.removeAllListeners('warning');

const { file, stop } = workerData as CheckerTask;

/** Of this thread on Linux; elsewhere it would be that of the whole process. */
const niceness = 10;
if (process.platform === 'linux') {
  try {
    setPriority(0, niceness);
  } catch {
    // Some sandboxes forbid it: then it reads as eagerly as others.
  }
}

parentPort?.postMessage(verdict());

function verdict(): FromChecker {
  let db: SqliteDatabase | undefined;
  try {
    db = SqliteDatabase.open(file, { readOnly: true, busyTimeoutMs: 10_000 });
    // With the schema goes the list of free pages (https://sqlite.org/pragma.html#pragma_integrity_check).
    for (const table of ['sqlite_schema', ...tablesOf(db)]) {
      if (Atomics.load(new Int32Array(stop), 0) !== 0) return { verdict: 'stopped' };
      const [row] = db.all<{ quick_check: string }>(`pragma quick_check("${table}")`);
      if (row?.quick_check !== 'ok') return { verdict: 'damaged', detail: row?.quick_check ?? 'no answer' };
    }
    return { verdict: 'sound' };
  } catch (thrown) {
    const detail = damageIn(thrown);
    if (detail !== null) return { verdict: 'damaged', detail };
    return { verdict: 'failed', reason: ledgerError(thrown, { engine: 'sqlite', where: file }) };
  } finally {
    db?.close();
  }
}

function tablesOf(db: SqliteDatabase): string[] {
  const rows = db.all<{ name: string }>(`select name from sqlite_schema where type = 'table' order by name`);
  return rows.map(({ name }) => name);
}
