import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { anyPort } from '../lib/ports';
import { type Runtime, startRuntime } from '../lib/runtime';
import { type Sandbox, startSandbox } from '../lib/sandbox';

const root = path.resolve(__dirname, '..', '..');
const began = performance.now();

/** Whole milliseconds since the demo began, in seconds. */
export const seconds = (): number => Number(((performance.now() - began) / 1000).toFixed(1));

/** One line of the timeline. */
export const say = (what: string): void => console.log(`${seconds().toFixed(1).padStart(6)} s  ${what}`);

/** A sandbox and a Node-RED with example flows, in a folder that goes with the demo. */
export interface Stage {
  sandbox: Sandbox;
  runtime: Runtime;
  /** Starts Node-RED again after it was killed. */
  boot(): Promise<void>;
  /** Posts the sample contract to an HTTP endpoint of the flow; what it answered. */
  post(endpoint: string, query: [string, string][]): Promise<{ envelope: string; status: string }>;
  /** Lines that the flow has written to a file of its user directory. */
  lines<T>(file: string): T[];
  advance(by: string): Promise<void>;
  faults(faults: object): Promise<void>;
}

/** Runs a demo on a stage of its own, shows what the processes said if it fails, and clears up. */
export async function onStage(example: string, play: (stage: Stage) => Promise<boolean>): Promise<boolean> {
  const folder = mkdtempSync(path.join(tmpdir(), 'core-signature-demo-'));
  const userDir = path.join(folder, 'node-red');
  const sandbox = await startSandbox({ port: await anyPort(), data: path.join(folder, 'sandbox') });
  const port = await anyPort();
  const boot = (): Promise<Runtime> =>
    startRuntime({
      userDir,
      port,
      flows: JSON.parse(readFileSync(path.join(root, 'examples', `${example}.json`), 'utf8')),
      env: { CORE_SIGNATURE_SANDBOX_URL: sandbox.url, CORE_SIGNATURE_PUBLIC_URL: `http://127.0.0.1:${port}` },
    });
  const tell = (path: string, method: string, body: object): Promise<unknown> =>
    fetch(`${sandbox.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const stage: Stage = {
    sandbox,
    runtime: await boot(),
    async boot() {
      stage.runtime = await boot();
    },
    async post(endpoint, query) {
      const answer = await fetch(`${stage.runtime.url}${endpoint}?${new URLSearchParams(query)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/pdf' },
        body: readFileSync(path.join(root, 'examples', 'documents', 'contract.pdf')),
        signal: AbortSignal.timeout(30_000),
      });
      const accepted = (await answer.json()) as { envelope: string; status: string };
      if (answer.status !== 202) throw new Error(`the flow answered ${answer.status}: ${JSON.stringify(accepted)}`);
      return accepted;
    },
    lines(file) {
      const whole = path.join(userDir, file);
      if (!existsSync(whole)) return [];
      const lines = readFileSync(whole, 'utf8').split('\n');
      return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
    },
    advance: (by) => tell('/sandbox/clock', 'POST', { advance: by }) as Promise<void>,
    faults: (faults) => tell('/sandbox/faults', 'PUT', faults) as Promise<void>,
  };
  try {
    say('Node-RED and the sandbox are up');
    return await play(stage);
  } catch (thrown) {
    console.error(
      `Node-RED said:\n${stage.runtime.log().slice(-3000)}\nThe sandbox said:\n${sandbox.log().slice(-1500)}`,
    );
    throw thrown;
  } finally {
    await Promise.all([stage.runtime.end(), sandbox.end()]);
    rmSync(folder, { recursive: true, force: true });
  }
}
