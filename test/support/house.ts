import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../../scripts/lib/child';
import { anyPort } from '../../scripts/lib/ports';
import { type Runtime, type RuntimeOptions, startRuntime } from '../../scripts/lib/runtime';
import { type Sandbox, startSandbox } from '../../scripts/lib/sandbox';

export const projectRoot = path.resolve(__dirname, '..', '..');
export const contractPdf = readFileSync(path.join(projectRoot, 'examples', 'documents', 'contract.pdf'));

/** Every exchange that sandboxes of a test run see is kept here, for the contract test at the end. */
export const recordingsFolder = path.join(projectRoot, '.local', 'recordings');

/** A sandbox and a Node-RED process with a folder of their own. */
export interface House {
  sandbox: Sandbox;
  runtime: Runtime;
  folder: string;
  /** Starts Node-RED again after it was ended or killed. */
  boot(): Promise<void>;
  /** Replaces the flows as the editor's Deploy button does. */
  deploy(flows: object[], kind?: 'full' | 'nodes' | 'flows'): Promise<void>;
  /** Lines that a core `file` node of a flow has written into the user directory. */
  lines<T>(file: string): T[];
  /** Moves the sandbox's clock forwards. */
  advance(by: string): Promise<void>;
  /** Sets the sandbox's faults; `{}` for none. */
  faults(faults: object): Promise<void>;
  close(): Promise<void>;
}

export type HouseOptions = Partial<Omit<RuntimeOptions, 'userDir' | 'port'>> & { name?: string };

/** Opens a house; close it in `after`. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const folder = mkdtempSync(path.join(tmpdir(), 'core-signature-test-'));
  mkdirSync(recordingsFolder, { recursive: true });
  const record = path.join(recordingsFolder, `${options.name ?? path.basename(folder)}.jsonl`);
  const sandbox = await startSandbox({ port: await anyPort(), data: path.join(folder, 'sandbox'), record });
  const port = await anyPort();
  const userDir = path.join(folder, 'node-red');
  const { env, ...rest } = options;
  const boot = (): Promise<Runtime> =>
    startRuntime({
      node: process.env.RUNTIME_NODE,
      ...rest,
      userDir,
      port,
      env: { CORE_SIGNATURE_SANDBOX_URL: sandbox.url, CORE_SIGNATURE_PUBLIC_URL: `http://127.0.0.1:${port}`, ...env },
    });
  const post = async (
    url: string,
    body: object,
    headers: Record<string, string> = {},
    method = 'POST',
  ): Promise<void> => {
    const answer = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${await answer.text()}`);
  };
  const house: House = {
    sandbox,
    folder,
    runtime: await boot(),
    async boot() {
      house.runtime = await boot();
    },
    async deploy(flows, kind = 'full') {
      const url = `${house.runtime.url}${rest.settings?.httpAdminRoot ?? ''}/flows`;
      const started = (): number => house.runtime.log().match(/Started (modified )?(flows|nodes)/g)?.length ?? 0;
      const before = started();
      await post(url, flows, { 'Node-RED-Deployment-Type': kind });
      await until('the deployed flows to start', () => started() > before, { child: house.runtime });
    },
    lines(file) {
      const whole = path.join(userDir, file);
      if (!existsSync(whole)) return [];
      return readFileSync(whole, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    },
    advance: (by) => post(`${sandbox.url}/sandbox/clock`, { advance: by }),
    faults: (faults) => post(`${sandbox.url}/sandbox/faults`, faults, {}, 'PUT'),
    async close() {
      await Promise.all([house.runtime.end(), sandbox.end()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return house;
}

export { until };

/** The shipped example flow of that name. */
export const example = (name: string): { id: string; type: string; [key: string]: unknown }[] =>
  JSON.parse(readFileSync(path.join(projectRoot, 'examples', `${name}.json`), 'utf8'));
