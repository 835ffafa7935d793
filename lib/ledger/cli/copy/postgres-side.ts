import type { PoolClient } from 'pg';
import { SignatureError } from '../../../errors';
import type { PostgresOptions } from '../../options';
import { makePool } from '../../postgres-pool';
import { prepareSchema } from '../../postgres-schema';
import { type Cell, cell } from '../../sql';
import { nameOf } from '../existing';
import { type Side, saying } from './side';
import type { Table } from './tables';

const lockPatience = '10s';

/** A transaction on a connection of its own. */
async function begin(place: PostgresOptions, isolation: string, prepare = false): Promise<Side> {
  const pool = makePool({ ...place, poolSize: 1 });
  let client: PoolClient | undefined;
  try {
    if (prepare) await prepareSchema(pool, place.schema, nameOf(place));
    client = await pool.connect();
    await client.query(`begin isolation level ${isolation}`);
    await client.query(`set local search_path to "${place.schema}"`);
    await client.query(`set local lock_timeout to '${lockPatience}'`);
  } catch (thrown) {
    client?.release();
    await pool.end();
    throw thrown;
  }
  const connected = client;
  return {
    place,
    query: <R extends object>(text: string, params: readonly Cell[] = []): Promise<R[]> =>
      saying(place, async () => (await connected.query(text, params.map(cell))).rows as R[]),
    commit: async () => void (await connected.query('commit')),
    async close() {
      // Nothing is left to roll back after a commit, and nothing can be when the connection is lost.
      await connected.query('rollback').catch(() => undefined);
      connected.release();
      await pool.end();
    },
  };
}

/** Reads one moment of a schema while others go on working with it. */
export const readPostgres = (place: PostgresOptions): Promise<Side> => begin(place, 'repeatable read, read only');

/**
 * Reads a schema into which nobody may write meanwhile.
 *
 * @returns null when a runtime is connected to it
 */
export async function readPostgresAlone(place: PostgresOptions, tables: readonly Table[]): Promise<Side | null> {
  // Asked before anything is locked, so that a runtime at work is not held up.
  const look = await readPostgres(place);
  const inUse = await isInUse(look, place).finally(() => look.close());
  if (inUse) return null;
  const side = await begin(place, 'repeatable read');
  try {
    // Locked before anything is read: the moment that is read is that of the first query.
    await lock(side, tables, 'share');
    if (!(await isInUse(side, place))) return side;
    await side.close();
    return null;
  } catch (thrown) {
    await side.close();
    throw thrown;
  }
}

const lock = (side: Side, tables: readonly Table[], mode: 'share' | 'exclusive') =>
  side.query(`lock table ${tables.map(({ name }) => name).join(', ')} in ${mode} mode`);

/** Every runtime listens for hints on a connection of its own, which shows in the list of sessions. */
async function isInUse({ query }: Side, { schema }: PostgresOptions): Promise<boolean> {
  const channel = `ledger_${schema}`.slice(0, 63);
  const found = await query(
    `select 1 from pg_stat_activity where datname = current_database() and lower(query) = lower($1) and pid <> pg_backend_pid()`,
    [`listen "${channel}"`],
  );
  return found.length > 0;
}

/**
 * Writes into a schema, which is made when there is none. Nobody else can write into it until it is closed.
 *
 * @throws SignatureError `LEDGER_LOCKED` when a runtime is connected to it
 */
export async function writePostgres(place: PostgresOptions, tables: readonly Table[]): Promise<Side> {
  const side = await begin(place, 'read committed', true);
  try {
    if (await isInUse(side, place)) {
      throw new SignatureError(
        'LEDGER_LOCKED',
        `A Node-RED is connected to the target ${nameOf(place)}. Stop it, or choose another target.`,
      );
    }
    await lock(side, tables, 'exclusive');
    return side;
  } catch (thrown) {
    await side.close();
    throw thrown;
  }
}
