import { shortHash } from '../canonical';
import { type Tx, toJson } from '../sql';
import type {
  ApplyTruthInput,
  ApplyTruthResult,
  EventBody,
  EventFact,
  EventState,
  RecordEnvelopeInput,
} from '../types';
import { note } from './audit';
import { conclude } from './conclude';
import { accountScope } from './counters';
import { putDelivery } from './deliveries';
import { isUndecided, type LockedEnvelope, lockEnvelope, nextOrd, saveEnvelope } from './envelopes';
import { listenersOf } from './listeners';
import { noteLate } from './settle';
import { finishTimer } from './timers';

/** A status with its place in the order of statuses. */
interface Status {
  status: string;
  rank: number;
  terminal: boolean;
}

/**
 * Whether a status may replace the stored one: only forwards, and a terminal one only gives way to another terminal one,
 * because answers of the provider can overtake each other.
 */
const mayFollow = (next: Status, stored: LockedEnvelope): boolean => {
  if (next.status === stored.status) return false;
  if (stored.status === '') return true;
  if (stored.terminal === 1) return next.terminal;
  return next.terminal || next.rank > stored.rank;
};

/** Moves a locked envelope on, if it may, and tells those who wait. */
async function advance(tx: Tx, locked: LockedEnvelope, next: Status & { snapshot: unknown }): Promise<number> {
  const moves = mayFollow(next, locked);
  // An overtaken answer must not bring back an old snapshot either.
  if (moves || next.status === locked.status) locked.snapshot = toJson(next.snapshot);
  if (!moves) return 0;
  await note(tx, locked, 'status', { from: locked.status, to: next.status });
  locked.status = next.status;
  locked.rank = next.rank;
  locked.terminal = next.terminal ? 1 : 0;
  locked.updated_at = tx.now;
  if (!isUndecided(locked)) await noteLate(tx, locked);
  return conclude(tx, locked);
}

/** Records an envelope that we created. Events and waits that were there first meet it here. */
export async function recordEnvelope(tx: Tx, input: RecordEnvelopeInput): Promise<void> {
  const locked = await lockEnvelope(tx, input.account, input.id);
  await recordLocked(tx, locked, input);
  await saveEnvelope(tx, locked);
}

/** Records what we created in a locked envelope, which the caller saves. */
export async function recordLocked(tx: Tx, locked: LockedEnvelope, input: RecordEnvelopeInput): Promise<void> {
  if (locked.pruned_at !== null) return;
  locked.external_id = input.externalId;
  locked.name = input.name;
  locked.clock = input.clock;
  locked.node = input.node;
  locked.sent_at = input.sentAt;
  locked.due_at = input.dueAt;
  locked.checked_at = tx.now;
  locked.updated_at = tx.now;
  await note(tx, locked, 'recorded', {
    externalId: input.externalId,
    sentAt: input.sentAt,
    dueAt: input.dueAt,
    operation: input.operation,
  });
  await advance(tx, locked, input);
}

/**
 * Takes over the provider's own view of an envelope: monotone status, events confirmed once and delivered to the
 * listeners in the order they happened, waits settled, all in one transaction.
 */
export async function applyTruth(tx: Tx, input: ApplyTruthInput): Promise<ApplyTruthResult> {
  const locked = await lockEnvelope(tx, input.account, input.envelope.id);
  const from = locked.status;
  let [freshEvents, settled] = [0, 0];
  if (locked.pruned_at === null) {
    const truth = input.envelope;
    if (from === '') locked.clock = truth.clock ?? locked.clock;
    if (truth.externalId !== undefined) locked.external_id = truth.externalId;
    locked.name = truth.name;
    locked.due_at = truth.dueAt ?? locked.due_at;
    locked.checked_at = tx.now;
    freshEvents = await confirmEvents(tx, locked, input);
    settled = await advance(tx, locked, truth);
    if (freshEvents > 0) locked.updated_at = tx.now;
    await saveEnvelope(tx, locked);
  }
  const oldestHint = await hintSince(tx, locked);
  const claim = input.claim === undefined ? null : await finishTimer(tx, input.claim);
  return { moved: from !== locked.status, from, to: locked.status, freshEvents, settled, oldestHint, claim };
}

async function hintSince(tx: Tx, { account, id }: LockedEnvelope): Promise<number | null> {
  const [row] = await tx.query<{ since: number | null }>(
    `select min(received_at) as since from events where account = $1 and envelope = $2 and state = 'hint'`,
    [account, id],
  );
  return row?.since == null ? null : Number(row.since);
}

/** Confirms the events that are new to us, in the order they happened, and writes their deliveries. */
async function confirmEvents(tx: Tx, locked: LockedEnvelope, input: ApplyTruthInput): Promise<number> {
  if (input.events.length === 0) return 0;
  const stored = await tx.query<{ dedupe: string; state: EventState }>(
    'select dedupe, state from events where account = $1 and envelope = $2',
    [locked.account, locked.id],
  );
  const states = new Map(stored.map((row) => [row.dedupe, row.state]));
  const fresh = input.events
    .map((fact) => ({ fact, dedupe: shortHash(fact.dedupe) }))
    .filter(({ dedupe }, index, all) => {
      const first = all.findIndex((other) => other.dedupe === dedupe) === index;
      return first && states.get(dedupe) !== 'confirmed';
    })
    .sort((a, b) => a.fact.at - b.fact.at);
  if (fresh.length === 0) return 0;
  // In the order of their keys, as `receiveEvents` does, so that the two cannot block each other.
  for (const { fact, dedupe } of fresh.toSorted((a, b) => (a.dedupe < b.dedupe ? -1 : 1))) {
    await storeConfirmed(tx, locked, input, fact, dedupe);
  }
  const listeners = await listenersOf(tx, locked.account);
  const status = mayFollow(input.envelope, locked) ? input.envelope.status : locked.status;
  for (const { fact, dedupe } of fresh) {
    const { uuid, type, at, signer } = fact;
    await note(tx, locked, 'event', { uuid, type, at, signer, origin: input.origin });
    for (const node of listeners) {
      const body: EventBody = { ...fact, status, origin: input.origin };
      await putDelivery(tx, {
        id: `event:${shortHash(JSON.stringify([locked.account, locked.id, dedupe, node]))}`,
        kind: 'event',
        account: locked.account,
        node,
        port: 0,
        envelope: locked.id,
        body,
        ord: nextOrd(tx, locked),
      });
    }
  }
  tx.count(accountScope(locked.account), 'confirmed', fresh.length);
  tx.count(accountScope(locked.account), 'reconciled', fresh.filter(({ dedupe }) => !states.has(dedupe)).length);
  return fresh.length;
}

async function storeConfirmed(
  tx: Tx,
  locked: LockedEnvelope,
  input: ApplyTruthInput,
  fact: EventFact,
  dedupe: string,
): Promise<void> {
  await tx.query(
    `insert into events(account, envelope, dedupe, uuid, type, happened_at, signer, origin, state, received_at,
       confirmed_at)
     values($1, $2, $3, $4, $5, $6, $7, $8, 'confirmed', $9, $9)
     on conflict(account, envelope, dedupe) do update set uuid = excluded.uuid, type = excluded.type,
       happened_at = excluded.happened_at, signer = excluded.signer, state = 'confirmed',
       confirmed_at = excluded.confirmed_at`,
    [locked.account, locked.id, dedupe, fact.uuid, fact.type, fact.at, fact.signer, input.origin, tx.now],
  );
}
