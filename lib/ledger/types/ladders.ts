/** Escalation ladders. */
import type { Claim, EpochMs } from './claims';

/**
 * Output of the node for a step, for the end of the envelope, and for the end of the steps. `lastStep` leaves through the
 * output for steps as well: it is the step that has ended the envelope, so it is not withdrawn when the envelope ends.
 */
export const ladderPort = { step: 0, closed: 1, exhausted: 2, lastStep: 3 } as const;

/**
 * `running`: the next firing has a timer. `paused`: it has none until the ladder is moved on. `exhausted`: no firing is
 * left, and the end of the envelope is still to be told. The others are final: `closed` by that end, `stopped` on request.
 */
export type LadderState = 'running' | 'paused' | 'closed' | 'exhausted' | 'stopped';

/** The next firing of a ladder: its id, and when, in the ladder's lane. */
export interface NextFiring {
  id: string;
  at: EpochMs;
}

export interface OpenLadderInput {
  /** Stable id, so that a repeated message does not open a second ladder. */
  id: string;
  account: string;
  envelope: string;
  node: string;
  clock: string;
  /** Text for lists. */
  name: string;
  /** What the plan is made of, any JSON. */
  spec: unknown;
  /** The parked message as written by `encodeMessage`; every delivery of the ladder carries it. */
  message: string;
  /** null: there is nothing to fire, the ladder is exhausted at once. */
  first: NextFiring | null;
}

export type OpenLadderResult =
  | { state: 'running' }
  | { state: 'exhausted' }
  /** The envelope had ended already; the delivery is in the outbox. */
  | { state: 'over'; status: string }
  /** This id was opened before. */
  | { state: 'repeat'; ladder: Ladder };

export interface Ladder {
  id: string;
  account: string;
  /** The envelope it is about now: the successor, after a succession. */
  envelope: string;
  node: string;
  clock: string;
  name: string;
  spec: unknown;
  state: LadderState;
  /** null when it is over or exhausted, or was paused behind its last firing. */
  next: NextFiring | null;
  /** Ids of the firings that took place, in order. */
  fired: string[];
  /** Fencing token of `moveLadder`: changes with every firing and move. */
  rev: number;
  /** Why it was paused or stopped. */
  reason: string;
  openedAt: EpochMs;
  closedAt: EpochMs | null;
}

export interface ListLaddersInput {
  account?: string;
  node?: string;
  envelope?: string;
  states?: LadderState[];
  /** true: only those that are not over. */
  open?: boolean;
  /** Continue after this id. */
  after?: string;
  limit: number;
}

export interface FireLadderInput {
  id: string;
  /** When given, the firing also loses against every move of the ladder since. */
  rev?: number;
  /** The claimed timer of the ladder; finished in the same transaction. */
  claim: Claim;
  /** Id of the firing that the timer was set for. */
  firing: string;
  /** null: this was the last one. */
  next: NextFiring | null;
  /** Body of the step's delivery, any JSON. */
  body: unknown;
  /** false: the firing is recorded, but no message leaves the node for it. */
  emit: boolean;
  /** The step has ended the envelope, which it holds under this name: the hold ends with the firing, and the ladder closes. */
  endedBy?: string;
}

/**
 * `over`: the envelope ended, nothing is emitted; the claim is finished. `stale`: the claim is no longer ours, or the
 * ladder was moved meanwhile. `held`: the envelope ended while somebody holds it, so that its end is not decided yet;
 * the claim is still ours, try again a little later (`retryTimer`, `counts: false`).
 */
export type FireLadderResult =
  | { state: 'fired'; exhausted: boolean }
  | { state: 'over' }
  | { state: 'stale' }
  | { state: 'held' };

export interface MoveLadderInput {
  id: string;
  rev: number;
  state: 'running' | 'paused' | 'stopped';
  /** undefined: as it is. null: none is left, which exhausts a running ladder. */
  next?: NextFiring | null;
  reason: string;
}

export interface LadderStat {
  node: string;
  running: number;
  /** The earliest next firing and its lane. */
  nextAt: EpochMs | null;
  clock: string;
}

/** Body of the delivery of a ladder whose envelope ended. */
export interface LadderClosedBody {
  ladder: string;
  /** Canonical status at that moment. */
  status: string;
  at: EpochMs;
}

/** Body of the delivery of a ladder without a firing left, whose envelope is still open. */
export interface LadderExhaustedBody {
  ladder: string;
  /** Id of the last firing, '' when there was none. */
  last: string;
}
