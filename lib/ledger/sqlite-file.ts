import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SignatureError } from '../errors';
import { damaged, damageIn, notALedger, tooNew } from './errors';
import { type Migration, newestVersion } from './migrations';
import { networkFileSystem } from './network-fs';
import { nodeSqlite, SqliteDatabase } from './sqlite-database';

/** Marks the file as ours (https://sqlite.org/fileformat.html, offset 68): "SigL". */
export const applicationId = 0x5369674c;

const magic = 'SQLite format 3\0';
const headerBytes = 100;

/**
 * Looks at a ledger file without changing a byte of it or leaving a file beside it.
 *
 * @param readWholeUpTo bytes; of a larger file only the header and the length are looked at
 * @returns the schema version, or null when there is no file yet
 * @throws SignatureError when it is on a network, not a ledger, damaged, or of a newer version
 */
export function inspectFile(file: string, known: readonly Migration[], readWholeUpTo: number): number | null {
  refuseNetwork(file);
  if (!existsSync(file)) return null;
  const size = statSync(file).size;
  if (size === 0 && !existsSync(`${file}-wal`)) return null;
  const header = readHeader(file);
  if (header.length < headerBytes || header.toString('latin1', 0, magic.length) !== magic) throw notALedger(file);
  if (header.readUInt32BE(68) !== applicationId) throw notALedger(file);
  const version = header.readUInt32BE(60);
  if (version > newestVersion(known)) throw tooNew(file, version, newestVersion(known));
  checkLength(file, header, size);
  if (size <= readWholeUpTo) checkIntegrity(file);
  return version;
}

function refuseNetwork(file: string): void {
  const folder = path.dirname(file);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new SignatureError(
      'LEDGER_UNAVAILABLE',
      `The folder of the ledger file ${file} does not exist. Create it or choose another file.`,
      { field: 'file' },
    );
  }
  // A link to the file may lead to another file system than the folder it is in.
  const real = existsSync(file) ? path.dirname(realpathSync(file)) : realpathSync(folder);
  const type = networkFileSystem(real);
  if (type === null) return;
  throw new SignatureError(
    'LEDGER_UNAVAILABLE',
    `The ledger file ${file} is on a network file system (${type}), where SQLite cannot keep it safe: locks and shared memory do not work there. Choose a folder on a local disk, or use PostgreSQL.`,
    { field: 'file' },
  );
}

function readHeader(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const header = Buffer.alloc(headerBytes);
    return header.subarray(0, readSync(descriptor, header, 0, headerBytes, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** A file that was cut off is noticed at any size. With a write-ahead log at its side the file alone says nothing. */
function checkLength(file: string, header: Buffer, size: number): void {
  if (existsSync(`${file}-wal`)) return;
  // Page size at 16 (1 stands for 65536) and number of pages at 28 (https://sqlite.org/fileformat.html, 1.3).
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const expected = pageSize * header.readUInt32BE(28);
  // Another process may have begun to write between the look and the check.
  if (size >= expected || existsSync(`${file}-wal`)) return;
  throw damaged(file, `it has ${size} bytes instead of ${expected}`);
}

/**
 * Reads every page. Without a write-ahead log the file is opened as immutable, which creates nothing beside it; with one
 * (a crash, or another process at work) it takes part in the locking, as it must.
 */
function checkIntegrity(file: string): void {
  const verdict = existsSync(`${file}-wal`) ? quickCheck(file) : quickCheck(immutableUrl(file));
  if (verdict === 'ok') return;
  // Another process may have begun to write between the look and the check.
  if (existsSync(`${file}-wal`) && quickCheck(file) === 'ok') return;
  throw damaged(file, verdict);
}

function immutableUrl(file: string): URL {
  const url = pathToFileURL(file);
  url.search = '?immutable=1&mode=ro';
  return url;
}

function quickCheck(place: string | URL): string {
  let db: SqliteDatabase | undefined;
  try {
    db = SqliteDatabase.open(place, { readOnly: true, busyTimeoutMs: 10_000 });
    const [row] = db.all<{ quick_check: string }>('pragma quick_check(1)');
    return row?.quick_check ?? 'no answer';
  } catch (thrown) {
    const damage = damageIn(thrown);
    if (damage === null) throw thrown;
    return damage;
  } finally {
    db?.close();
  }
}

/**
 * Makes a new ledger file: complete or not at all, also when the process dies or another one does the same.
 */
export function createFile(file: string, fill: (db: SqliteDatabase) => void): void {
  nodeSqlite();
  const draft = `${file}.new-${process.pid}-${randomUUID().slice(0, 8)}`;
  try {
    const db = SqliteDatabase.open(draft, { readOnly: false, busyTimeoutMs: 1000 });
    try {
      db.run('pragma synchronous = full');
      fill(db);
      db.run(`pragma application_id = ${applicationId}`);
    } finally {
      db.close();
    }
    publish(draft, file);
  } finally {
    for (const left of [draft, `${draft}-journal`]) if (existsSync(left)) unlinkSync(left);
  }
  syncFolder(path.dirname(file));
}

/** Gives the draft its name unless somebody else was first. */
function publish(draft: string, file: string): void {
  if (existsSync(file) && statSync(file).size === 0) {
    renameSync(draft, file);
    return;
  }
  try {
    linkSync(draft, file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return;
    // No hard links on this file system.
    if (!existsSync(file)) renameSync(draft, file);
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
