import { Bind, fromJson, lockMarker, type Tx, toJson } from '../sql';
import type {
  Claim,
  ClaimedTimer,
  ClaimTimersInput,
  EpochMs,
  Fenced,
  RenewInput,
  RetryTimerInput,
  SetTimerInput,
} from '../types';
import { accountScope } from './counters';
import { kindCondition, laneTimes, scopeCondition } from './scope';

interface TimerRow {
  id: string;
  rev: number;
  kind: string;
  account: string;
  envelope: string;
  node: string;
  ref: string;
  clock: string;
  due: EpochMs;
  data: string;
  attempts: number;
  fired_at: EpochMs;
  error: string;
}

const defaultMaxAttempts = 20;
const claimedColumns = 'id, rev, kind, account, envelope, node, ref, clock, due, data, attempts, fired_at, error';

export const fenced = (rows: readonly unknown[]): Fenced => (rows.length > 0 ? 'ok' : 'stale');

/**
 * Sets a timer. When the id exists and is pending in the same lane, the earlier time counts; when it is being worked on,
 * over or dead, it starts afresh: the worker's claim becomes stale and the timer runs again.
 */
export const setTimer = (tx: Tx, input: SetTimerInput): Promise<void> => setTimers(tx, [input]);

/** Sets several timers, each with an id of its own, in one statement. */
export async function setTimers(tx: Tx, inputs: readonly SetTimerInput[]): Promise<void> {
  if (inputs.length === 0) return;
  await upsert(tx, inputs, '');
  tx.changed();
}

/**
 * Sets timers of which only the time matters. One that is pending and not later is left as it is: nothing is written for
 * it, and nobody is told.
 */
export async function wakeTimers(tx: Tx, inputs: readonly SetTimerInput[]): Promise<void> {
  if (inputs.length === 0) return;
  const later = `timers.state <> 'pending' or timers.clock <> excluded.clock or timers.due > excluded.due`;
  const rows = await upsert(tx, inputs, `where ${later} returning id`);
  if (rows.length > 0) tx.changed();
}

function upsert(tx: Tx, inputs: readonly SetTimerInput[], ending: string): Promise<object[]> {
  const bind = new Bind();
  const values = inputs.map(({ id, kind, account, envelope, node, ref, clock, due, data }) =>
    bind.tuple([id, kind, account, envelope, node, ref, clock, due, toJson(data), 'pending', tx.now]),
  );
  return tx.query(
    `insert into timers(id, kind, account, envelope, node, ref, clock, due, data, state, updated_at)
     values ${values.join(',')}
     on conflict(id) do update set
       due = case when timers.state = 'pending' and timers.clock = excluded.clock and timers.due < excluded.due
                  then timers.due else excluded.due end,
       kind = excluded.kind, account = excluded.account, envelope = excluded.envelope, node = excluded.node,
       ref = excluded.ref, clock = excluded.clock, data = excluded.data, state = 'pending', owner = '', lease = 0,
       rev = timers.rev + 1, attempts = 0, fired_at = null, error = '', updated_at = excluded.updated_at ${ending}`,
    bind.values,
  );
}

/**
 * Claims due timers: first those whose worker's lease ran out, then the longest due of each lane.
 * A timer is never handed out before its time, and to one worker at a time.
 */
