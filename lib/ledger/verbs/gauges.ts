import type { Tx } from '../sql';
import type { EpochMs } from '../types';
import { ledgerScope } from './counters';
import { givenUp } from './faults';
import { runningCounter } from './ladder-rows';
import { mark } from './marks';
import { prunedCounters, prunedMark } from './prune';
import { openCounter } from './settle';

/** What a monitoring system asks for every few seconds. */
export interface Gauges {
  /** Counters of all accounts, in the order of account and name; the names are told at `counters`. */
  counters: { account: string; name: string; n: number }[];
  envelopes: { open: number };
  waits: { open: number };
  ladders: { running: number; paused: number };
  timers: { pending: number; claimed: number; dead: number };
  deliveries: { pending: number; claimed: number; dead: number };
  operations: { kind: string; state: 'running' | 'waiting' | 'failed'; n: number }[];
  /** How long the oldest timer of the system clock is due already; 0 when none is. */
  overdueMs: number;
  /** What retention has removed so far, and when it last came to its end; null: never. */
  pruned: { envelopes: number; rows: number; lastAt: EpochMs | null };
}

const accountPrefix = 'account:';

/** Sizes and counters, from counter rows and partial indexes only: the cost does not grow with the history. */
export async function gauges(tx: Tx, _input: Record<string, never>): Promise<Gauges> {
  const counted = await tx.query<{ scope: string; name: string; n: number }>(
    'select scope, name, cast(sum(n) as bigint) as n from counters group by scope, name order by scope, name',
  );
  const sumOf = (name: string) =>
    counted.filter((row) => row.name === name && row.scope.startsWith('node:')).reduce((sum, { n }) => sum + n, 0);
  const ofLedger = (name: string) => counted.find((row) => row.scope === ledgerScope && row.name === name)?.n ?? 0;
  const operations: Gauges['operations'] = [];
  for (const state of ['running', 'waiting', 'failed'] as const) {
    const rows = await tx.query<{ kind: string; n: number }>(
      `select kind, count(*) as n from operations where ${state === 'failed' ? givenUp : `state = '${state}'`}
       group by kind order by kind`,
    );
    operations.push(...rows.map(({ kind, n }) => ({ kind, state, n })));
  }
  return {
    counters: counted
      .filter(({ scope }) => scope.startsWith(accountPrefix))
      .map(({ scope, name, n }) => ({ account: scope.slice(accountPrefix.length), name, n })),
    envelopes: { open: await size(tx, 'envelopes', `terminal = 0 and status <> ''`) },
    waits: { open: sumOf(openCounter) },
    ladders: { running: sumOf(runningCounter), paused: await size(tx, 'ladders', `state = 'paused'`) },
    timers: await inStates(tx, 'timers'),
    deliveries: await inStates(tx, 'deliveries'),
    operations,
    overdueMs: await overdue(tx),
    pruned: {
      envelopes: ofLedger(prunedCounters.envelopes),
      rows: ofLedger(prunedCounters.rows),
      lastAt: await mark(tx, { name: prunedMark }),
    },
  };
}

async function size(tx: Tx, table: string, where: string): Promise<number> {
  const [row] = await tx.query<{ n: number }>(`select count(*) as n from ${table} where ${where}`);
  return row?.n ?? 0;
}

const inStates = async (tx: Tx, table: 'timers' | 'deliveries') => ({
  pending: await size(tx, table, `state = 'pending'`),
  claimed: await size(tx, table, `state = 'claimed'`),
  dead: await size(tx, table, `state = 'dead'`),
});

async function overdue(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ due: EpochMs | null }>(
    `select min(due) as due from timers where state = 'pending' and clock = ''`,
  );
  return Math.max(0, tx.now - (row?.due ?? tx.now));
}
