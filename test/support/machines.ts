import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { anyPort } from '../../scripts/lib/ports';
import { type Runtime, startRuntime } from '../../scripts/lib/runtime';
import { type Balancer, startBalancer } from './balancer';
import { type FlowNode, ledgerNode, tab } from './flows';
import { type House, openHouse, until } from './house';
import { askPostgres, startPostgres, type TestPostgres } from './postgres';
import { openPostgresDoor, type PostgresDoor } from './postgres-door';

/** One of several Node-RED processes that share a ledger. */
export interface Machine {
  readonly name: string;
  runtime: Runtime;
  /** Starts it again after it was ended or killed. */
  boot(): Promise<void>;
  /** Replaces its flows. */
  deploy(flows: FlowNode[]): Promise<void>;
  /** Lines that its flows have written into a file. */
  lines<T>(file: string): T[];
}

/** Several runtimes with one PostgreSQL ledger behind one address, and a sandbox that calls that address. */
export interface Machines {
  house: House;
  all: Machine[];
  balancer: Balancer;
  postgres: TestPostgres;
  door: PostgresDoor;
  /** Asks the database past the ledger. */
  query<T extends object>(sql: string): Promise<T[]>;
  close(): Promise<void>;
}

export interface MachinesOptions {
  name: string;
  /** One per machine: how far its clock is wrong, in milliseconds. */
  clocks: number[];
  /** More for the settings file of each. */
  settings?: Record<string, unknown>;
  /** The flows of the machine with that number, without tab and ledger. */
  flows(machine: number): FlowNode[];
}

const wrongClock = path.join(__dirname, 'wrong-clock.cjs');

/** The ledger node of all flows here. */
export const sharedLedger = 'shared ledger';

/** Starts all of it; close it in `after`. */
export async function openMachines({ name, clocks, settings, flows }: MachinesOptions): Promise<Machines> {
  const [postgres, balancer] = await Promise.all([startPostgres(), startBalancer()]);
  const door = await openPostgresDoor(postgres.connection.port);
  const { host, database, user, password } = postgres.connection;
  const ledger = ledgerNode(
    { engine: 'postgres', host, port: String(door.port), database, user, tls: 'off', credentials: { password } },
    sharedLedger,
  );
  const envOf = (wrongBy: number): Record<string, string> => ({
    CORE_SIGNATURE_PUBLIC_URL: balancer.url,
    ...(wrongBy !== 0 && { NODE_OPTIONS: `--require ${wrongClock}`, CLOCK_WRONG_BY_MS: String(wrongBy) }),
  });
  const house = await openHouse({ name, settings, env: envOf(clocks[0] ?? 0), flows: [tab()] });

  const machine = async (wrongBy: number, index: number): Promise<Machine> => {
    const port = await anyPort();
    const userDir = path.join(house.folder, `machine-${index}`);
    const env = { ...envOf(wrongBy), CORE_SIGNATURE_SANDBOX_URL: house.sandbox.url };
    const start = (): Promise<Runtime> =>
      startRuntime({ node: process.env.RUNTIME_NODE, userDir, port, env, settings, flows: [tab()] });
    return prepared({ name: `machine ${index}`, runtime: await start() }, start, [tab(), ledger, ...flows(index)]);
  };
  const first = prepared({ name: 'machine 0', runtime: house.runtime }, async () => {
    await house.boot();
    return house.runtime;
  }, [tab(), ledger, ...flows(0)]);
  const all = await Promise.all([first, ...clocks.slice(1).map((wrongBy, index) => machine(wrongBy, index + 1))]);
  balancer.targets = all.map(({ runtime }) => runtime.url);

  return {
    house,
    all,
    balancer,
    postgres,
    door,
    query: (sql) => askPostgres(postgres.connection, sql),
    async close() {
      await Promise.all([...all.slice(1).map(({ runtime }) => runtime.end()), house.close()]);
      await Promise.all([balancer.close(), door.close()]);
      await postgres.stop();
    },
  };
}

async function prepared(
  { name, runtime }: { name: string; runtime: Runtime },
  start: () => Promise<Runtime>,
  flows: FlowNode[],
): Promise<Machine> {
  const machine: Machine = {
    name,
    runtime,
    async boot() {
      machine.runtime = await start();
    },
    async deploy(wanted) {
      const answer = await fetch(`${machine.runtime.url}/flows`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': 'full' },
        body: JSON.stringify(wanted),
      });
      if (!answer.ok) throw new Error(`${name} refused its flows: ${answer.status} ${await answer.text()}`);
      const { log } = machine.runtime;
      await until('the flows to start', () => (log().match(/Started flows/g)?.length ?? 0) > 1, {
        child: machine.runtime,
      });
    },
    lines(file) {
      const whole = path.join(machine.runtime.userDir, file);
      if (!existsSync(whole)) return [];
      return readFileSync(whole, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    },
  };
  await machine.deploy(flows);
  return machine;
}
