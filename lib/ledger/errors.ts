import { SignatureError } from '../errors';

/** What is known about the place where an engine error happened, for the message. */
export interface Place {
  engine: 'sqlite' | 'postgres';
  /** File path, or `host:port/database`; never a user name or password. */
  where: string;
}

interface EngineError {
  code?: unknown;
  errcode?: unknown;
  errstr?: unknown;
  message?: unknown;
}

/** SQLite's primary result codes (https://sqlite.org/rescode.html); extended codes carry them in the low byte. */
const sqliteCode = {
  PERM: 3,
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  NOTADB: 26,
} as const;

/**
 * What an error of SQLite says about the content of the file; null when it is about anything else, such as a lock or a
 * failing disk.
 */
export function damageIn(thrown: unknown): string | null {
  const { errcode, errstr } = (thrown ?? {}) as EngineError;
  const isDamage =
    typeof errcode === 'number' && [sqliteCode.CORRUPT, sqliteCode.NOTADB].some((code) => code === (errcode & 0xff));
  return isDamage ? String(errstr ?? 'not a database') : null;
}

/** An error of an engine as a `SignatureError` that says what to do; other errors come back as they are. */
export function ledgerError(thrown: unknown, place: Place): Error {
  if (thrown instanceof SignatureError) return thrown;
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : { message: thrown }) as EngineError;
  const mapped =
    systemError(error, place) ?? (place.engine === 'sqlite' ? sqliteError(error, place) : pgError(error, place));
  if (mapped !== null) return mapped;
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function systemError({ code }: EngineError, { engine, where }: Place): SignatureError | null {
  if (engine !== 'sqlite') return null;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return full(where);
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return readOnly(where);
    case 'ENOENT':
    case 'ENOTDIR':
      return new SignatureError(
        'LEDGER_UNAVAILABLE',
        `The folder of the ledger file ${where} does not exist. Create it or choose another file.`,
        { field: 'file' },
      );
    case 'EISDIR':
      return new SignatureError('LEDGER_UNAVAILABLE', `${where} is a folder. Name a file in it.`, { field: 'file' });
    case 'EIO':
      return damagedDisk(where);
    default:
      return null;
  }
}

function sqliteError({ code, errcode, errstr }: EngineError, { where }: Place): SignatureError | null {
  if (code !== 'ERR_SQLITE_ERROR' || typeof errcode !== 'number') return null;
  switch (errcode & 0xff) {
    case sqliteCode.BUSY:
    case sqliteCode.LOCKED:
      return new SignatureError(
        'LEDGER_LOCKED',
        `The ledger file ${where} is locked by another process. End that process (a second Node-RED, a database browser, a backup) or choose another file.`,
      );
    case sqliteCode.FULL:
      return full(where);
    case sqliteCode.READONLY:
    case sqliteCode.PERM:
      return readOnly(where);
    case sqliteCode.CANTOPEN:
      return new SignatureError(
        'LEDGER_UNAVAILABLE',
        `The ledger file ${where} cannot be opened. Check that the folder exists and that Node-RED may write to it.`,
      );
    case sqliteCode.NOTADB:
      return notALedger(where);
    case sqliteCode.CORRUPT:
      return damaged(where, String(errstr ?? ''));
    case sqliteCode.IOERR:
      return damagedDisk(where);
    default:
      return null;
  }
}

function pgError({ code, message }: EngineError, { where }: Place): SignatureError | null {
  const text = typeof code === 'string' ? code : '';
  if (['42501', '25006'].includes(text)) {
    return unavailable(`The database user may not write to the ledger at ${where}. Grant it the rights to its schema.`);
  }
  if (text.startsWith('28')) {
    return unavailable(`PostgreSQL at ${where} refused the login. Check user and password of the ledger.`);
  }
  if (text === '3D000') return unavailable(`The database at ${where} does not exist. Create it or correct its name.`);
  if (text === '53100' || text === '54000') return full(where);
  if (text === '55P03' || text === '40P01' || text === '40001') {
    return new SignatureError('LEDGER_LOCKED', `The ledger at ${where} is busy with other work. Try again.`);
  }
  if (text.startsWith('XX')) return damaged(where, 'the server reports an internal error');
  if (text.startsWith('08') || text.startsWith('53') || text.startsWith('57') || text.startsWith('E')) {
    return unavailable(`PostgreSQL at ${where} cannot be reached (${text}). Check host, port, network and server.`);
  }
  if (/certificate|self.signed|SSL|TLS/i.test(text) || /SSL|certificate/i.test(String(message ?? ''))) {
    return unavailable(
      `The encrypted connection to PostgreSQL at ${where} failed. Give the server's CA certificate, or check that the server offers TLS.`,
    );
  }
  if (/Connection terminated|timeout|not queryable/i.test(String(message ?? ''))) {
    return unavailable(`The connection to PostgreSQL at ${where} was lost. Check network and server.`);
  }
  return null;
}

const unavailable = (message: string) => new SignatureError('LEDGER_UNAVAILABLE', message);

const full = (where: string) =>
  new SignatureError(
    'LEDGER_FULL',
    `There is no space left for the ledger at ${where}. Free disk space; nothing was lost, what was refused can be repeated.`,
  );

const readOnly = (where: string) =>
  unavailable(`The ledger file ${where} or its folder is read-only. Let Node-RED write to the file and its folder.`);

const damagedDisk = (where: string) =>
  unavailable(`Reading or writing the ledger file ${where} failed. Check the disk, then start again.`);

/** The file is no SQLite database, or one of another program. */
export const notALedger = (where: string) =>
  new SignatureError(
    'LEDGER_DAMAGED',
    `The file ${where} is not a ledger. It was not touched. Choose another file, or move this one away.`,
    { field: 'file' },
  );

export const damaged = (where: string, detail: string) =>
  new SignatureError(
    'LEDGER_DAMAGED',
    `The ledger at ${where} is damaged${detail ? ` (${detail})` : ''}. It was not changed. Restore a backup, or move the file away and start with an empty ledger.`,
    { field: 'file' },
  );

/** Damage in a file that is open: what does not touch it still works. */
export const damagedAtWork = (where: string, detail: string) =>
  new SignatureError(
    'LEDGER_DAMAGED',
    `The ledger at ${where} is damaged${detail ? ` (${detail})` : ''}. What does not need the damaged part goes on. Stop Node-RED soon, put the file away and restore the last backup; "core-signature-ledger verify" says more.`,
    { field: 'file' },
  );

export const tooNew = (where: string, found: number, known: number) =>
  new SignatureError(
    'LEDGER_INCOMPATIBLE',
    `The ledger at ${where} was written by a newer version of this package (schema ${found}, this version knows ${known}). It was not touched. Install the newer version, or choose another ledger.`,
    { field: 'file' },
  );

/** The ledger was closed, or its engine stopped. */
export const closed = (where: string) => unavailable(`The ledger at ${where} is closed.`);
