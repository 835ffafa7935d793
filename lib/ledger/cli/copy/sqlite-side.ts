import { rmSync } from 'node:fs';
import { SignatureError } from '../../../errors';
import { migrations } from '../../migrations';
import type { SqliteOptions } from '../../options';
import { SqliteDatabase } from '../../sqlite-database';
import { inspectFile } from '../../sqlite-file';
import { openFile } from '../../sqlite-open';
import { type Side, saying } from './side';

/** https://sqlite.org/rescode.html */
const BUSY = 5;
const READONLY = 8;

const sideOf = (place: SqliteOptions, db: SqliteDatabase, closed: (committed: boolean) => void = () => {}): Side => {
  let committed = false;
  return {
    place,
    query: (text, params) => saying(place, async () => db.all(text, params)),
    async commit() {
      db.commit();
      committed = true;
    },
    async close() {
      db.rollback();
      db.close();
      closed(committed);
    },
  };
};

/** Reads one moment of a file while others go on working with it. */
export function readSqlite(place: SqliteOptions): Side {
  const db = SqliteDatabase.open(place.file, { readOnly: true, busyTimeoutMs: 10_000 });
  db.begin(true);
  return sideOf(place, db);
}

/**
 * Reads a file that nobody else may open meanwhile.
 *
 * @returns null when somebody has it open already
 */
export function readSqliteAlone(place: SqliteOptions): Side | null {
  const db = SqliteDatabase.open(place.file, { readOnly: false, busyTimeoutMs: 1000 });
  try {
    // Every connection to a file with a write-ahead log shares a lock on it, so this one fails while there is another.
    db.run('pragma locking_mode = exclusive');
    db.begin(false);
    return sideOf(place, db);
  } catch (thrown) {
    db.close();
    const code = resultCode(thrown);
    if (code === BUSY) return null;
    // A backup that was made read-only: nobody works with that.
    if (code === READONLY) return readSqlite(place);
    throw thrown;
  }
}

const resultCode = (thrown: unknown): number | undefined => {
  const { errcode } = thrown as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
};

/**
 * Writes into a file, which is made when there is none; a file made for this is removed again unless it is committed.
 *
 * @throws SignatureError `LEDGER_LOCKED` when somebody has it open
 */
export async function writeSqlite(place: SqliteOptions): Promise<Side> {
  const fresh = inspectFile(place.file, migrations, place.readWholeUpTo) === null;
  const alone = fresh ? null : readSqliteAlone(place);
  if (!fresh && alone === null) {
    throw new SignatureError(
      'LEDGER_LOCKED',
      `The target ${place.file} is open in another process. Stop that Node-RED, or choose another target.`,
    );
  }
  await alone?.close();
  const { file, busyTimeoutMs, readWholeUpTo } = place;
  const db = openFile({ file, busyTimeoutMs, maxBytes: null, readWholeUpTo, migrations });
  db.begin(false);
  return sideOf(place, db, (committed) => {
    if (committed || !fresh) return;
    for (const end of ['', '-wal', '-shm']) rmSync(`${place.file}${end}`, { force: true });
  });
}
