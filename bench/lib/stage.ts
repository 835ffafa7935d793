import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { anyPort } from '../../scripts/lib/ports';
import { type Runtime, type RuntimeOptions, startRuntime } from '../../scripts/lib/runtime';

export const root = path.resolve(__dirname, '..', '..');

/** A folder for the work of one measurement, removed in the end. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'core-signature-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface StageOptions extends Partial<Omit<RuntimeOptions, 'port' | 'userDir'>> {
  /** Node-RED alone, without this package. */
  bare?: boolean;
  service?: string;
}

/** Starts a Node-RED in a folder, which may be one that a Node-RED ran in before. */
export async function startNodeRed(
  userDir: string,
  { bare = false, service = '', env, ...options }: StageOptions,
): Promise<Runtime & { startedMs: number }> {
  const port = await anyPort();
  const empty = path.join(userDir, 'nothing');
  if (bare) {
    mkdirSync(empty, { recursive: true });
    writeFileSync(
      path.join(empty, 'package.json'),
      '{"name":"@signature-flows/node-red-core-signature","version":"0.0.0"}',
    );
  }
  const began = performance.now();
  const runtime = await startRuntime({
    ...options,
    userDir,
    port,
    ...(bare && { packageFolder: empty }),
    env: { CORE_SIGNATURE_SANDBOX_URL: service, CORE_SIGNATURE_PUBLIC_URL: `http://127.0.0.1:${port}`, ...env },
  });
  return { ...runtime, startedMs: performance.now() - began };
}

/** Memory that a process holds, in MB (Linux). */
export function memoryMb(pid: number | undefined): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

/** CPU time that a process has used so far with all its threads, in milliseconds (Linux). */
export function cpuMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  // Clock ticks of user and system time, 100 a second on every Linux.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
