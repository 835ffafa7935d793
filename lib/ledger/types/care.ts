/** What an operator looks at: what was given up, what nobody owns, how much there is, what may go. */
import type { EpochMs } from './claims';

/** Something that gave up and waits for a person. */
export interface Fault {
  what: 'timer' | 'delivery' | 'operation';
  id: string;
  kind: string;
  account: string;
  node: string;
  envelope: string;
  attempts: number;
  error: string;
  at: EpochMs;
}

/** Work of a node that the caller does not know. */
export interface Orphan {
  node: string;
  waits: number;
  timers: number;
  deliveries: number;
  operations: number;
  /** Ladders that are not over; absent when there are none. */
  ladders?: number;
}

export interface LedgerStats {
  envelopes: { open: number; total: number };
  waits: { open: number };
  ladders: { running: number; paused: number };
  timers: { pending: number; claimed: number; dead: number; oldestDue: EpochMs | null };
  deliveries: { pending: number; claimed: number; dead: number };
  operations: { running: number; waiting: number; failed: number };
}

export interface PruneInput {
  /** Work finished before this time goes; or, by the ledger's own clock, work that was finished longer ago than so many ms. */
  before: EpochMs | { olderThanMs: number };
  /** Envelopes (and loose rows of each kind) per call, default 200: call again while `more`. */
  limit?: number;
}

export interface PruneResult {
  envelopes: number;
  /** Rows removed. */
  rows: number;
  more: boolean;
}
