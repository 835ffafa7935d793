import { Bind, fromJson, type Tx, toJson } from '../sql';
import type {
  Attachment,
  BeginOperationInput,
  BeginOperationResult,
  EpochMs,
  FailOperationInput,
  Failure,
  Fenced,
  FinishOperationInput,
  ListOperationsInput,
  NoteOperationInput,
  Operation,
  OperationState,
} from '../types';
import { appendAudit } from './audit';
import { putDelivery } from './deliveries';
import { lockEnvelope, nextOrd, saveEnvelope } from './envelopes';
import { fenced } from './timers';
import { recordEnvelope } from './truth';

export interface OperationRow {
  id: string;
  kind: string;
  account: string;
  node: string;
  envelope: string;
  clock: string;
  fingerprint: string;
  request: string;
  message: string;
  state: OperationState;
  lease: EpochMs;
  due: EpochMs | null;
  rev: number;
  attempts: number;
  progress: string;
  result: string;
  error: string;
  created_at: EpochMs;
  updated_at: EpochMs;
}

/**
 * Begins an outside effect under its idempotency key, or says what became of it.
 *
 * One caller at a time gets `mine`. With `repeat: true` an earlier attempt may have had its effect: look before you act.
 * A repeat with the same fingerprint replaces the parked message; one with another fingerprint changes nothing and gets
 * the stored fingerprint back, unless the earlier attempt failed for good, which had no effect.
 */
export async function beginOperation(tx: Tx, input: BeginOperationInput): Promise<BeginOperationResult> {
  const later = input.notBefore !== undefined;
  const inserted = await tx.query(
    `insert into operations(id, kind, account, node, envelope, clock, fingerprint, request, message, state, owner, lease,
       due, rev, attempts, created_at, updated_at)
     values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $15)
     on conflict(id) do nothing returning id`,
    [
      input.key,
      input.kind,
      input.account,
      input.node,
      input.envelope ?? '',
      input.clock ?? '',
      input.fingerprint,
      toJson(input.request),
      input.message,
      later ? 'waiting' : 'running',
      later ? '' : input.owner,
      later ? 0 : tx.now + input.leaseMs,
      input.notBefore ?? null,
      later ? 0 : 1,
      tx.now,
    ],
  );
  if (inserted.length > 0) {
    await storeAttachments(tx, input.key, input.attachments);
    if (input.notBefore !== undefined) {
      tx.changed();
      return { state: 'scheduled', due: input.notBefore };
    }
    return { state: 'mine', rev: 1, attempt: 1, repeat: false, fingerprint: input.fingerprint, progress: null };
  }
  return takeAgain(tx, input);
}

async function takeAgain(tx: Tx, input: BeginOperationInput): Promise<BeginOperationResult> {
  // The update without effect takes the row lock, so that what is read here still holds below.
  const [row] = await tx.query<OperationRow>('update operations set rev = rev where id = $1 returning *', [input.key]);
  if (row === undefined) throw new Error('the operation vanished');
  if (row.state === 'done') return { state: 'done', result: fromJson(row.result), fingerprint: row.fingerprint };
  if (row.state === 'running' && row.lease > tx.now) return { state: 'busy', until: row.lease };
  if (row.state === 'waiting' && row.attempts === 0) return { state: 'scheduled', due: row.due ?? tx.now };
  const renewed = row.state === 'failed' || row.fingerprint === input.fingerprint;
  const next = renewed
    ? { fingerprint: input.fingerprint, request: toJson(input.request), message: input.message, node: input.node }
    : row;
  const progress = row.fingerprint === next.fingerprint ? row.progress : 'null';
  await tx.query(
    `update operations set state = 'running', owner = $2, lease = $3, due = null, rev = rev + 1, attempts = attempts + 1,
       fingerprint = $4, request = $5, message = $6, node = $7, progress = $8, updated_at = $9 where id = $1`,
    [
      input.key,
      input.owner,
      tx.now + input.leaseMs,
      next.fingerprint,
      next.request,
      next.message,
      next.node,
      progress,
      tx.now,
    ],
  );
  if (renewed) await storeAttachments(tx, input.key, input.attachments);
  return {
    state: 'mine',
    rev: row.rev + 1,
    attempt: row.attempts + 1,
    repeat: true,
    fingerprint: next.fingerprint,
    progress: fromJson(progress),
  };
}

async function storeAttachments(tx: Tx, key: string, attachments: readonly Attachment[]): Promise<void> {
  await dropAttachments(tx, key);
  for (const [position, { name, bytes }] of attachments.entries()) {
    await tx.query('insert into attachments(operation_id, position, name, bytes) values($1, $2, $3, $4)', [
      key,
      position,
      name,
      bytes,
    ]);
  }
}

async function dropAttachments(tx: Tx, key: string): Promise<void> {
  await tx.query('delete from attachments where operation_id = $1', [key]);
}

/** Extends the lease of a running operation. */
export async function renewOperation(tx: Tx, input: { key: string; rev: number; leaseMs: number }): Promise<Fenced> {
  return fenced(
    await tx.query(`update operations set lease = $3 where id = $1 and rev = $2 and state = 'running' returning id`, [
      input.key,
      input.rev,
      tx.now + input.leaseMs,
    ]),
  );
}

