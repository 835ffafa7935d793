import { Bind, fromJson, lockMarker, type Tx, toJson } from '../sql';
import type {
  Claim,
  ClaimDeliveriesInput,
  ClaimedDelivery,
  DeliveryKind,
  EpochMs,
  Fenced,
  RenewInput,
  RetryDeliveryInput,
} from '../types';
import { accountScope } from './counters';
import { fenced } from './timers';

interface DeliveryRow {
  id: string;
  rev: number;
  kind: DeliveryKind;
  account: string;
  node: string;
  port: number;
  envelope: string;
  wait_id: string;
  operation_id: string;
  ladder_id: string;
  body: string;
  ord: number;
  attempts: number;
  error: string;
  created_at: EpochMs;
}

/** A delivery about to be written. */
export interface NewDelivery {
  id: string;
  kind: DeliveryKind;
  account: string;
  node: string;
  port: number;
  envelope: string;
  wait?: string;
  operation?: string;
  ladder?: string;
  body: unknown;
  ord: number;
  /** Given when the writer emits it itself. */
  claimed?: { owner: string; leaseMs: number };
}

const defaultMaxAttempts = 10;

/**
 * A delivery waits while an earlier one of the same node and envelope is not out, so that the messages about one envelope
 * leave a node in order, whichever runtime sends them. A dead one no longer holds the others up.
 */
export const notBlocked = `(deliveries.envelope = '' or not exists (
  select 1 from deliveries earlier where earlier.account = deliveries.account
    and earlier.envelope = deliveries.envelope and earlier.node = deliveries.node and earlier.ord < deliveries.ord
    and earlier.state in ('pending', 'claimed')))`;

/** Writes a delivery into the outbox. Its id is the stable id that every repeat carries. */
export async function putDelivery(tx: Tx, delivery: NewDelivery): Promise<void> {
  const { claimed } = delivery;
  await tx.query(
    `insert into deliveries(id, kind, account, node, port, envelope, wait_id, operation_id, body, ord, state, due, owner,
       lease, rev, attempts, created_at, ladder_id)
     values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $12, $16) on conflict(id) do nothing`,
    [
      delivery.id,
      delivery.kind,
      delivery.account,
      delivery.node,
      delivery.port,
      delivery.envelope,
      delivery.wait ?? '',
      delivery.operation ?? '',
      toJson(delivery.body),
      delivery.ord,
      claimed === undefined ? 'pending' : 'claimed',
      tx.now,
      claimed?.owner ?? '',
      claimed === undefined ? 0 : tx.now + claimed.leaseMs,
      claimed === undefined ? 0 : 1,
      delivery.ladder ?? '',
    ],
  );
  if (claimed === undefined) tx.changed();
}

/**
 * Claims messages to emit, oldest first, at most one per node and envelope: the next one is handed out when it is
 * finished. `attempt > 1` means the message may have been emitted before.
 */
export async function claimDeliveries(tx: Tx, input: ClaimDeliveriesInput): Promise<ClaimedDelivery[]> {
  const rows = await claim(tx, input, input.limit, (now) => `state = 'claimed' and lease <= ${now}`, 'lease');
  if (rows.length < input.limit) {
    const due = (now: string) => `state = 'pending' and due <= ${now} and ${notBlocked}`;
    rows.push(...(await claim(tx, input, input.limit - rows.length, due, 'ord')));
  }
  const max = input.maxAttempts ?? defaultMaxAttempts;
  const result: ClaimedDelivery[] = [];
  for (const row of rows.sort((a, b) => a.ord - b.ord)) {
    if (row.attempts > max) await bury(tx, row);
    else result.push({ ...toDelivery(row), message: await parkedMessage(tx, row) });
  }
  return result;
}

async function claim(
  tx: Tx,
  input: ClaimDeliveriesInput,
  limit: number,
  condition: (now: string) => string,
  order: 'ord' | 'lease',
): Promise<DeliveryRow[]> {
  const bind = new Bind();
  return tx.query<DeliveryRow>(
    `with picked as materialized (
       select id from deliveries where ${condition(bind.one(tx.now))} and node in ${bind.list(input.nodes)}
       order by ${order} limit ${bind.one(limit)} ${lockMarker})
     update deliveries set state = 'claimed', owner = ${bind.one(input.owner)},
       lease = ${bind.one(tx.now + input.leaseMs)}, rev = rev + 1, attempts = attempts + 1
     where id in (select id from picked)
     returning id, rev, kind, account, node, port, envelope, wait_id, operation_id, ladder_id, body, ord, attempts, error,
       created_at`,
    bind.values,
  );
}

