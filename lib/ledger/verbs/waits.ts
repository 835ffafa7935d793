import { Bind, fromJson, type Tx, toJson } from '../sql';
import type {
  CancelWaitsInput,
  Claim,
  EpochMs,
  ExpireWaitResult,
  ListWaitsInput,
  OpenWaitInput,
  OpenWaitResult,
  Wait,
  WaitOutcome,
  WaitStat,
  WaitState,
} from '../types';
import { note } from './audit';
import { conclude } from './conclude';
import { nodeScope } from './counters';
import { endOfLine, isUndecided, lockLine, saveEnvelope } from './envelopes';
import {
  closeAsCancelled,
  endOwnHold,
  openCounter,
  outcomeOf,
  settleWait,
  type WaitRow,
  waitColumns,
  waitTimerId,
  waitTimerKind,
} from './settle';
import { finishTimer, setTimer } from './timers';

/**
 * Parks a message until its envelope, or the one that took its place, reaches one of the statuses. The stored status decides at once when it can, in the
 * same transaction and under the same lock as `applyTruth`, so that no status change slips between.
 */
export async function openWait(tx: Tx, input: OpenWaitInput): Promise<OpenWaitResult> {
  const locked = await lockLine(tx, input.account, input.envelope);
  const wait: WaitRow = {
    id: input.id,
    node: input.node,
    cohort: input.group ?? '',
    reached_by: toJson(input.reachedBy),
    ended_by: toJson(input.endedBy),
    state: 'waiting',
    outcome: null,
  };
  const inserted = await tx.query(
    `insert into waits(id, account, envelope, node, name, cohort, clock, statuses, reached_by, ended_by, deadline, state,
       message, opened_at)
     values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting', $12, $13) on conflict(id) do nothing returning id`,
    [
      wait.id,
      locked.account,
      locked.id,
      wait.node,
      input.name,
      wait.cohort,
      input.clock,
      toJson(input.statuses),
      wait.reached_by,
      wait.ended_by,
      input.deadline,
      input.message,
      tx.now,
    ],
  );
  if (inserted.length === 0) return { state: 'repeat', outcome: await storedOutcome(tx, input.id) };
  tx.count(nodeScope(wait.node), openCounter, 1);
  await note(tx, locked, 'wait-opened', { wait: wait.id, node: wait.node, deadline: input.deadline });
  const outcome = isUndecided(locked) ? null : outcomeOf(wait, locked.status);
  const settled = outcome !== null && (await settleWait(tx, locked, wait, outcome));
  if (outcome === null && input.deadline !== null) {
    await setTimer(tx, {
      id: waitTimerId(wait.id),
      kind: waitTimerKind,
      account: locked.account,
      envelope: locked.id,
      node: wait.node,
      ref: wait.id,
      clock: input.clock,
      due: input.deadline,
      data: null,
    });
  }
  await saveEnvelope(tx, locked);
  if (outcome === null) return { state: 'waiting' };
  return settled ? { state: 'settled', outcome } : { state: 'repeat', outcome: null };
}

async function storedOutcome(tx: Tx, id: string): Promise<WaitOutcome | null> {
  const [row] = await tx.query<{ outcome: WaitOutcome | null }>('select outcome from waits where id = $1', [id]);
  return row?.outcome ?? null;
}

/**
 * The deadline of a wait fired: `claim` is its claimed timer. Against a status change there is one winner; when the
 * timeout loses, that is written to the journal. A hold of the wait on its envelope ends with it, and the others learn how
 * the envelope has ended.
 */
export async function expireWait(tx: Tx, input: { claim: Claim }): Promise<ExpireWaitResult> {
  const [where] = await tx.query<{ id: string; account: string; envelope: string }>(
    `select waits.id, waits.account, waits.envelope from timers join waits on waits.id = timers.ref
     where timers.id = $1`,
    [input.claim.id],
  );
  if (where === undefined) return 'stale';
  const locked = await lockLine(tx, where.account, where.envelope);
  const [wait] = await tx.query<WaitRow>(`select ${waitColumns} from waits where id = $1`, [where.id]);
  const mine = (await finishTimer(tx, input.claim)) === 'ok';
  if (wait === undefined || wait.state === 'cancelled' || wait.outcome === 'timeout') return 'stale';
  if (wait.state === 'waiting' && !mine) return 'stale';
  const holds = locked.held_by === waitTimerId(wait.id);
  const won = wait.state === 'waiting' && (await settleWait(tx, locked, wait, 'timeout'));
  if (holds) await conclude(tx, locked);
  if (!won) await note(tx, locked, 'timeout-lost', { wait: wait.id, to: wait.outcome });
  await saveEnvelope(tx, locked);
  return won ? 'settled' : 'lost';
}

