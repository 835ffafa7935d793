/** Timers. */
import type { Claim, EpochMs, Lane, Scope } from './claims';

export interface SetTimerInput {
  id: string;
  kind: string;
  account: string;
  envelope: string;
  node: string;
  /** What the timer is about, for example the id of a wait. */
  ref: string;
  clock: string;
  due: EpochMs;
  data: unknown;
}

export interface ClaimTimersInput extends Scope {
  owner: string;
  kinds?: string[];
  /** The system lane `{clock: '', shift: 0}` is added when it is missing. */
  lanes: Lane[];
  leaseMs: number;
  limit: number;
  /** A timer claimed more often than this is `dead` (default 20). */
  maxAttempts?: number;
}

export interface ClaimedTimer extends Claim {
  kind: string;
  account: string;
  envelope: string;
  node: string;
  ref: string;
  clock: string;
  due: EpochMs;
  data: unknown;
  /** 1 for the first try. */
  attempt: number;
  /** Lane milliseconds between due and the first claim, never negative. */
  late: number;
  /** Text of the last failure, '' for none. */
  error: string;
}

export interface RetryTimerInput extends Claim {
  due: EpochMs;
  error: string;
  /** false: do not count this attempt towards `maxAttempts`, for example because the service is known to be down. */
  counts?: boolean;
}

export interface NextDueInput extends Scope {
  lanes: Lane[];
  /** Kinds of timers that the caller claims (all when absent). */
  kinds?: string[];
  /** Kinds of operations that the caller claims (all when absent). */
  operations?: string[];
}
