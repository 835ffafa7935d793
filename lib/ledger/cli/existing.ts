import { existsSync } from 'node:fs';
import { SignatureError } from '../../errors';
import { ledgerError, tooNew } from '../errors';
import { type Ledger, openLedger } from '../ledger';
import { migrations, newestVersion } from '../migrations';
import type { PostgresOptions } from '../options';
import { makePool } from '../postgres-pool';
import { inspectFile } from '../sqlite-file';
import { notFound } from './exit-codes';
import type { Place } from './place';

/** How a place is called in messages: never with a user name or password. */
export function nameOf(place: Place): string {
  if (place.engine === 'sqlite') return place.file;
  const { host, port, database } = place.connection;
  return `${host}:${port}/${database} (${place.schema})`;
}

/**
 * Opens a ledger that is there. A runtime would make a missing one and bring an older one up to date; a command must not
 * do that by the way.
 *
 * @throws Stop `notFound` when there is none, SignatureError `LEDGER_*`
 */
export async function openExisting(place: Place): Promise<Ledger> {
  await checkExisting(place);
  return openLedger(place);
}

/** Throws unless there is a ledger of the present version. Looks without changing anything. */
export async function checkExisting(place: Place): Promise<void> {
  const where = nameOf(place);
  const version = await versionAt(place, where);
  if (version === null) throw notFound(`There is no ledger at ${where}. Check the path or the connection.`);
  const newest = newestVersion(migrations);
  if (version > newest) throw tooNew(where, version, newest);
  if (version < newest) {
    throw new SignatureError(
      'LEDGER_INCOMPATIBLE',
      `The ledger at ${where} was written by an older version of this package (schema ${version}, this version has ${newest}). Start Node-RED with this version once: it brings the ledger up to date.`,
    );
  }
}

async function versionAt(place: Place, where: string): Promise<number | null> {
  try {
    if (place.engine === 'postgres') return await versionOnServer(place);
    return existsSync(place.file) ? inspectFile(place.file, migrations, place.readWholeUpTo) : null;
  } catch (thrown) {
    throw ledgerError(thrown, { engine: place.engine, where });
  }
}

async function versionOnServer(place: PostgresOptions): Promise<number | null> {
  const pool = makePool(place);
  try {
    const table = `"${place.schema}".ledger_version`;
    const { rows } = await pool.query<{ found: boolean }>('select to_regclass($1) is not null as found', [table]);
    if (rows[0]?.found !== true) return null;
    const versions = await pool.query<{ version: number }>(`select version from ${table}`);
    return versions.rows[0]?.version ?? null;
  } finally {
    await pool.end();
  }
}
