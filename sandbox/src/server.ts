import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { buildApp } from './app';
import { Clock, parseDuration } from './clock';
import type { Sandbox } from './context';
import { EcmFiles } from './ecm/files';
import { Callbacks } from './events/callbacks';
import { Faults } from './faults';
import { Files } from './files';
import { Jobs } from './jobs';
import { SandboxCa } from './pdf';
import { Push } from './push/push';
import { Recorder } from './record';
import { resume } from './resume';
import { seed } from './seed';
import { Store } from './store';

export interface SandboxOptions {
  /** TCP port; 0 takes a free one. */
  port: number;
  /** Address to listen on; the loopback unless told otherwise. */
  host?: string;
  /** Folder in which everything is kept. */
  data: string;
  /** File to which every exchange is appended as a JSON line. */
  record?: string | undefined;
}

/** A running sandbox. */
export interface RunningSandbox {
  /** Base URL without a slash at the end; the API is below `/api/v1/`. */
  url: string;
  clock: {
    /** Virtual time in milliseconds since 1970. */
    now(): number;
    /** Turns the clock forward by a length of time such as `3d`, `90m`, `P3DT2H` or milliseconds. */
    advance(by: string | number): Promise<void>;
  };
  /** Stops everything and resolves when nothing runs any more; the state stays in the data folder. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox.
 *
 * @throws when the port is taken or the data folder is not writable
 */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const { host = '127.0.0.1' } = options;
  const data = resolve(options.data);
  const sandbox = await assemble(data, options.record);
  await seed(sandbox);

  const reset = async (): Promise<void> => {
    sandbox.clock.reset();
    sandbox.callbacks.reset();
    sandbox.store.clear();
    await sandbox.files.clear();
    sandbox.ecm.clear();
    await seed(sandbox);
  };
  const server = createServer(buildApp(sandbox, reset));
  server.listen(options.port, host);
  await once(server, 'listening').catch((error: unknown) => {
    sandbox.store.close();
    throw error;
  });
  sandbox.baseUrl = baseUrl(server, host);
  resume(sandbox);

  return {
    url: sandbox.baseUrl,
    clock: {
      now: () => sandbox.clock.now(),
      advance: (by) => {
        const duration = parseDuration(by);
        if (duration === undefined) throw new Error(`"${by}" is not a length of time.`);
        return sandbox.clock.advanceTo(sandbox.clock.now() + duration);
      },
    },
    close: () => close(server, sandbox),
  };
}

async function assemble(data: string, record: string | undefined): Promise<Sandbox> {
  const store = new Store(data);
  const jobs = new Jobs();
  const clock = new Clock(store, jobs);
  const sandbox: Sandbox = {
    store,
    jobs,
    clock,
    faults: new Faults(store),
    files: new Files(data, store, clock, () => sandbox.baseUrl),
    callbacks: new Callbacks(() => sandbox),
    recorder: new Recorder(record),
    ca: await SandboxCa.open(resolve(data, 'ca')),
    push: new Push(resolve(data, 'push')),
    ecm: new EcmFiles(resolve(data, 'filed')),
    baseUrl: 'http://127.0.0.1',
  };
  return sandbox;
}

/** The URL under which this machine reaches the server. */
function baseUrl(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function close(server: Server, sandbox: Sandbox): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  sandbox.clock.close();
  await sandbox.jobs.close();
  await closed;
  sandbox.store.close();
}
