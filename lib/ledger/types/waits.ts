/** Waits for a status. */
import type { EpochMs } from './claims';

export interface OpenWaitInput {
  /** Stable id, so that a repeated message does not open a second wait. */
  id: string;
  account: string;
  envelope: string;
  node: string;
  /** The statuses the integrator chose, for display. */
  statuses: string[];
  /** Statuses that resolve the wait as `reached`. */
  reachedBy: string[];
  /** Statuses that resolve the wait as `ended`. */
  endedBy: string[];
  /** Lane time of the timeout, null for none. */
  deadline: EpochMs | null;
  clock: string;
  /** The parked message as written by `encodeMessage`. */
  message: string;
  /** Text for lists. */
  name: string;
  /** Waits of one group release each other: the first that settles or times out wins, the others are cancelled. */
  group?: string;
}

export type WaitOutcome = 'reached' | 'ended' | 'timeout';

/** Output of the node for each outcome. */
export const waitPort = { reached: 0, ended: 1, timeout: 2 } as const satisfies Record<WaitOutcome, number>;

export type OpenWaitResult =
  | { state: 'waiting' }
  /** Already decided; the delivery is in the outbox. */
  | { state: 'settled'; outcome: WaitOutcome }
  /** This id was opened before; `outcome` is null while it waits or when it was cancelled. */
  | { state: 'repeat'; outcome: WaitOutcome | null };

export interface CancelWaitsInput {
  account?: string;
  node?: string;
  envelope?: string;
  id?: string;
  reason: string;
  /** At most so many per call (default 1000): call again while the answer equals it. */
  limit?: number;
}

export type WaitState = 'waiting' | 'settled' | 'cancelled';

export interface Wait {
  id: string;
  account: string;
  envelope: string;
  node: string;
  name: string;
  statuses: string[];
  clock: string;
  deadline: EpochMs | null;
  state: WaitState;
  outcome: WaitOutcome | null;
  /** Why it was cancelled. */
  reason: string;
  openedAt: EpochMs;
  closedAt: EpochMs | null;
}

export interface ListWaitsInput {
  account?: string;
  node?: string;
  envelope?: string;
  state?: WaitState;
  /** Continue after this id. */
  after?: string;
  limit: number;
}

export interface WaitStat {
  node: string;
  open: number;
  /** The earliest deadline and its lane. */
  nextDeadline: EpochMs | null;
  clock: string;
}

/** `lost`: an event was first (audited). `stale`: the claim is no longer ours, or the wait was cancelled. */
export type ExpireWaitResult = 'settled' | 'lost' | 'stale';

/** Body of the delivery of a settled wait. */
export interface WaitBody {
  wait: string;
  outcome: WaitOutcome;
  /** Canonical status at that moment. */
  status: string;
  at: EpochMs;
}
