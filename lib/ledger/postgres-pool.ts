import { type ClientConfig, Pool, types } from 'pg';
import type { PostgresOptions } from './options';

const int8 = 20;

/** `bigint` columns hold times and counts, all far below 2^53. */
const parsers: ClientConfig['types'] = {
  getTypeParser: (oid, format) => {
    if (oid === int8 && format !== 'binary') return Number;
    return types.getTypeParser(oid, format as 'text');
  },
};

/** How to connect, for the pool and for the connection that listens. */
export const clientConfig = (options: PostgresOptions): ClientConfig => ({
  ...options.connection,
  types: parsers,
  keepAlive: true,
  connectionTimeoutMillis: 10_000,
  application_name: 'node-red-core-signature',
});

/** The connections of this runtime. */
export function makePool(options: PostgresOptions): Pool {
  const pool = new Pool({ ...clientConfig(options), max: options.poolSize, idleTimeoutMillis: 30_000 });
  // A connection that breaks while idle is replaced with the next call, which reports a fault if there still is one.
  pool.on('error', () => undefined);
  // One that breaks while it is in use fails the call that uses it; unheard, its event would end the whole process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
