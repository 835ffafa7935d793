import { Bind, type Tx } from '../sql';
import type { Orphan } from '../types';
import { nodeScope } from './counters';
import { openCounter } from './settle';

/**
 * Work of nodes the caller does not list. Give the nodes of every runtime that shares the ledger.
 */
export async function orphans(tx: Tx, input: { nodes: string[] }): Promise<Orphan[]> {
  const known = new Set(input.nodes);
  const found = new Map<string, Orphan>();
  const add = (node: string, what: 'waits' | 'timers' | 'deliveries' | 'operations', n: number) => {
    if (node === '' || n <= 0 || known.has(node)) return;
    const orphan = found.get(node) ?? { node, waits: 0, timers: 0, deliveries: 0, operations: 0 };
    orphan[what] += n;
    found.set(node, orphan);
  };
  const scope = nodeScope('');
  const counted = await tx.query<{ scope: string; total: number }>(
    `select scope, cast(sum(n) as bigint) as total from counters where name = $1 group by scope`,
    [openCounter],
  );
  for (const row of counted) if (row.scope.startsWith(scope)) add(row.scope.slice(scope.length), 'waits', row.total);
  for (const { what, where } of [
    { what: 'timers', where: `state in ('pending', 'claimed', 'dead') and node <> '' and kind <> 'wait'` },
    { what: 'deliveries', where: `state in ('pending', 'claimed', 'dead')` },
    { what: 'operations', where: `state in ('running', 'waiting')` },
  ] as const) {
    const rows = await tx.query<{ node: string; total: number }>(
      `select node, count(*) as total from ${what} where ${where} group by node`,
    );
    for (const row of rows) add(row.node, what, row.total);
  }
  return [...found.values()].sort((a, b) => (a.node < b.node ? -1 : 1));
}

/**
 * Gives all unfinished work of one node to another node of the same type.
 *
 * @returns how many waits changed hands
 */
export async function rebind(tx: Tx, input: { from: string; to: string }): Promise<number> {
  if (input.from === input.to) return 0;
  const moved = await tx.query(`update waits set node = $2 where node = $1 and state = 'waiting' returning id`, [
    input.from,
    input.to,
  ]);
  await tx.query(`update timers set node = $2 where node = $1 and state in ('pending', 'claimed', 'dead')`, [
    input.from,
    input.to,
  ]);
  await tx.query('update deliveries set node = $2 where node = $1', [input.from, input.to]);
  await tx.query(`update operations set node = $2 where node = $1 and state <> 'done'`, [input.from, input.to]);
  tx.count(nodeScope(input.from), openCounter, -moved.length);
  tx.count(nodeScope(input.to), openCounter, moved.length);
  tx.changed();
  return moved.length;
}

/**
 * Drops the outbox, timers and unfinished operations of a node that is gone. Its waits are dropped with `cancelWaits`.
 *
 * @returns how many rows were dropped
 */
export async function dropNode(tx: Tx, input: { node: string }): Promise<number> {
  const bind = new Bind();
  const node = bind.one(input.node);
  const deliveries = await tx.query<{ wait_id: string }>(
    `delete from deliveries where node = ${node} returning wait_id`,
    bind.values,
  );
  for (const { wait_id } of deliveries) await tx.query(`update waits set message = '' where id = $1`, [wait_id]);
  const timers = await tx.query(
    `update timers set state = 'cancelled', rev = rev + 1, owner = '', lease = 0, updated_at = $2
     where node = $1 and kind <> 'wait' and state in ('pending', 'claimed', 'dead') returning id`,
    [input.node, tx.now],
  );
  const operations = await tx.query(
    `update operations set state = 'failed', due = null, owner = '', lease = 0, rev = rev + 1, message = '',
       error = $2, updated_at = $3 where node = $1 and state in ('running', 'waiting') returning id`,
    [input.node, JSON.stringify({ code: 'BAD_CONFIG', message: 'The node was removed.' }), tx.now],
  );
  return deliveries.length + timers.length + operations.length;
}
