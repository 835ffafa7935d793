import { type Tx, toJson } from '../sql';
import {
  type Fenced,
  type FireLadderInput,
  type FireLadderResult,
  ladderPort,
  type MoveLadderInput,
  type OpenLadderInput,
  type OpenLadderResult,
} from '../types';
import { note } from './audit';
import { conclude } from './conclude';
import { nodeScope } from './counters';
import { isUndecided, type LockedEnvelope, lockLine, saveEnvelope } from './envelopes';
import { ladder } from './ladder-lists';
import {
  canFire,
  firedOf,
  isOver,
  type LadderRow,
  lockLadder,
  moveTo,
  nextOf,
  putLadderDelivery,
  runningCounter,
  sayClosed,
  sayExhausted,
  setLadderTimer,
} from './ladder-rows';
import { finishTimer } from './timers';

/**
 * Opens a ladder against an envelope, or against the one that took its place. When the envelope has ended, the ladder is
 * closed at once, under the same lock as `applyTruth`, so that no end slips between.
 */
export async function openLadder(tx: Tx, input: OpenLadderInput): Promise<OpenLadderResult> {
  const locked = await lockLine(tx, input.account, input.envelope);
  const ended = locked.terminal === 1 && !isUndecided(locked);
  const state = ended ? 'closed' : input.first === null ? 'exhausted' : 'running';
  const next = state === 'running' ? input.first : null;
  const row = { id: input.id, account: input.account, envelope: locked.id, node: input.node, clock: input.clock };
  const inserted = await tx.query(
    `insert into ladders(id, account, envelope, node, clock, name, spec, message, state, next_id, next_at, opened_at,
       closed_at)
     values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict(id) do nothing returning id`,
    [
      row.id,
      row.account,
      row.envelope,
      row.node,
      row.clock,
      input.name,
      toJson(input.spec),
      input.message,
      state,
      next?.id ?? '',
      next?.at ?? null,
      tx.now,
      state === 'closed' ? tx.now : null,
    ],
  );
  if (inserted.length === 0) return repeated(tx, input.id);
  await note(tx, locked, 'ladder-opened', { ladder: row.id, node: row.node, next });
  if (state === 'closed') await sayClosed(tx, locked, row);
  if (state === 'exhausted') await sayExhausted(tx, locked, row, '');
  if (next !== null) {
    tx.count(nodeScope(row.node), runningCounter, 1);
    await setLadderTimer(tx, row, next);
  }
  await saveEnvelope(tx, locked);
  return state === 'closed' ? { state: 'over', status: locked.status } : { state };
}

async function repeated(tx: Tx, id: string): Promise<OpenLadderResult> {
  const known = await ladder(tx, { id });
  if (known === null) throw new Error('the ladder vanished');
  return { state: 'repeat', ladder: known };
}

/**
 * A firing took place: it is written down, the next one is set, and the step's message goes into the outbox, all or
 * nothing. Against the end of the envelope, a move of the ladder and another runtime there is one winner.
 */
export async function fireLadder(tx: Tx, input: FireLadderInput): Promise<FireLadderResult> {
  const found = await lockBoth(tx, input.id);
  if (found === null || !canFire(found.row)) {
    await finishTimer(tx, input.claim);
    return { state: found?.row.state === 'closed' ? 'over' : 'stale' };
  }
  const { locked, row } = found;
  const moved = row.state !== 'running' || row.next_id !== input.firing || (input.rev ?? row.rev) !== row.rev;
  if (moved) return { state: 'stale' };
  const ends = input.endedBy !== undefined && locked.held_by === input.endedBy && locked.terminal === 1;
  if (isUndecided(locked) && !ends) return { state: 'held' };
  if ((await finishTimer(tx, input.claim)) === 'stale') return { state: 'stale' };
  await note(tx, locked, 'ladder-fired', { ladder: row.id, firing: input.firing, next: input.next });
  if (input.emit) {
    const id = `ladder:${row.id}:${input.firing}`;
    await putLadderDelivery(tx, locked, row, {
      id,
      port: ends ? ladderPort.lastStep : ladderPort.step,
      body: input.body,
    });
  }
  const fired = [...firedOf(row), input.firing];
  if (ends) {
    await tx.query('update ladders set fired = $2 where id = $1', [row.id, toJson(fired)]);
    locked.held_by = '';
    await note(tx, locked, 'released', { by: input.endedBy });
    await conclude(tx, locked);
    await saveEnvelope(tx, locked);
    return { state: 'fired', exhausted: false };
  }
  const state = await moveTo(tx, locked, row, { state: 'running', next: input.next, fired, reason: row.reason });
  await saveEnvelope(tx, locked);
  return { state: 'fired', exhausted: state === 'exhausted' };
}

/**
 * Pauses, resumes, stops a ladder or sets it on another firing; fenced by its `rev`. A stopped one emits nothing, a
 * running one without a firing left is exhausted, and an exhausted one can only be stopped. What is over stays over:
 * `stale`.
 */
export async function moveLadder(tx: Tx, input: MoveLadderInput): Promise<Fenced> {
  const found = await lockBoth(tx, input.id);
  if (found === null || found.row.rev !== input.rev) return 'stale';
  if (isOver(found.row) || (!canFire(found.row) && input.state !== 'stopped')) return 'stale';
  const { locked, row } = found;
  const next = input.next === undefined ? nextOf(row) : input.next;
  const { state, reason } = input;
  await note(tx, locked, 'ladder-moved', { ladder: row.id, state, next: state === 'stopped' ? null : next, reason });
  await moveTo(tx, locked, row, { state, next, fired: firedOf(row), reason });
  await saveEnvelope(tx, locked);
  return 'ok';
}

/** Locks the envelope a ladder is about, then the ladder. */
async function lockBoth(tx: Tx, id: string): Promise<{ locked: LockedEnvelope; row: LadderRow } | null> {
  const [where] = await tx.query<{ account: string; envelope: string }>(
    'select account, envelope from ladders where id = $1',
    [id],
  );
  if (where === undefined) return null;
  const locked = await lockLine(tx, where.account, where.envelope);
  const row = await lockLadder(tx, id);
  return row === undefined ? null : { locked, row };
}
