import { Bind, fromJson, type Row, type Tx, toJson } from '../sql';
import type { Envelope, EpochMs, ListEnvelopesInput } from '../types';

/** The envelope row while its lock is held. Verbs change it in memory; `saveEnvelope` writes it once. */
export interface LockedEnvelope {
  account: string;
  id: string;
  external_id: string;
  name: string;
  status: string;
  rank: number;
  terminal: number;
  snapshot: string;
  clock: string;
  node: string;
  sent_at: EpochMs | null;
  due_at: EpochMs | null;
  checked_at: EpochMs | null;
  created_at: EpochMs;
  updated_at: EpochMs;
  pruned_at: EpochMs | null;
  last_ord: number;
  audit_seq: number;
  audit_hash: string;
  held_by: string;
  successor: string;
  predecessor: string;
  lineage: string;
}

/**
 * Takes the lock of an envelope row, creating the row when the envelope is unknown until now.
 *
 * Everything that decides about an envelope begins with this, so that a wait and an event meet in one transaction: the
 * statements after it see what the other side committed (PostgreSQL READ COMMITTED; SQLite has one writer anyway).
 */
export async function lockEnvelope(tx: Tx, account: string, id: string): Promise<LockedEnvelope> {
  const rows = await tx.query<LockedEnvelope>(
    `insert into envelopes(account, id, created_at, updated_at) values($1, $2, $3, $3)
     on conflict(account, id) do update set rank = envelopes.rank returning *`,
    [account, id, tx.now],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the envelope row was not returned');
  return row;
}

/**
 * Takes the lock of the envelope that holds the place of this one now: itself, or the last of its successors. That is
 * where waits and ladders are.
 */
export async function lockLine(tx: Tx, account: string, id: string): Promise<LockedEnvelope> {
  let locked = await lockEnvelope(tx, account, id);
  while (locked.successor !== '') locked = await lockEnvelope(tx, account, locked.successor);
  return locked;
}

/** The id of the envelope that holds the place of this one now, without a lock. */
export async function endOfLine(tx: Tx, account: string, id: string): Promise<string> {
  const [row] = await tx.query<{ successor: string }>(
    `select successor from envelopes where account = $1 and id = $2 and successor <> ''`,
    [account, id],
  );
  return row === undefined ? id : endOfLine(tx, account, row.successor);
}

/** It has ended, but somebody holds it: whether that end counts is not decided yet. */
export const isUndecided = (locked: LockedEnvelope): boolean => locked.terminal === 1 && locked.held_by !== '';

/** Writes the locked row back. */
export async function saveEnvelope(tx: Tx, e: LockedEnvelope): Promise<void> {
  await tx.query(
    `update envelopes set external_id = $3, name = $4, status = $5, rank = $6, terminal = $7, snapshot = $8, clock = $9,
       node = $10, sent_at = $11, due_at = $12, checked_at = $13, updated_at = $14, last_ord = $15, audit_seq = $16,
       audit_hash = $17, held_by = $18, successor = $19, predecessor = $20, lineage = $21 where account = $1 and id = $2`,
    [
      e.account,
      e.id,
      e.external_id,
      e.name,
      e.status,
      e.rank,
      e.terminal,
      e.snapshot,
      e.clock,
      e.node,
      e.sent_at,
      e.due_at,
      e.checked_at,
      e.updated_at,
      e.last_ord,
      e.audit_seq,
      e.audit_hash,
      e.held_by,
      e.successor,
      e.predecessor,
      e.lineage,
    ],
  );
}

/** The next place in the envelope's order of deliveries: time-like, and always after the one before. */
export function nextOrd(tx: Tx, locked: LockedEnvelope): number {
  locked.last_ord = Math.max(tx.now * 1000, locked.last_ord + 1);
  return locked.last_ord;
}

const toEnvelope = (row: LockedEnvelope): Envelope => ({
  account: row.account,
  id: row.id,
  externalId: row.external_id,
  name: row.name,
  status: row.status,
  rank: row.rank,
  terminal: row.terminal === 1,
  snapshot: fromJson(row.snapshot),
  clock: row.clock,
  node: row.node,
  sentAt: row.sent_at,
  dueAt: row.due_at,
  checkedAt: row.checked_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  prunedAt: row.pruned_at,
  heldBy: row.held_by,
  successor: row.successor,
  predecessor: row.predecessor,
  lineage: row.lineage,
});

/** The envelope, or null when the ledger never heard of it. */
export async function envelope(tx: Tx, input: { account: string; id: string }): Promise<Envelope | null> {
  const [row] = await tx.query<LockedEnvelope>('select * from envelopes where account = $1 and id = $2', [
    input.account,
    input.id,
  ]);
  return row === undefined ? null : toEnvelope(row);
}

/** The newest envelope with this external id, or null. */
export async function envelopeByExternalId(
  tx: Tx,
  input: { account: string; externalId: string },
): Promise<Envelope | null> {
  if (input.externalId === '') return null;
  const [row] = await tx.query<LockedEnvelope>(
    `select * from envelopes where account = $1 and external_id = $2 and external_id <> ''
     order by created_at desc, id limit 1`,
    [input.account, input.externalId],
  );
  return row === undefined ? null : toEnvelope(row);
}

/** Open envelopes that the provider was not asked about since `checkedBefore`, longest first. For reconciliation. */
export async function staleEnvelopes(
  tx: Tx,
  input: { account: string; checkedBefore: EpochMs; limit: number },
): Promise<Envelope[]> {
  const rows = await tx.query<LockedEnvelope>(
    `select * from envelopes where account = $1 and terminal = 0 and status <> '' and checked_at < $2
     order by checked_at limit $3`,
    [input.account, input.checkedBefore, input.limit],
  );
  return rows.map(toEnvelope);
}

/** Notes that the provider was asked now and had nothing to say (it was unreachable, or the document is being made). */
export async function touchEnvelope(tx: Tx, input: { account: string; id: string }): Promise<void> {
  await tx.query('update envelopes set checked_at = $3 where account = $1 and id = $2', [
    input.account,
    input.id,
    tx.now,
  ]);
}

/** A page of envelopes in the order of `(account, id)`. */
export async function listEnvelopes(tx: Tx, input: ListEnvelopesInput): Promise<Envelope[]> {
  const bind = new Bind();
  const where = [`status <> ''`];
  if (input.account !== undefined) where.push(`account = ${bind.one(input.account)}`);
  if (input.open !== undefined) where.push(`terminal = ${input.open ? 0 : 1}`);
  if (input.held === true) where.push(`held_by <> ''`);
  if (input.after !== undefined) {
    where.push(`(account, id) > (${bind.one(input.after.account)}, ${bind.one(input.after.id)})`);
  }
  const rows = await tx.query<LockedEnvelope & Row>(
    `select * from envelopes where ${where.join(' and ')} order by account, id limit ${bind.one(input.limit)}`,
    bind.values,
  );
  return rows.map(toEnvelope);
}

/** JSON text of a snapshot. */
export const snapshotText = (snapshot: unknown): string => toJson(snapshot);
