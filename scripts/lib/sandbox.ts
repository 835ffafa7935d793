import path from 'node:path';
import { type Child, startChild, until } from './child';

const root = path.resolve(__dirname, '..', '..');

/** A running sandbox process. */
export interface Sandbox extends Child {
  url: string;
}

/** Starts the offline Core Signature as a process of its own. */
export async function startSandbox(options: { port: number; data: string; record?: string }): Promise<Sandbox> {
  const program = path.join(root, 'sandbox', 'bin', 'core-signature-sandbox.js');
  const record = options.record ? ['--record', options.record] : [];
  const args = [program, '--port', String(options.port), '--data', options.data, ...record];
  const child = startChild(process.execPath, args, { cwd: root });
  const url = `http://127.0.0.1:${options.port}`;
  await until('the sandbox to listen', async () => (await fetch(`${url}/sandbox/clock`)).ok, { child });
  return { ...child, url };
}
