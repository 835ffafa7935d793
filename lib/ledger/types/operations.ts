/** Operations: effects outside, done under an idempotency key. */
import type { EpochMs, Lane } from './claims';
import type { OwnedDelivery } from './deliveries';
import type { RecordEnvelopeInput } from './envelopes';

export interface Attachment {
  name: string;
  bytes: Uint8Array;
}

export interface BeginOperationInput {
  /** Idempotency key. */
  key: string;
  kind: string;
  account: string;
  node: string;
  envelope?: string;
  /** Hash of what is asked for; tells a repeat from another request under the same key. */
  fingerprint: string;
  request: unknown;
  /** The message as written by `encodeMessage`; comes back with the delivery of `finishOperation`. */
  message: string;
  attachments: Attachment[];
  owner: string;
  leaseMs: number;
  /** Lane of `notBefore` and of later `retryAt` times (default ''). */
  clock?: string;
  /** Do not start now: `claimOperations` hands it out from this lane time on. */
  notBefore?: EpochMs;
}

export type BeginOperationResult =
  /** Work on it. `repeat`: an earlier attempt may have had an effect. `fingerprint` is that of the stored request. */
  | { state: 'mine'; rev: number; attempt: number; repeat: boolean; fingerprint: string; progress: unknown }
  | { state: 'done'; result: unknown; fingerprint: string }
  | { state: 'busy'; until: EpochMs }
  | { state: 'scheduled'; due: EpochMs };

export interface NoteOperationInput {
  key: string;
  rev: number;
  progress: unknown;
}

export interface FinishOperationInput {
  key: string;
  rev: number;
  result: unknown;
  envelope?: RecordEnvelopeInput;
  delivery?: OwnedDelivery;
  /** Entry for the journal of the operation's envelope. */
  audit?: { kind: string; body: unknown };
}

export interface Failure {
  code: string;
  message: string;
}

export interface FailOperationInput {
  key: string;
  rev: number;
  error: Failure;
  /** Lane time of the next attempt, null when it is final. */
  retryAt: EpochMs | null;
}

export interface ClaimOperationsInput {
  owner: string;
  kinds?: string[];
  nodes: string[];
  lanes: Lane[];
  leaseMs: number;
  limit: number;
}

export interface ClaimedOperation {
  key: string;
  rev: number;
  kind: string;
  account: string;
  node: string;
  envelope: string;
  clock: string;
  fingerprint: string;
  request: unknown;
  message: string;
  progress: unknown;
  attempt: number;
  /** Failure of the last attempt; null after a crash or when it never ran. */
  error: Failure | null;
  createdAt: EpochMs;
}

export type OperationState = 'running' | 'waiting' | 'done' | 'failed';

export interface Operation {
  key: string;
  kind: string;
  account: string;
  node: string;
  envelope: string;
  state: OperationState;
  fingerprint: string;
  request: unknown;
  attempt: number;
  progress: unknown;
  result: unknown;
  error: Failure | null;
  /** Lane time of the next attempt. */
  due: EpochMs | null;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

export interface ListOperationsInput {
  kind?: string;
  account?: string;
  node?: string;
  envelope?: string;
  state?: OperationState;
  /** Continue after this key. */
  after?: string;
  limit: number;
}
