import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { type Ledger, type LedgerOptions, openLedger } from '../../../dist/lib/ledger/ledger';
import type { ApplyTruthInput, ClaimedDelivery, EventFact, OpenWaitInput } from '../../../dist/lib/ledger/types';
import { startPostgres, type TestPostgres } from '../../support/postgres';

/** A place for one ledger that any number of runtimes can open. */
export interface Store {
  readonly options: LedgerOptions;
  /** Opens it with the virtual clock of the store; closed by `clear`. */
  open(): Promise<Ledger>;
  /** The virtual clock. */
  now: number;
  clear(): Promise<void>;
}

let server: Promise<TestPostgres> | undefined;
let schemas = 0;

after(async () => {
  await (await server)?.stop();
});

export const postgresServer = (): Promise<TestPostgres> => {
  server ??= startPostgres();
  return server;
};

async function makeStore(engine: 'sqlite' | 'postgres'): Promise<Store> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ledger-'));
  const open: Ledger[] = [];
  schemas += 1;
  const store: Store = {
    now: Date.UTC(2026, 0, 1),
    options:
      engine === 'sqlite'
        ? { engine, file: path.join(folder, 'ledger.sqlite'), clock: () => store.now }
        : {
            engine,
            connection: (await postgresServer()).connection,
            schema: `test_${schemas}`,
            clock: () => store.now,
          },
    async open() {
      const ledger = await openLedger(store.options);
      open.push(ledger);
      return ledger;
    },
    async clear() {
      await Promise.all(open.map((ledger) => ledger.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return store;
}

/** Defines the same tests for both engines; `store()` is a fresh place per test. */
export function onBothEngines(
  title: string,
  define: (context: { store: () => Store; ledger: () => Ledger; engine: string }) => void,
) {
  for (const engine of ['sqlite', 'postgres'] as const) {
    describe(`${title} (${engine})`, function () {
      this.timeout(60_000);
      let store: Store;
      let ledger: Ledger;
      beforeEach(async () => {
        store = await makeStore(engine);
        ledger = await store.open();
      });
      afterEach(() => store.clear());
      define({ store: () => store, ledger: () => ledger, engine });
    });
  }
}

export const account = 'acc';
export const node = 'node1';
export const lanes = [{ clock: '', shift: 0 }];
export const owner = 'host/1/me';

/** Claims and finishes everything in the outbox, in order. */
export async function drain(ledger: Ledger, nodes = [node]): Promise<ClaimedDelivery[]> {
  const out: ClaimedDelivery[] = [];
  for (;;) {
    const batch = await ledger.claimDeliveries({ owner, nodes, leaseMs: 1000, limit: 50 });
    if (batch.length === 0) return out;
    out.push(...batch);
    const answers = await ledger.finishDeliveries(batch.map(({ id, rev }) => ({ id, rev })));
    expect(answers.every((answer) => answer === 'ok')).to.equal(true);
  }
}

/** The statuses of these tests in their order. */
export const ranks = { sent: 1, viewed: 2, partly: 3, signed: 10, declined: 10, expired: 10 } as const;
export type Status = keyof typeof ranks;
export const isTerminal = (status: Status): boolean => ranks[status] === 10;

export const truth = (
  envelope: string,
  status: Status,
  more: Partial<Omit<ApplyTruthInput, 'envelope'>> = {},
): ApplyTruthInput => ({
  account,
  envelope: {
    id: envelope,
    name: `Envelope ${envelope}`,
    status,
    rank: ranks[status],
    terminal: isTerminal(status),
    snapshot: { id: envelope, status },
    dueAt: null,
  },
  events: [],
  origin: 'webhook',
  ...more,
});

export const fact = (dedupe: string, at = 1): EventFact => ({
  dedupe,
  uuid: `u-${dedupe}`,
  type: 'viewed',
  at,
  signer: 's@x.de',
});

export const wait = (id: string, envelope: string, more: Partial<OpenWaitInput> = {}): OpenWaitInput => ({
  id,
  account,
  envelope,
  node,
  statuses: ['signed'],
  reachedBy: ['signed'],
  endedBy: ['declined', 'expired'],
  deadline: null,
  clock: '',
  message: `{"parked":"${id}"}`,
  name: id,
  ...more,
});

/** A small generator of pseudo-random numbers (mulberry32), so that a seed repeats a run. */
export function random(seed: number): {
  next: () => number;
  below: (n: number) => number;
  pick: <T>(list: readonly T[]) => T;
} {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { next, below, pick: (list) => list[below(list.length)]! };
}

export const newSeed = (): number => {
  const seed = Number(process.env.SEED) || Math.floor(Math.random() * 1e9);
  console.log(`      seed ${seed}`);
  return seed;
};
