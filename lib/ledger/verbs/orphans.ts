import { Bind, type Tx } from '../sql';
import type { Orphan } from '../types';
import { nodeScope } from './counters';
import { dropLadderMessage } from './deliveries';
import { ladderTimerKind, notOver, runningCounter } from './ladder-rows';
import { openCounter } from './settle';

/**
 * Work of nodes the caller does not list. Give the nodes of every runtime that shares the ledger.
 */
export async function orphans(tx: Tx, input: { nodes: string[] }): Promise<Orphan[]> {
  const known = new Set(input.nodes);
  const found = new Map<string, Orphan>();
  const add = (node: string, what: Exclude<keyof Orphan, 'node'>, n: number) => {
    if (node === '' || n <= 0 || known.has(node)) return;
    const orphan = found.get(node) ?? { node, waits: 0, timers: 0, deliveries: 0, operations: 0 };
    orphan[what] = (orphan[what] ?? 0) + n;
    found.set(node, orphan);
  };
  const scope = nodeScope('');
  const counted = await tx.query<{ scope: string; name: string; total: number }>(
    `select scope, name, cast(sum(n) as bigint) as total from counters where name in ($1, $2) group by scope, name`,
    [openCounter, runningCounter],
  );
  for (const row of counted) {
    const what = row.name === openCounter ? 'waits' : 'ladders';
    if (row.scope.startsWith(scope)) add(row.scope.slice(scope.length), what, row.total);
  }
  for (const { what, where } of [
    {
      what: 'timers',
      where: `state in ('pending', 'claimed', 'dead') and node <> '' and kind not in ('wait', 'ladder')`,
    },
    { what: 'ladders', where: `state in ('paused', 'exhausted') and ${notOver}` },
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
 * @returns how many waits and ladders changed hands
 */
export async function rebind(tx: Tx, input: { from: string; to: string }): Promise<number> {
  if (input.from === input.to) return 0;
  const moved = await tx.query(`update waits set node = $2 where node = $1 and state = 'waiting' returning id`, [
    input.from,
    input.to,
  ]);
  const ladders = await tx.query<{ state: string }>(
    `update ladders set node = $2 where node = $1 and ${notOver} returning state`,
    [input.from, input.to],
  );
  await tx.query(`update timers set node = $2 where node = $1 and state in ('pending', 'claimed', 'dead')`, [
    input.from,
    input.to,
  ]);
  await tx.query('update deliveries set node = $2 where node = $1', [input.from, input.to]);
  await tx.query(`update operations set node = $2 where node = $1 and state <> 'done'`, [input.from, input.to]);
  tx.count(nodeScope(input.from), openCounter, -moved.length);
  tx.count(nodeScope(input.to), openCounter, moved.length);
  const running = ladders.filter(({ state }) => state === 'running').length;
  tx.count(nodeScope(input.from), runningCounter, -running);
  tx.count(nodeScope(input.to), runningCounter, running);
  tx.changed();
  return moved.length + ladders.length;
}

/**
 * Drops the outbox, ladders, timers and unfinished operations of a node that is gone. Its waits are dropped with `cancelWaits`.
 *
 * @returns how many rows were dropped
 */
export async function dropNode(tx: Tx, input: { node: string }): Promise<number> {
  const bind = new Bind();
  const node = bind.one(input.node);
  const deliveries = await tx.query<{ wait_id: string; ladder_id: string }>(
    `delete from deliveries where node = ${node} returning wait_id, ladder_id`,
    bind.values,
  );
  for (const { wait_id, ladder_id } of deliveries) {
    if (wait_id !== '') await tx.query(`update waits set message = '' where id = $1`, [wait_id]);
    if (ladder_id !== '') await dropLadderMessage(tx, ladder_id);
  }
  const ladders = await dropLadders(tx, input.node);
  const timers = await tx.query<{ kind: string }>(
    `update timers set state = 'cancelled', rev = rev + 1, owner = '', lease = 0, updated_at = $2
     where node = $1 and kind <> 'wait' and state in ('pending', 'claimed', 'dead') returning kind`,
    [input.node, tx.now],
  );
  const operations = await tx.query(
    `update operations set state = 'failed', due = null, owner = '', lease = 0, rev = rev + 1, message = '',
       error = $2, updated_at = $3 where node = $1 and state in ('running', 'waiting') returning id`,
    [input.node, JSON.stringify({ code: 'BAD_CONFIG', message: 'The node was removed.' }), tx.now],
  );
  // The timer of a ladder is part of it.
  const others = timers.filter(({ kind }) => kind !== ladderTimerKind);
  return deliveries.length + ladders + others.length + operations.length;
}

async function dropLadders(tx: Tx, node: string): Promise<number> {
  // Locked first, because only those that are running then are counted.
  const rows = await tx.query<{ id: string; state: string }>(
    `update ladders set rev = rev where node = $1 and ${notOver} returning id, state`,
    [node],
  );
  const bind = new Bind();
  await tx.query(
    `update ladders set state = 'stopped', reason = 'the node was removed', next_id = '', next_at = null, message = '',
       rev = rev + 1, closed_at = ${bind.one(tx.now)} where id in ${bind.list(rows.map(({ id }) => id))}`,
    bind.values,
  );
  tx.count(nodeScope(node), runningCounter, -rows.filter(({ state }) => state === 'running').length);
  return rows.length;
}
