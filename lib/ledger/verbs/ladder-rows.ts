import { Bind, fromJson, type Tx, toJson } from '../sql';
import {
  type EpochMs,
  type Ladder,
  type LadderClosedBody,
  type LadderExhaustedBody,
  type LadderState,
  ladderPort,
  type NextFiring,
} from '../types';
import { note } from './audit';
import { nodeScope } from './counters';
import { dropLadderMessage, putDelivery } from './deliveries';
import { type LockedEnvelope, nextOrd } from './envelopes';
import { cancelTimer, setTimer } from './timers';

/** A ladder's row without its parked message. */
export interface LadderRow {
  id: string;
  account: string;
  envelope: string;
  node: string;
  clock: string;
  name: string;
  spec: string;
  state: LadderState;
  /** '' for none. */
  next_id: string;
  next_at: EpochMs | null;
  fired: string;
  rev: number;
  reason: string;
  opened_at: EpochMs;
  closed_at: EpochMs | null;
}

export const ladderColumns =
  'id, account, envelope, node, clock, name, spec, state, next_id, next_at, fired, rev, reason, opened_at, closed_at';

/** Id and kind of the timer of a ladder's next firing. */
export const ladderTimerId = (ladder: string): string => `ladder:${ladder}`;
export const ladderTimerKind = 'ladder';

/** Name of the counter of running ladders of a node. */
export const runningCounter = 'ladders';

/** Its steps can still fire. */
export const canFire = ({ state }: Pick<LadderRow, 'state'>): boolean => state === 'running' || state === 'paused';

/** Nothing more comes of it. An exhausted ladder still tells how its envelope ends. */
export const isOver = ({ state }: Pick<LadderRow, 'state'>): boolean => state === 'closed' || state === 'stopped';

/** The condition of those that are not over. */
export const notOver = 'closed_at is null';

export const nextOf = (row: LadderRow): NextFiring | null =>
  row.next_id === '' || row.next_at === null ? null : { id: row.next_id, at: row.next_at };

export const firedOf = (row: LadderRow): string[] => fromJson(row.fired) as string[];

export const toLadder = (row: LadderRow): Ladder => ({
  id: row.id,
  account: row.account,
  envelope: row.envelope,
  node: row.node,
  clock: row.clock,
  name: row.name,
  spec: fromJson(row.spec),
  state: row.state,
  next: nextOf(row),
  fired: firedOf(row),
  rev: row.rev,
  reason: row.reason,
  openedAt: row.opened_at,
  closedAt: row.closed_at,
});

/**
 * Takes the lock of a ladder's row. The envelope's lock comes before it and that of the timer after it, everywhere, so
 * that two transactions cannot block each other.
 */
export async function lockLadder(tx: Tx, id: string): Promise<LadderRow | undefined> {
  const [row] = await tx.query<LadderRow>(`update ladders set rev = rev where id = $1 returning ${ladderColumns}`, [
    id,
  ]);
  return row;
}

/**
 * Moves a locked ladder to another state or firing, with all that goes with it: its timer, the count of running
 * ladders, and, when a running ladder has no firing left, the delivery that says so.
 *
 * @returns the state it is in now
 */
export async function moveTo(
  tx: Tx,
  locked: LockedEnvelope,
  row: LadderRow,
  to: { state: LadderState; next: NextFiring | null; fired: string[]; reason: string },
): Promise<LadderState> {
  const state = to.state === 'running' && to.next === null ? 'exhausted' : to.state;
  const next = canFire({ state }) ? to.next : null;
  await tx.query(
    `update ladders set state = $2, next_id = $3, next_at = $4, fired = $5, reason = $6, closed_at = $7, rev = rev + 1
     where id = $1`,
    [row.id, state, next?.id ?? '', next?.at ?? null, toJson(to.fired), to.reason, isOver({ state }) ? tx.now : null],
  );
  tx.count(nodeScope(row.node), runningCounter, (state === 'running' ? 1 : 0) - (row.state === 'running' ? 1 : 0));
  // A pending timer would keep the earlier of two times, so the old one goes first.
  await cancelTimer(tx, { id: ladderTimerId(row.id) });
  if (state === 'running' && next !== null) await setLadderTimer(tx, row, next);
  if (state === 'exhausted') await sayExhausted(tx, locked, row, to.fired.at(-1) ?? '');
  if (isOver({ state })) await dropLadderMessage(tx, row.id);
  return state;
}

