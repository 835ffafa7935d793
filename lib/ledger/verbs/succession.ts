import type { Tx } from '../sql';
import type { Fenced, HoldEnvelopeInput, HoldResult, SucceedEnvelopeInput } from '../types';
import { note } from './audit';
import { conclude } from './conclude';
import { type LockedEnvelope, lockEnvelope, saveEnvelope } from './envelopes';
import { notOver } from './ladder-rows';
import { noteLate } from './settle';
import { recordLocked } from './truth';

/**
 * Begins the replacement of an envelope: from now on its end is recorded, but nobody who waits for it is told, until
 * `succeedEnvelope` or `releaseHold`. Safe to repeat by the same holder. A hold has no lease: it outlives a crash, and
 * whoever takes up the work again ends it.
 */
export async function holdEnvelope(tx: Tx, input: HoldEnvelopeInput): Promise<HoldResult> {
  const locked = await lockEnvelope(tx, input.account, input.id);
  if (locked.successor !== '') return 'ended';
  if (locked.held_by !== '') return locked.held_by === input.by ? 'ok' : 'held';
  if (locked.terminal === 1) return 'ended';
  locked.held_by = input.by;
  await note(tx, locked, 'held', { by: input.by });
  await saveEnvelope(tx, locked);
  return 'ok';
}

/** Ends a hold without a successor: those who wait learn what happened meanwhile. `stale`: not held by this holder. */
export async function releaseHold(tx: Tx, input: HoldEnvelopeInput): Promise<Fenced> {
  const locked = await lockEnvelope(tx, input.account, input.id);
  if (locked.held_by !== input.by || input.by === '') return 'stale';
  locked.held_by = '';
  await note(tx, locked, 'released', { by: input.by });
  if (locked.terminal === 1) {
    await noteLate(tx, locked);
    await conclude(tx, locked);
  }
  await saveEnvelope(tx, locked);
  return 'ok';
}

/**
 * Another envelope takes the place of one that is held: whoever waited for the old one waits for the new one from now on,
 * in one transaction. What still happens to the old one decides nothing any more. Safe to repeat.
 *
 * @returns `stale` when the caller does not hold the old one (any more); nothing is recorded then
 */
export async function succeedEnvelope(tx: Tx, input: SucceedEnvelopeInput): Promise<Fenced> {
  const { account, id, by, successor } = input;
  if (successor.account !== account || successor.id === id) {
    throw new Error('a successor is another envelope of the same account');
  }
  const [old, next] = await lockPair(tx, account, id, successor.id);
  if (old.successor === next.id) return 'ok';
  if (old.held_by !== by || by === '') return 'stale';
  old.held_by = '';
  old.successor = next.id;
  old.lineage ||= old.id;
  old.updated_at = tx.now;
  next.predecessor = old.id;
  next.lineage = old.lineage;
  // What is in the old one's outbox goes on under the new one, and stays in front.
  next.last_ord = Math.max(next.last_ord, old.last_ord);
  await recordLocked(tx, next, successor);
  const moved = await handOver(tx, old, next);
  await note(tx, old, 'succeeded', { by, successor: next.id, ...moved });
  await note(tx, next, 'succeeds', { predecessor: old.id, lineage: next.lineage, ...moved });
  await conclude(tx, next);
  await saveEnvelope(tx, old);
  await saveEnvelope(tx, next);
  tx.changed();
  return 'ok';
}

/** Always in the order of their ids, so that two such transactions cannot block each other. */
async function lockPair(
  tx: Tx,
  account: string,
  first: string,
  second: string,
): Promise<[LockedEnvelope, LockedEnvelope]> {
  if (first < second) return [await lockEnvelope(tx, account, first), await lockEnvelope(tx, account, second)];
  const later = await lockEnvelope(tx, account, second);
  return [await lockEnvelope(tx, account, first), later];
}

/** Moves waits and ladders with their timers and queued messages. The claims of those who work on them stay good. */
async function handOver(
  tx: Tx,
  old: LockedEnvelope,
  next: LockedEnvelope,
): Promise<{ waits: string[]; ladders: string[] }> {
  const params = [old.account, old.id, next.id];
  const waits = await tx.query<{ id: string }>(
    `update waits set envelope = $3 where account = $1 and envelope = $2 and state = 'waiting' returning id`,
    params,
  );
  const ladders = await tx.query<{ id: string }>(
    `update ladders set envelope = $3 where account = $1 and envelope = $2 and ${notOver}
     returning id`,
    params,
  );
  await tx.query(
    `update timers set envelope = $3 where account = $1 and envelope = $2 and kind in ('wait', 'ladder')
       and state in ('pending', 'claimed', 'dead')`,
    params,
  );
  await tx.query(
    `update deliveries set envelope = $3 where account = $1 and envelope = $2 and kind = 'ladder' and ladder_id in
       (select id from ladders where account = $1 and envelope = $3 and ${notOver})`,
    params,
  );
  return { waits: waits.map(({ id }) => id).sort(), ladders: ladders.map(({ id }) => id).sort() };
}