const toDelivery = (row: DeliveryRow): Omit<ClaimedDelivery, 'message'> => ({
  id: row.id,
  rev: row.rev,
  kind: row.kind,
  account: row.account,
  node: row.node,
  port: row.port,
  envelope: row.envelope,
  body: fromJson(row.body),
  attempt: row.attempts,
  createdAt: row.created_at,
});

/** The message is stored once, with the wait, ladder or operation it belongs to. */
async function parkedMessage(tx: Tx, row: DeliveryRow): Promise<string | null> {
  if (row.kind === 'event') return null;
  const { table, id } = {
    wait: { table: 'waits', id: row.wait_id },
    ladder: { table: 'ladders', id: row.ladder_id },
    operation: { table: 'operations', id: row.operation_id },
  }[row.kind];
  const [owner] = await tx.query<{ message: string }>(`select message from ${table} where id = $1`, [id]);
  return owner?.message ?? null;
}

async function bury(tx: Tx, row: DeliveryRow): Promise<void> {
  await tx.query(`update deliveries set state = 'dead', owner = '', lease = 0, error = $2 where id = $1`, [
    row.id,
    row.error || 'given up: the process ended during every attempt',
  ]);
  tx.count(accountScope(row.account), 'dead', 1);
  tx.changed();
}

/** Extends the lease of a delivery that is being emitted. */
export async function renewDelivery(tx: Tx, input: RenewInput): Promise<Fenced> {
  return fenced(
    await tx.query(`update deliveries set lease = $3 where id = $1 and rev = $2 and state = 'claimed' returning id`, [
      input.id,
      input.rev,
      tx.now + input.leaseMs,
    ]),
  );
}

/** The messages are out: the deliveries and the parked copies of their messages are removed. One answer per claim. */
export async function finishDeliveries(tx: Tx, input: Claim[]): Promise<Fenced[]> {
  const answers: Fenced[] = [];
  for (const { id, rev } of input) {
    const [row] = await tx.query<DeliveryRow>(
      `delete from deliveries where id = $1 and rev = $2 and state = 'claimed' returning *`,
      [id, rev],
    );
    answers.push(row === undefined ? 'stale' : 'ok');
    if (row === undefined) continue;
    await dropParkedMessage(tx, row);
    if (row.envelope !== '') tx.changed();
  }
  return answers;
}

/** Empties the message that a delivery was the last to need. */
export async function dropParkedMessage(
  tx: Tx,
  row: Pick<DeliveryRow, 'kind' | 'wait_id' | 'operation_id' | 'ladder_id'>,
): Promise<void> {
  if (row.kind === 'wait') await tx.query(`update waits set message = '' where id = $1`, [row.wait_id]);
  if (row.kind === 'operation') {
    await tx.query(`update operations set message = '' where id = $1 and state = 'done'`, [row.operation_id]);
  }
  if (row.kind === 'ladder') await dropLadderMessage(tx, row.ladder_id);
}

/** Empties the message of a ladder that is over, unless one of its deliveries still needs it. */
export async function dropLadderMessage(tx: Tx, ladder: string): Promise<void> {
  await tx.query(
    `update ladders set message = '' where id = $1 and closed_at is not null and message <> ''
       and not exists (select 1 from deliveries where ladder_id = $1 and ladder_id <> '')`,
    [ladder],
  );
}

/** Emitting failed: try again at `due` (system time). */
export async function retryDelivery(tx: Tx, input: RetryDeliveryInput): Promise<Fenced> {
  const rows = await tx.query(
    `update deliveries set state = 'pending', due = $3, error = $4, owner = '', lease = 0, attempts = attempts - $5
     where id = $1 and rev = $2 and state = 'claimed' returning id`,
    [input.id, input.rev, input.due, input.error, input.counts === false ? 1 : 0],
  );
  if (rows.length > 0) tx.changed();
  return fenced(rows);
}
