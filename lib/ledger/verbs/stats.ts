import type { Tx } from '../sql';
import type { EpochMs, LedgerStats } from '../types';
import { givenUp } from './faults';
import { runningCounter } from './ladder-rows';
import { openCounter } from './settle';

/** Sizes of the work lists, for the status of the ledger and for operators. */
export async function stats(tx: Tx, _input: Record<string, never>): Promise<LedgerStats> {
  const number = async (text: string): Promise<number> => {
    const [row] = await tx.query<{ n: number | null }>(text);
    return row?.n ?? 0;
  };
  const inState = (table: string, state: string) =>
    number(`select count(*) as n from ${table} where state = '${state}'`);
  const counted = (name: string) => number(`select cast(sum(n) as bigint) as n from counters where name = '${name}'`);
  const [oldest] = await tx.query<{ due: EpochMs | null }>(
    `select min(due) as due from timers where state = 'pending' and clock = ''`,
  );
  return {
    envelopes: {
      open: await number(`select count(*) as n from envelopes where terminal = 0 and status <> ''`),
      total: await number('select count(*) as n from envelopes'),
    },
    waits: { open: await counted(openCounter) },
    ladders: { running: await counted(runningCounter), paused: await inState('ladders', 'paused') },
    timers: {
      pending: await inState('timers', 'pending'),
      claimed: await inState('timers', 'claimed'),
      dead: await inState('timers', 'dead'),
      oldestDue: oldest?.due ?? null,
    },
    deliveries: {
      pending: await inState('deliveries', 'pending'),
      claimed: await inState('deliveries', 'claimed'),
      dead: await inState('deliveries', 'dead'),
    },
    operations: {
      running: await inState('operations', 'running'),
      waiting: await inState('operations', 'waiting'),
      failed: await number(`select count(*) as n from operations where ${givenUp}`),
    },
  };
}