/** Writes down how far a running operation is; the next attempt gets it back. */
export async function noteOperation(tx: Tx, input: NoteOperationInput): Promise<Fenced> {
  return fenced(
    await tx.query(
      `update operations set progress = $3, updated_at = $4 where id = $1 and rev = $2 and state = 'running'
       returning id`,
      [input.key, input.rev, toJson(input.progress), tx.now],
    ),
  );
}

/**
 * The effect took place. With it, in one transaction: the envelope it created, the entry in the journal, and the message
 * that says so.
 */
export async function finishOperation(tx: Tx, input: FinishOperationInput): Promise<Fenced> {
  const [row] = await tx.query<OperationRow>(
    `update operations set state = 'done', result = $3, error = 'null', owner = '', lease = 0, due = null,
       envelope = case when $4 = '' then envelope else $4 end, updated_at = $5
     where id = $1 and rev = $2 and state = 'running' returning *`,
    [input.key, input.rev, toJson(input.result), input.envelope?.id ?? '', tx.now],
  );
  if (row === undefined) return 'stale';
  await dropAttachments(tx, input.key);
  if (input.envelope !== undefined) await recordEnvelope(tx, { operation: input.key, ...input.envelope });
  if (input.audit !== undefined) {
    await appendAudit(tx, { account: row.account, envelope: row.envelope, ...input.audit });
  }
  if (input.delivery === undefined) {
    await tx.query(`update operations set message = '' where id = $1`, [input.key]);
    return 'ok';
  }
  const { id, node, port, body, claimed } = input.delivery;
  await putDelivery(tx, {
    id,
    kind: 'operation',
    account: row.account,
    node,
    port,
    envelope: row.envelope,
    operation: input.key,
    body,
    ord: await ordOf(tx, row),
    claimed,
  });
  return 'ok';
}

async function ordOf(tx: Tx, row: OperationRow): Promise<number> {
  if (row.envelope === '') return tx.now * 1000;
  const locked = await lockEnvelope(tx, row.account, row.envelope);
  const ord = nextOrd(tx, locked);
  await saveEnvelope(tx, locked);
  return ord;
}

/** The attempt failed: again at `retryAt`, or, when that is null, not again by itself. */
export async function failOperation(tx: Tx, input: FailOperationInput): Promise<Fenced> {
  const rows = await tx.query(
    `update operations set state = $3, due = $4, error = $5, owner = '', lease = 0, updated_at = $6
     where id = $1 and rev = $2 and state = 'running' returning id`,
    [
      input.key,
      input.rev,
      input.retryAt === null ? 'failed' : 'waiting',
      input.retryAt,
      toJson({ code: input.error.code, message: input.error.message }),
      tx.now,
    ],
  );
  if (rows.length > 0) tx.changed();
  return fenced(rows);
}

/** It was not begun after all: nothing has been done under this key, so nothing is left of it. */
export async function withdrawOperation(tx: Tx, input: { key: string; rev: number }): Promise<Fenced> {
  const rows = await tx.query(`delete from operations where id = $1 and rev = $2 and state = 'running' returning id`, [
    input.key,
    input.rev,
  ]);
  if (rows.length > 0) await dropAttachments(tx, input.key);
  return fenced(rows);
}

/** The bytes that belong to an unfinished operation, in order. */
export async function operationAttachments(tx: Tx, input: { key: string }): Promise<Attachment[]> {
  const rows = await tx.query<{ name: string; bytes: Uint8Array }>(
    'select name, bytes from attachments where operation_id = $1 order by position',
    [input.key],
  );
  return rows.map((row) => ({ name: row.name, bytes: new Uint8Array(row.bytes) }));
}

const toOperation = (row: OperationRow): Operation => ({
  key: row.id,
  kind: row.kind,
  account: row.account,
  node: row.node,
  envelope: row.envelope,
  state: row.state,
  fingerprint: row.fingerprint,
  request: fromJson(row.request),
  attempt: row.attempts,
  progress: fromJson(row.progress),
  result: fromJson(row.result),
  error: fromJson(row.error) as Failure | null,
  due: row.due,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** One operation, or null. */
export async function operation(tx: Tx, input: { key: string }): Promise<Operation | null> {
  const [row] = await tx.query<OperationRow>('select * from operations where id = $1', [input.key]);
  return row === undefined ? null : toOperation(row);
}

/** A page of operations in the order of their keys. */
export async function listOperations(tx: Tx, input: ListOperationsInput): Promise<Operation[]> {
  const bind = new Bind();
  const where = ['1 = 1'];
  for (const column of ['kind', 'account', 'node', 'envelope', 'state'] as const) {
    const value = input[column];
    if (value !== undefined) where.push(`${column} = ${bind.one(value)}`);
  }
  if (input.after !== undefined) where.push(`id > ${bind.one(input.after)}`);
  const rows = await tx.query<OperationRow>(
    `select * from operations where ${where.join(' and ')} order by id limit ${bind.one(input.limit)}`,
    bind.values,
  );
  return rows.map(toOperation);
}
