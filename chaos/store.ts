import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { type Ledger, openLedger } from '../dist/lib/ledger/ledger';
import { askPostgres, startPostgres, type TestPostgres } from '../test/support/postgres';

/** Ends what was begun. */
type Undo = () => Promise<void>;

/** Where the ledger is, and how it is broken. */
export interface Store {
  postgres?: TestPostgres['connection'];
  /** For the environment of a runtime. */
  env: Record<string, string>;
  /** Makes the ledger and what breaks it. */
  prepare(): Promise<void>;
  /** Nobody can work with it. */
  away(): Promise<Undo>;
  /** No space is left for it. */
  full(): Promise<Undo>;
  /** All is well again, whatever happened before. */
  mend(): Promise<void>;
  /** A look at it from outside; close it. */
  open(): Promise<Ledger>;
  /** What `core-signature-ledger verify` says. */
  verify(): Promise<{ intact: boolean }>;
  close(): Promise<void>;
}

const command = path.resolve(__dirname, '..', 'bin', 'core-signature-ledger.js');
const nothing: Undo = async () => undefined;

async function verify(args: string[], env: Record<string, string> = {}): Promise<{ intact: boolean }> {
  const run = promisify(execFile)(process.execPath, [command, 'verify', '--json', ...args], {
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  // Exit status 2 says that it is not sound; the answer says it too.
  const { stdout } = await run.catch((failure: { stdout: string }) => failure);
  return JSON.parse(stdout) as { intact: boolean };
}

/** The embedded ledger of a runtime. */
export function fileStore(file: string): Store {
  const flag = `${file}.full`;
  const preload = path.join(__dirname, 'full-disk.cjs');
  return {
    env: { NODE_OPTIONS: `--require ${JSON.stringify(preload)}`, CHAOS_FULL_DISK: flag },
    prepare: nothing,
    async away() {
      if (!existsSync(file)) return nothing;
      const other = new DatabaseSync(file);
      try {
        other.exec('pragma busy_timeout = 1000; begin immediate');
      } catch {
        other.close();
        return nothing;
      }
      return async () => other.close();
    },
    async full() {
      writeFileSync(flag, '');
      return async () => rmSync(flag, { force: true });
    },
    mend: async () => rmSync(flag, { force: true }),
    open: () => openLedger({ engine: 'sqlite', file }),
    verify: () => verify(['--file', file]),
    close: nothing,
  };
}

const schema = 'core_signature';
const growing = ['deliveries', 'operations', 'events', 'timers', 'waits', 'ladders', 'audit', 'envelopes'];

/** A PostgreSQL server of our own. */
export async function serverStore(): Promise<Store> {
  const server = await startPostgres({ max_connections: '80' });
  const { connection } = server;
  const run = async (sql: string): Promise<void> => void (await askPostgres(connection, sql));
  const options = { engine: 'postgres' as const, schema, connection: { ...connection, ssl: false } };
  let users = 0;
  let down = Promise.resolve();
  return {
    postgres: connection,
    env: {},
    // What a server without space says, said by a trigger: no file system has to be filled for it.
    async prepare() {
      await (await openLedger(options)).close();
      await run(`
        create schema chaos;
        create table chaos.disk(is_full boolean not null);
        insert into chaos.disk values (false);
        create function chaos.refuse() returns trigger language plpgsql as $$
          begin
            if (select is_full from chaos.disk) then
              raise exception 'could not extend file: No space left on device' using errcode = '53100';
            end if;
            return null;
          end $$;
        ${growing
          .map(
            (table) =>
              `create trigger chaos_disk before insert on ${schema}.${table} for each statement execute function chaos.refuse();`,
          )
          .join('\n')}`);
    },
    async away() {
      users += 1;
      if (users === 1) down = down.then(() => server.crash());
      await down;
      return async () => {
        users -= 1;
        if (users === 0) down = down.then(() => server.start());
        await down;
      };
    },
    async full() {
      // A server that is down at the moment cannot be filled.
      await run('update chaos.disk set is_full = true').catch(() => undefined);
      return async () => {
        await down;
        await run('update chaos.disk set is_full = false').catch(() => undefined);
      };
    },
    mend: () => run('update chaos.disk set is_full = false'),
    open: () => openLedger(options),
    verify: () => {
      const { host, port, database, user, password } = connection;
      const url = `postgres://${user}@${host}:${port}/${database}`;
      return verify(['--postgres', url, '--schema', schema, '--tls', 'off'], { PGPASSWORD: password });
    },
    close: () => server.stop(),
  };
}