/**
 * Cancels waiting waits of a node or account; they emit nothing. Cancelling twice is harmless. With an account, the waits
 * of an envelope are also found when another one took its place.
 */
export async function cancelWaits(tx: Tx, input: CancelWaitsInput): Promise<number> {
  const bind = new Bind();
  const { account, envelope } = input;
  const line = account !== undefined && envelope !== undefined ? await endOfLine(tx, account, envelope) : envelope;
  const where = waitConditions(bind, { ...input, ...(line === undefined ? {} : { envelope: line }), state: 'waiting' });
  const found = await tx.query<{ id: string; account: string; envelope: string; node: string }>(
    `select id, account, envelope, node from waits where ${where} limit ${bind.one(input.limit ?? 1000)}`,
    bind.values,
  );
  // Always in the same order, so that two such transactions cannot block each other.
  const key = (row: { account: string; envelope: string; id: string }) => `${row.account} ${row.envelope} ${row.id}`;
  let cancelled = 0;
  for (const row of found.sort((a, b) => (key(a) < key(b) ? -1 : 1))) {
    const locked = await lockLine(tx, row.account, row.envelope);
    if (await closeAsCancelled(tx, row, input.reason)) {
      cancelled += 1;
      if (endOwnHold(locked, row)) await conclude(tx, locked);
      await note(tx, locked, 'wait-cancelled', { wait: row.id, node: row.node, reason: input.reason });
      await saveEnvelope(tx, locked);
    }
  }
  return cancelled;
}

function waitConditions(
  bind: Bind,
  filter: { account?: string; node?: string; envelope?: string; id?: string; state?: WaitState },
): string {
  const where = ['1 = 1'];
  if (filter.state !== undefined) where.push(`state = '${filter.state}'`);
  for (const column of ['account', 'node', 'envelope', 'id'] as const) {
    const value = filter[column];
    if (value !== undefined) where.push(`${column} = ${bind.one(value)}`);
  }
  return where.join(' and ');
}

/** A page of waits in the order of their ids. */
export async function listWaits(tx: Tx, input: ListWaitsInput): Promise<Wait[]> {
  const bind = new Bind();
  const where = waitConditions(bind, input);
  const after = input.after === undefined ? '' : ` and id > ${bind.one(input.after)}`;
  const rows = await tx.query<WaitRow & WaitListRow>(
    `select ${waitColumns}, account, envelope, name, clock, statuses, deadline, reason, opened_at, closed_at from waits
     where ${where}${after} order by id limit ${bind.one(input.limit)}`,
    bind.values,
  );
  return rows.map((row) => ({
    id: row.id,
    account: row.account,
    envelope: row.envelope,
    node: row.node,
    name: row.name,
    statuses: fromJson(row.statuses) as string[],
    clock: row.clock,
    deadline: row.deadline,
    state: row.state as WaitState,
    outcome: row.outcome,
    reason: row.reason,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
  }));
}

interface WaitListRow {
  account: string;
  envelope: string;
  name: string;
  clock: string;
  statuses: string;
  deadline: EpochMs | null;
  reason: string;
  opened_at: EpochMs;
  closed_at: EpochMs | null;
}

/** Open waits and next deadline of each node, from counters and the head of an index: cheap with a million waits. */
export async function waitStats(tx: Tx, input: { nodes: string[] }): Promise<WaitStat[]> {
  const stats: WaitStat[] = [];
  for (const node of input.nodes) {
    const [open] = await tx.query<{ total: number | null }>(
      'select cast(sum(n) as bigint) as total from counters where scope = $1 and name = $2',
      [nodeScope(node), openCounter],
    );
    const [next] = await tx.query<{ deadline: EpochMs; clock: string }>(
      `select deadline, clock from waits where state = 'waiting' and node = $1 and deadline is not null
       order by deadline limit 1`,
      [node],
    );
    stats.push({ node, open: open?.total ?? 0, nextDeadline: next?.deadline ?? null, clock: next?.clock ?? '' });
  }
  return stats;
}
