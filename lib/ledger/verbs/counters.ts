import type { Tx } from '../sql';

/** Counter rows per counter: parallel transactions on PostgreSQL rarely meet on the same one. */
const shards = 8;

export interface Delta {
  scope: string;
  name: string;
  by: number;
}

/** Scope of the counters of the ledger itself, of an account and of a node. */
export const ledgerScope = 'ledger';
export const accountScope = (account: string): string => `account:${account}`;
export const nodeScope = (node: string): string => `node:${node}`;

/**
 * Writes the collected deltas of a transaction, in a fixed order. Called by the drivers just before the commit.
 *
 * @param writers how many transactions may write at the same time: one, or many
 */
export async function writeCounters(
  query: Tx['query'],
  deltas: readonly Delta[],
  writers: 'one' | 'many',
): Promise<void> {
  const sums = new Map<string, Delta>();
  for (const delta of deltas) {
    const key = JSON.stringify([delta.scope, delta.name]);
    sums.set(key, { ...delta, by: (sums.get(key)?.by ?? 0) + delta.by });
  }
  const shard = writers === 'one' ? 0 : Math.floor(Math.random() * shards);
  for (const [, sum] of [...sums].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (sum.by === 0) continue;
    await query(
      `insert into counters(scope, name, shard, n) values($1, $2, $3, $4)
       on conflict(scope, name, shard) do update set n = counters.n + excluded.n`,
      [sum.scope, sum.name, shard, sum.by],
    );
  }
}

/** Adds to a counter of an account, for example `forged`. */
export async function count(tx: Tx, input: { account: string; name: string; by?: number }): Promise<void> {
  tx.count(accountScope(input.account), input.name, input.by ?? 1);
}

/**
 * The counters of an account. The ledger itself counts `accepted`, `duplicate`, `confirmed`, `reconciled` (confirmed
 * without a hint before), `unconfirmed`, `foreign`, `late` (an event after the timeout) and `dead`.
 */
export async function counters(tx: Tx, input: { account: string }): Promise<Record<string, number>> {
  const rows = await tx.query<{ name: string; total: number }>(
    'select name, cast(sum(n) as bigint) as total from counters where scope = $1 group by name order by name',
    [accountScope(input.account)],
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.total]));
}
