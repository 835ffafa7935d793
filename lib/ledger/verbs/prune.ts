import { lockMarker, type Tx } from '../sql';
import type { PruneInput, PruneResult } from '../types';
import { ledgerScope } from './counters';
import { reminderMark, setMark } from './marks';

const defaultLimit = 200;

/** Mark: when somebody last pruned to the end; and counters of what was removed, in the scope of the ledger. */
export const prunedMark = 'pruned';
export const prunedCounters = { envelopes: 'pruned-envelopes', rows: 'pruned-rows' } as const;

/** What still has work to do is never pruned. */
const idle = `
  not exists (select 1 from waits where waits.account = envelopes.account and waits.envelope = envelopes.id
    and waits.state = 'waiting')
  and not exists (select 1 from ladders where ladders.account = envelopes.account and ladders.envelope = envelopes.id
    and ladders.closed_at is null)
  and not exists (select 1 from deliveries where deliveries.account = envelopes.account
    and deliveries.envelope = envelopes.id)
  and not exists (select 1 from operations where operations.account = envelopes.account
    and operations.envelope = envelopes.id and operations.state in ('running', 'waiting'))`;

/** Statements that remove what belongs to an envelope, in order; `$1` is the account, `$2` the envelope. */
const ofEnvelope = [
  'delete from events where account = $1 and envelope = $2 returning 1',
  `delete from cohorts where id in (select cohort from waits where account = $1 and envelope = $2 and cohort <> '')
   returning 1`,
  'delete from waits where account = $1 and envelope = $2 returning 1',
  'delete from ladders where account = $1 and envelope = $2 returning 1',
  'delete from timers where account = $1 and envelope = $2 returning 1',
  `delete from attachments where operation_id in (select id from operations where account = $1 and envelope = $2)
   returning 1`,
  'delete from operations where account = $1 and envelope = $2 returning 1',
];

/** Statements that remove finished work of no known envelope; `$1` is the time, `$2` the number of rows. */
const loose = [
  `delete from events where (account, envelope, dedupe) in (select account, envelope, dedupe from events
   where state in ('unconfirmed', 'foreign') and state <> 'confirmed' and received_at < $1 limit $2) returning 1`,
  `delete from timers where id in (select id from timers where state in ('done', 'cancelled') and updated_at < $1
   limit $2) returning 1`,
  `delete from attachments where operation_id in (select id from operations where state in ('done', 'failed')
   and updated_at < $1 and envelope = '' order by updated_at, id limit $2) returning 1`,
  `delete from operations where id in (select id from operations where state in ('done', 'failed')
   and updated_at < $1 and envelope = '' order by updated_at, id limit $2) returning 1`,
  `delete from devices where id in (select id from devices where dead_at is not null and dead_at < $1 limit $2)
   returning 1`,
  `delete from marks where name in (select name from marks where name like 'pushed:%' and value < $1 limit $2)
   returning 1`,
  'delete from leases where name in (select name from leases where lease < $1 limit $2) returning 1',
];

/**
 * Retention: removes the events, waits, ladders, timers and operations of envelopes that ended before a time, and
 * devices that died before it, in small batches. Several may do it at the same time.
 * The journal stays, and the envelope's row stays as a closed door: an event of it that comes later is a duplicate.
 */
export async function prune(tx: Tx, input: PruneInput): Promise<PruneResult> {
  const limit = input.limit ?? defaultLimit;
  const before = typeof input.before === 'number' ? input.before : tx.now - input.before.olderThanMs;
  // With their locks: an envelope that somebody is at work on is left for the next time.
  const ended = await tx.query<{ account: string; id: string }>(
    `select account, id from envelopes where terminal = 1 and pruned_at is null and updated_at < $1
       and held_by = '' and ${idle} order by updated_at limit $2 ${lockMarker}`,
    [before, limit],
  );
  let rows = 0;
  let more = ended.length === limit;
  for (const { account, id } of ended) {
    for (const statement of ofEnvelope) rows += (await tx.query(statement, [account, id])).length;
    rows += (await tx.query('delete from marks where name = $1 returning 1', [reminderMark(account, id)])).length;
    await tx.query(`update envelopes set pruned_at = $3, snapshot = 'null', name = '' where account = $1 and id = $2`, [
      account,
      id,
      tx.now,
    ]);
  }
  for (const statement of loose) {
    const removed = (await tx.query(statement, [before, limit])).length;
    rows += removed;
    more ||= removed >= limit;
  }
  tx.count(ledgerScope, prunedCounters.envelopes, ended.length);
  tx.count(ledgerScope, prunedCounters.rows, rows);
  if (!more) await setMark(tx, { name: prunedMark, value: tx.now });
  return { envelopes: ended.length, rows, more };
}