export async function claimTimers(tx: Tx, input: ClaimTimersInput): Promise<ClaimedTimer[]> {
  const lanes = laneTimes(input.lanes, tx.now);
  const shifts = new Map(lanes.map((lane) => [lane.clock, lane.shift]));
  const expired = (bind: Bind) => `state = 'claimed' and lease <= ${bind.one(tx.now)}`;
  const rows = await claim(tx, input, input.limit, tx.now, expired, 'lease');
  for (const lane of lanes) {
    if (rows.length >= input.limit) break;
    const due = (bind: Bind) =>
      `state = 'pending' and clock = ${bind.one(lane.clock)} and due <= ${bind.one(lane.time)}`;
    rows.push(...(await claim(tx, input, input.limit - rows.length, lane.time, due, 'due')));
  }
  const max = input.maxAttempts ?? defaultMaxAttempts;
  for (const row of rows) if (row.attempts > max) await bury(tx, row);
  return rows
    .filter((row) => row.attempts <= max)
    .sort((a, b) => a.due - (shifts.get(a.clock) ?? 0) - (b.due - (shifts.get(b.clock) ?? 0)))
    .map((row) => ({
      id: row.id,
      rev: row.rev,
      kind: row.kind,
      account: row.account,
      envelope: row.envelope,
      node: row.node,
      ref: row.ref,
      clock: row.clock,
      due: row.due,
      data: fromJson(row.data),
      attempt: row.attempts,
      late: Math.max(0, row.fired_at - row.due),
      error: row.error,
    }));
}

async function claim(
  tx: Tx,
  input: ClaimTimersInput,
  limit: number,
  laneNow: EpochMs,
  condition: (bind: Bind) => string,
  order: 'due' | 'lease',
): Promise<TimerRow[]> {
  const bind = new Bind();
  return tx.query<TimerRow>(
    `with picked as materialized (
       select id from timers where ${condition(bind)} and ${scopeCondition(bind, input)}
         and ${kindCondition(bind, input.kinds)} order by ${order} limit ${bind.one(limit)} ${lockMarker})
     update timers set state = 'claimed', owner = ${bind.one(input.owner)},
       lease = ${bind.one(tx.now + input.leaseMs)}, rev = rev + 1, attempts = attempts + 1,
       fired_at = coalesce(fired_at, ${bind.one(laneNow)}), updated_at = ${bind.one(tx.now)}
     where id in (select id from picked) returning ${claimedColumns}`,
    bind.values,
  );
}

/** Poison: every attempt ended without an answer, so a person has to look. */
async function bury(tx: Tx, row: TimerRow): Promise<void> {
  await tx.query(`update timers set state = 'dead', owner = '', lease = 0, error = $2 where id = $1`, [
    row.id,
    row.error || 'given up: the process ended during every attempt',
  ]);
  tx.count(accountScope(row.account), 'dead', 1);
}

/** Extends the lease of a claimed timer. */
export async function renewTimer(tx: Tx, input: RenewInput): Promise<Fenced> {
  return fenced(
    await tx.query(`update timers set lease = $3 where id = $1 and rev = $2 and state = 'claimed' returning id`, [
      input.id,
      input.rev,
      tx.now + input.leaseMs,
    ]),
  );
}

/** The work is done. */
export async function finishTimer(tx: Tx, input: Claim): Promise<Fenced> {
  return fenced(
    await tx.query(
      `update timers set state = 'done', owner = '', lease = 0, error = '', updated_at = $3
       where id = $1 and rev = $2 and state = 'claimed' returning id`,
      [input.id, input.rev, tx.now],
    ),
  );
}

/** The work failed or goes on later: due again at `due` (lane time). */
export async function retryTimer(tx: Tx, input: RetryTimerInput): Promise<Fenced> {
  const rows = await tx.query(
    `update timers set state = 'pending', due = $3, error = $4, owner = '', lease = 0, fired_at = null,
       attempts = attempts - $5, updated_at = $6
     where id = $1 and rev = $2 and state = 'claimed' returning id`,
    [input.id, input.rev, input.due, input.error, input.counts === false ? 1 : 0, tx.now],
  );
  if (rows.length > 0) tx.changed();
  return fenced(rows);
}

/** Cancels a timer that is pending or being worked on; the worker's claim becomes stale. */
export async function cancelTimer(tx: Tx, input: { id: string }): Promise<boolean> {
  const rows = await tx.query(
    `update timers set state = 'cancelled', owner = '', lease = 0, rev = rev + 1, updated_at = $2
     where id = $1 and state in ('pending', 'claimed', 'dead') returning id`,
    [input.id, tx.now],
  );
  return rows.length > 0;
}
