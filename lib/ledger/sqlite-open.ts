import { rmSync } from 'node:fs';
import { ledgerError, notALedger, tooNew } from './errors';
import { type Migration, newestVersion } from './migrations';
import { nodeSqlite, SqliteDatabase } from './sqlite-database';
import { applicationId, createFile, inspectFile } from './sqlite-file';

export interface OpenFileOptions {
  file: string;
  busyTimeoutMs: number;
  maxBytes: number | null;
  readWholeUpTo: number;
  migrations: readonly Migration[];
}

/**
 * Opens a ledger file for work, makes it when there is none, and brings an older one up to date after a backup beside it.
 *
 * @throws SignatureError `LEDGER_*`; a file that cannot be used is left as it was
 */
export function openFile(options: OpenFileOptions): SqliteDatabase {
  const { file, migrations } = options;
  try {
    nodeSqlite();
    const version = inspectFile(file, migrations, options.readWholeUpTo);
    if (version === null) createFile(file, (db) => migrate(db, migrations));
    const db = SqliteDatabase.open(file, { readOnly: false, busyTimeoutMs: options.busyTimeoutMs });
    try {
      prepare(db, options);
      return db;
    } catch (thrown) {
      db.close();
      throw thrown;
    }
  } catch (thrown) {
    throw ledgerError(thrown, { engine: 'sqlite', where: file });
  }
}

function prepare(db: SqliteDatabase, { file, maxBytes, migrations }: OpenFileOptions): void {
  db.run('pragma journal_mode = wal');
  db.run('pragma synchronous = full');
  db.run('pragma temp_store = memory');
  db.run('pragma cache_size = -32000');
  db.run('pragma wal_autocheckpoint = 4000');
  db.run('pragma journal_size_limit = 67108864');
  if (maxBytes !== null) {
    const size = db.all<{ page_size: number }>('pragma page_size')[0]?.page_size ?? 4096;
    db.run(`pragma max_page_count = ${Math.floor(maxBytes / size)}`);
  }
  // The first look was at the file alone; what counts is what the log makes of it.
  if (db.all<{ application_id: number }>('pragma application_id')[0]?.application_id !== applicationId) {
    throw notALedger(file);
  }
  const version = versionOf(db);
  if (version > newestVersion(migrations)) throw tooNew(file, version, newestVersion(migrations));
  if (version < newestVersion(migrations)) {
    writeBackup(db, `${file}.schema-${version}.backup`);
    migrate(db, migrations);
  }
  // Takes the write lock once, so that a file somebody else holds is refused now and not with the first event.
  db.begin(false);
  db.commit();
}

const versionOf = (db: SqliteDatabase): number =>
  db.all<{ user_version: number }>('pragma user_version')[0]?.user_version ?? 0;

/** Runs the missing steps, all in one transaction. */
function migrate(db: SqliteDatabase, migrations: readonly Migration[]): void {
  db.begin(false);
  try {
    // Another process may have done it while this one waited for the lock.
    const version = versionOf(db);
    for (const step of migrations.filter((candidate) => candidate.version > version)) {
      for (const statement of step.statements) db.run(statement);
      db.run(`pragma user_version = ${step.version}`);
    }
    db.commit();
  } catch (thrown) {
    db.rollback();
    throw thrown;
  }
}

/** A complete copy of the ledger, made while others go on working. An older copy of the same name is replaced. */
export function writeBackup(db: SqliteDatabase, target: string): void {
  rmSync(target, { force: true });
  db.all('vacuum into $1', [target]);
}
