import { Bind, type Tx } from '../sql';
import type { EpochMs, Ladder, LadderStat, ListLaddersInput } from '../types';
import { nodeScope } from './counters';
import { type LadderRow, ladderColumns, notOver, runningCounter, toLadder } from './ladder-rows';

/** One ladder, or null. */
export async function ladder(tx: Tx, input: { id: string }): Promise<Ladder | null> {
  const [row] = await tx.query<LadderRow>(`select ${ladderColumns} from ladders where id = $1`, [input.id]);
  return row === undefined ? null : toLadder(row);
}

/** A page of ladders in the order of their ids. */
export async function listLadders(tx: Tx, input: ListLaddersInput): Promise<Ladder[]> {
  const bind = new Bind();
  const where = ['1 = 1'];
  for (const column of ['account', 'node', 'envelope'] as const) {
    const value = input[column];
    if (value !== undefined) where.push(`${column} = ${bind.one(value)}`);
  }
  if (input.states !== undefined) where.push(`state in ${bind.list(input.states)}`);
  if (input.open === true) where.push(notOver);
  if (input.after !== undefined) where.push(`id > ${bind.one(input.after)}`);
  const rows = await tx.query<LadderRow>(
    `select ${ladderColumns} from ladders where ${where.join(' and ')} order by id limit ${bind.one(input.limit)}`,
    bind.values,
  );
  return rows.map(toLadder);
}

/** Running ladders and the next firing of each node, from counters and the head of an index. */
export async function ladderStats(tx: Tx, input: { nodes: string[] }): Promise<LadderStat[]> {
  const stats: LadderStat[] = [];
  for (const node of input.nodes) {
    const [running] = await tx.query<{ total: number | null }>(
      'select cast(sum(n) as bigint) as total from counters where scope = $1 and name = $2',
      [nodeScope(node), runningCounter],
    );
    const [next] = await tx.query<{ next_at: EpochMs; clock: string }>(
      `select next_at, clock from ladders where state = 'running' and node = $1 order by next_at limit 1`,
      [node],
    );
    stats.push({ node, running: running?.total ?? 0, nextAt: next?.next_at ?? null, clock: next?.clock ?? '' });
  }
  return stats;
}