/** Sets the timer of a ladder's next firing. */
export const setLadderTimer = (
  tx: Tx,
  row: Pick<LadderRow, 'id' | 'account' | 'envelope' | 'node' | 'clock'>,
  next: NextFiring,
): Promise<void> =>
  setTimer(tx, {
    id: ladderTimerId(row.id),
    kind: ladderTimerKind,
    account: row.account,
    envelope: row.envelope,
    node: row.node,
    ref: row.id,
    clock: row.clock,
    due: next.at,
    data: null,
  });

/** Writes one delivery of a ladder behind what its envelope has in the outbox. */
export const putLadderDelivery = (
  tx: Tx,
  locked: LockedEnvelope,
  { id, node }: Pick<LadderRow, 'id' | 'node'>,
  delivery: { id: string; port: number; body: unknown },
): Promise<void> =>
  putDelivery(tx, {
    ...delivery,
    kind: 'ladder',
    account: locked.account,
    node,
    envelope: locked.id,
    ladder: id,
    ord: nextOrd(tx, locked),
  });

/** Writes the delivery of a ladder without a firing left. */
export async function sayExhausted(
  tx: Tx,
  locked: LockedEnvelope,
  row: Pick<LadderRow, 'id' | 'node'>,
  last: string,
): Promise<void> {
  const body: LadderExhaustedBody = { ladder: row.id, last };
  await putLadderDelivery(tx, locked, row, { id: `ladder-exhausted:${row.id}`, port: ladderPort.exhausted, body });
  await note(tx, locked, 'ladder-exhausted', { ladder: row.id, last });
}

/** Writes the delivery of a ladder whose envelope has ended. */
export async function sayClosed(tx: Tx, locked: LockedEnvelope, row: Pick<LadderRow, 'id' | 'node'>): Promise<void> {
  const body: LadderClosedBody = { ladder: row.id, status: locked.status, at: tx.now };
  await putLadderDelivery(tx, locked, row, { id: `ladder-closed:${row.id}`, port: ladderPort.closed, body });
  await note(tx, locked, 'ladder-closed', { ladder: row.id, status: locked.status });
}

/** Closes every ladder of a locked envelope that has ended. A step that nobody has begun to emit is withdrawn. */
export async function closeLadders(tx: Tx, locked: LockedEnvelope): Promise<void> {
  const rows = await tx.query<LadderRow>(
    `update ladders set rev = rev where account = $1 and envelope = $2 and ${notOver}
     returning ${ladderColumns}`,
    [locked.account, locked.id],
  );
  const withdrawn = await withdrawSteps(tx, locked);
  for (const row of rows.sort((a, b) => a.opened_at - b.opened_at || (a.id < b.id ? -1 : 1))) {
    await sayClosed(tx, locked, row);
    await moveTo(tx, locked, row, { state: 'closed', next: null, fired: firedOf(row), reason: row.reason });
  }
  for (const ladder of withdrawn) await dropLadderMessage(tx, ladder);
  if (rows.length > 0) await endSteps(tx, locked);
}

/**
 * What a step was about to do to the envelope is over with it. Without this, a step that a crash interrupted would count as
 * under way for ever, and retention would never remove its envelope.
 */
async function endSteps(tx: Tx, locked: LockedEnvelope): Promise<void> {
  const error = toJson({ code: 'IN_PROGRESS', message: 'The envelope ended before the step did.' });
  await tx.query(
    `update operations set state = 'failed', owner = '', lease = 0, rev = rev + 1, error = $3, updated_at = $4
     where account = $1 and envelope = $2 and state = 'running' and node = '' and id like 'ladder:%'`,
    [locked.account, locked.id, error, tx.now],
  );
}

/** A reminder must not leave after the end, also when it was queued before. Returns the ladders concerned. */
async function withdrawSteps(tx: Tx, locked: LockedEnvelope): Promise<string[]> {
  const bind = new Bind();
  const rows = await tx.query<{ id: string; ladder_id: string }>(
    `delete from deliveries where account = ${bind.one(locked.account)} and envelope = ${bind.one(locked.id)}
       and kind = 'ladder' and port = ${bind.one(ladderPort.step)} and state = 'pending' and attempts = 0
     returning id, ladder_id`,
    bind.values,
  );
  for (const { id, ladder_id } of rows) await note(tx, locked, 'ladder-withdrawn', { ladder: ladder_id, delivery: id });
  return rows.map(({ ladder_id }) => ladder_id);
}
