import { canonicalJson, sha256 } from '../canonical';
import { fromJson, type Tx } from '../sql';
import type { AppendAuditInput, AuditEntry, EpochMs, Journal } from '../types';
import { type LockedEnvelope, lockEnvelope, saveEnvelope } from './envelopes';

interface AuditRow {
  seq: number;
  written_at: EpochMs;
  kind: string;
  body: string;
  hash: string;
}

/** The hash of one entry: it covers the hash before it, so a changed entry breaks every later one. */
const entryHash = (before: string, of: { account: string; envelope: string }, row: Omit<AuditRow, 'hash'>): string =>
  sha256(`${before}\n${canonicalJson([of.account, of.envelope, row.seq, row.written_at, row.kind, row.body])}`);

/** Appends an entry to the journal of a locked envelope. The caller saves the envelope, which holds the head. */
export async function note(tx: Tx, locked: LockedEnvelope, kind: string, body: unknown): Promise<void> {
  const row = { seq: locked.audit_seq + 1, written_at: tx.now, kind, body: canonicalJson(body) };
  const hash = entryHash(locked.audit_hash, { account: locked.account, envelope: locked.id }, row);
  await tx.query(
    'insert into audit(account, envelope, seq, written_at, kind, body, hash) values($1, $2, $3, $4, $5, $6, $7)',
    [locked.account, locked.id, row.seq, row.written_at, row.kind, row.body, hash],
  );
  locked.audit_seq = row.seq;
  locked.audit_hash = hash;
}

/** Appends an entry of the caller's to an envelope's journal. */
export async function appendAudit(tx: Tx, input: AppendAuditInput): Promise<void> {
  const locked = await lockEnvelope(tx, input.account, input.envelope);
  await note(tx, locked, input.kind, input.body);
  await saveEnvelope(tx, locked);
}

/** The whole journal of an envelope and whether the chain of hashes holds up to the head in the envelope row. */
export async function journal(tx: Tx, input: { account: string; envelope: string }): Promise<Journal> {
  const rows = await tx.query<AuditRow>(
    'select seq, written_at, kind, body, hash from audit where account = $1 and envelope = $2 order by seq',
    [input.account, input.envelope],
  );
  const [head] = await tx.query<{ audit_seq: number; audit_hash: string }>(
    'select audit_seq, audit_hash from envelopes where account = $1 and id = $2',
    [input.account, input.envelope],
  );
  let before = '';
  let intact = (head?.audit_seq ?? 0) === rows.length;
  const entries: AuditEntry[] = rows.map((row, index) => {
    intact &&= row.seq === index + 1 && row.hash === entryHash(before, input, row);
    before = row.hash;
    return { seq: row.seq, at: row.written_at, kind: row.kind, body: fromJson(row.body), hash: row.hash };
  });
  return { entries, intact: intact && before === (head?.audit_hash ?? '') };
}
