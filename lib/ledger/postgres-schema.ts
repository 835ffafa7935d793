import type { Pool, PoolClient } from 'pg';
import { SignatureError } from '../errors';
import { tooNew } from './errors';
import { migrations as builtIn, type Migration, newestVersion } from './migrations';

/** Any number, the same for every runtime: one brings the schema up to date, the others wait. */
const migrationLock = 5369674;
const oldestServer = 130_000;

export interface Server {
  /** The server writes to disk before it answers. */
  durable: boolean;
  /** Its default would answer before; every transaction asks for better. */
  asynchronous: boolean;
}

/**
 * Makes the schema and its tables, or brings them up to date.
 *
 * @throws SignatureError `LEDGER_INCOMPATIBLE` when they are of a newer version; nothing is changed then
 */
export async function prepareSchema(
  pool: Pool,
  schema: string,
  where: string,
  migrations: readonly Migration[] = builtIn,
): Promise<Server> {
  const client = await pool.connect();
  try {
    const server = await checkServer(client, where);
    await migrate(client, schema, where, migrations);
    return server;
  } finally {
    client.release();
  }
}

async function checkServer(client: PoolClient, where: string): Promise<Server> {
  const setting = async (name: string): Promise<string> => {
    const { rows } = await client.query<{ value: string }>('select current_setting($1) as value', [name]);
    return rows[0]?.value ?? '';
  };
  if (Number(await setting('server_version_num')) < oldestServer) {
    throw new SignatureError(
      'LEDGER_INCOMPATIBLE',
      `The server at ${where} is PostgreSQL ${await setting('server_version')}; the ledger needs 13 or later.`,
    );
  }
  return {
    durable: (await setting('fsync')) === 'on',
    asynchronous: (await setting('synchronous_commit')) === 'off',
  };
}

async function migrate(
  client: PoolClient,
  schema: string,
  where: string,
  migrations: readonly Migration[],
): Promise<void> {
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    const version = await versionOf(client, schema);
    if (version > newestVersion(migrations)) throw tooNew(where, version, newestVersion(migrations));
    if (version < newestVersion(migrations)) {
      // Only when it is missing: the right to make schemas is not needed otherwise.
      const { rows } = await client.query('select 1 from pg_namespace where nspname = $1', [schema]);
      if (rows.length === 0) await client.query(`create schema "${schema}"`);
      await client.query(`set local search_path to "${schema}"`);
      await client.query('create table if not exists ledger_version(version int not null)');
      for (const step of migrations.filter((candidate) => candidate.version > version)) {
        for (const statement of step.statements) await client.query(statement);
      }
      await client.query('delete from ledger_version');
      await client.query('insert into ledger_version(version) values($1)', [newestVersion(migrations)]);
    }
    await client.query('commit');
  } catch (thrown) {
    await client.query('rollback').catch(() => undefined);
    throw thrown;
  }
}

async function versionOf(client: PoolClient, schema: string): Promise<number> {
  const { rows } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
    `"${schema}".ledger_version`,
  ]);
  if (rows[0]?.found !== true) return 0;
  const { rows: versions } = await client.query<{ version: number }>(`select version from "${schema}".ledger_version`);
  return versions[0]?.version ?? 0;
}
