/** The audit journal of an envelope. */
import type { EpochMs } from './claims';

export interface AppendAuditInput {
  account: string;
  envelope: string;
  kind: string;
  body: unknown;
}

export interface AuditEntry {
  seq: number;
  at: EpochMs;
  kind: string;
  body: unknown;
  /** base64url of sha256 over the previous hash and the canonical JSON of this entry. */
  hash: string;
}

export interface Journal {
  entries: AuditEntry[];
  /** false when an entry was changed, added, or removed by something else than the ledger. */
  intact: boolean;
}
