import { fromJson, type Tx } from '../sql';
import { type WaitBody, type WaitOutcome, waitPort } from '../types';
import { note } from './audit';
import { accountScope, nodeScope } from './counters';
import { putDelivery } from './deliveries';
import { type LockedEnvelope, nextOrd } from './envelopes';
import { cancelTimer } from './timers';

/** What deciding about a wait needs of its row; the parked message is not among it. */
export interface WaitRow {
  id: string;
  node: string;
  cohort: string;
  reached_by: string;
  ended_by: string;
  state: string;
  outcome: WaitOutcome | null;
}

export const waitColumns = 'id, node, cohort, reached_by, ended_by, state, outcome';

/** Id and kind of the timer of a wait's deadline. */
export const waitTimerId = (wait: string): string => `wait:${wait}`;
export const waitTimerKind = 'wait';

/** Name of the counter of open waits of a node. */
export const openCounter = 'open';

/** What a status means to a wait, null when it goes on waiting. */
export function outcomeOf(wait: Pick<WaitRow, 'reached_by' | 'ended_by'>, status: string): WaitOutcome | null {
  const within = (list: string) => (fromJson(list) as string[]).includes(status);
  if (status === '') return null;
  if (within(wait.reached_by)) return 'reached';
  return within(wait.ended_by) ? 'ended' : null;
}

/**
 * Settles every waiting wait of a locked envelope that its status decides, and notes timeouts that came too early.
 *
 * @returns how many were settled
 */
export async function settleByStatus(tx: Tx, locked: LockedEnvelope): Promise<number> {
  if (locked.status === '') return 0;
  const waits = await tx.query<WaitRow>(
    `select ${waitColumns} from waits where account = $1 and envelope = $2 and state = 'waiting' order by opened_at, id`,
    [locked.account, locked.id],
  );
  let settled = 0;
  for (const wait of waits) {
    const outcome = outcomeOf(wait, locked.status);
    if (outcome !== null && (await settleWait(tx, locked, wait, outcome))) settled += 1;
  }
  return settled;
}

/** Audits and counts waits that timed out before the status they waited for came. */
export async function noteLate(tx: Tx, locked: LockedEnvelope): Promise<void> {
  const waits = await tx.query<WaitRow>(
    `select ${waitColumns} from waits
     where account = $1 and envelope = $2 and state = 'settled' and outcome = 'timeout'`,
    [locked.account, locked.id],
  );
  for (const wait of waits.filter((candidate) => outcomeOf(candidate, locked.status) === 'reached')) {
    await note(tx, locked, 'late', { wait: wait.id, status: locked.status });
    tx.count(accountScope(locked.account), 'late', 1);
  }
}

/**
 * Settles one waiting wait of a locked envelope: one winner, its delivery, its timer cancelled, its group released.
 *
 * @returns false when it was not waiting any more, or another wait of its group was first
 */
export async function settleWait(
  tx: Tx,
  locked: LockedEnvelope,
  wait: WaitRow,
  outcome: WaitOutcome,
): Promise<boolean> {
  if (wait.cohort !== '' && !(await winsCohort(tx, wait))) {
    await closeAsCancelled(tx, wait, 'another wait of the group was first');
    return false;
  }
  const won = await tx.query(
    `update waits set state = 'settled', outcome = $2, closed_at = $3 where id = $1 and state = 'waiting' returning id`,
    [wait.id, outcome, tx.now],
  );
  if (won.length === 0) return false;
  const body: WaitBody = { wait: wait.id, outcome, status: locked.status, at: tx.now };
  await putDelivery(tx, {
    id: `wait:${wait.id}`,
    kind: 'wait',
    account: locked.account,
    node: wait.node,
    port: waitPort[outcome],
    envelope: locked.id,
    wait: wait.id,
    body,
    ord: nextOrd(tx, locked),
  });
  if (outcome !== 'timeout') await cancelTimer(tx, { id: waitTimerId(wait.id) });
  endOwnHold(locked, wait);
  tx.count(nodeScope(wait.node), openCounter, -1);
  const released = wait.cohort === '' ? [] : await releaseCohort(tx, wait);
  await note(tx, locked, 'wait-settled', {
    wait: wait.id,
    node: wait.node,
    outcome,
    status: locked.status,
    ...(released.length > 0 ? { released } : {}),
  });
  return true;
}

/**
 * A wait whose time is up may hold its envelope, under the name of its timer, while it is taken back: that ends with it.
 *
 * @returns whether it did
 */
export function endOwnHold(locked: LockedEnvelope, { id }: Pick<WaitRow, 'id'>): boolean {
  if (locked.held_by !== waitTimerId(id)) return false;
  locked.held_by = '';
  return true;
}

/** The first wait of a group to get here takes its one row; the group may span envelopes, whose locks do not meet. */
async function winsCohort(tx: Tx, wait: WaitRow): Promise<boolean> {
  const rows = await tx.query(
    'insert into cohorts(id, winner) values($1, $2) on conflict(id) do nothing returning id',
    [wait.cohort, wait.id],
  );
  return rows.length > 0;
}

async function releaseCohort(tx: Tx, winner: WaitRow): Promise<string[]> {
  const others = await tx.query<WaitRow>(
    `select ${waitColumns} from waits where cohort = $1 and cohort <> '' and state = 'waiting' and id <> $2 order by id`,
    [winner.cohort, winner.id],
  );
  const released: string[] = [];
  for (const other of others) {
    if (await closeAsCancelled(tx, other, 'another wait of the group was first')) released.push(other.id);
  }
  return released;
}

/** Cancels a waiting wait: it emits nothing, its message and its timer go. */
export async function closeAsCancelled(tx: Tx, wait: Pick<WaitRow, 'id' | 'node'>, reason: string): Promise<boolean> {
  const rows = await tx.query(
    `update waits set state = 'cancelled', reason = $2, closed_at = $3, message = ''
     where id = $1 and state = 'waiting' returning id`,
    [wait.id, reason, tx.now],
  );
  if (rows.length === 0) return false;
  await cancelTimer(tx, { id: waitTimerId(wait.id) });
  tx.count(nodeScope(wait.node), openCounter, -1);
  return true;
}
