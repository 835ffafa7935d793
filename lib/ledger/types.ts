/**
 * Inputs and outputs of every verb of the ledger.
 *
 * Conventions: ids are text, times are epoch milliseconds (`EpochMs`), durations are milliseconds. Fields typed
 * `unknown` hold any JSON value; the ledger stores them as text and gives objects back.
 * `account` is the id of the account the row belongs to, `envelope` the uuid of the document at the provider,
 * `node` the id of the Node-RED node that owns the row ('' when only the account matters).
 */

export * from './device-types';
export * from './ladder-types';
export * from './succession-types';

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** A clock lane: '' is the system clock, any other id a virtual clock that runs `shift` ms ahead of it. */
export interface Lane {
  clock: string;
  shift: number;
}

/** What a claimer holds of a claimed row. `rev` is the fencing token: it is stale once anybody else took the row. */
export interface Claim {
  id: string;
  rev: number;
}

/** Answer of every fenced verb. `stale` means: somebody else owns the row now, stop and do nothing more. */
export type Fenced = 'ok' | 'stale';

// ---------------------------------------------------------------- events

/** How the package learnt of an event. */
export type Origin = 'webhook' | 'poll' | 'message' | 'reconcile';

/** One event as the provider names it. */
export interface EventFact {
  /** Permanent key of the event within its envelope, for example `type|time|signer`. Stored as a hash. */
  dedupe: string;
  /** The provider's id of the event, '' when it gave none. */
  uuid: string;
  type: string;
  at: EpochMs;
  /** E-mail address of the signer, '' when the event is not about one. */
  signer: string;
}

export interface ReceivedEvent extends EventFact {
  envelope: string;
}

export interface ReceiveEventsInput {
  account: string;
  origin: Origin;
  events: ReceivedEvent[];
}

/** One answer per received event, in the order of the input. */
export type Receipt = 'fresh' | 'duplicate';

/** `hint` = received, not yet seen at the provider; only `confirmed` events are emitted. */
export type EventState = 'hint' | 'confirmed' | 'unconfirmed' | 'foreign';

export interface RejectHintsInput {
  account: string;
  envelope: string;
  /** Only hints received before this time. */
  olderThan: EpochMs;
  reason: 'unconfirmed' | 'foreign';
}

// ---------------------------------------------------------------- envelopes

export interface RecordEnvelopeInput {
  account: string;
  id: string;
  externalId: string;
  name: string;
  status: string;
  /** Order of `status`; a status of a lower rank never replaces one of a higher rank. */
  rank: number;
  terminal: boolean;
  /** The handle that nodes put on the message, any JSON. */
  snapshot: unknown;
  clock: string;
  sentAt: EpochMs;
  dueAt: EpochMs | null;
  /** The node that sent it. */
  node: string;
  /** Key of the operation that sent it. */
  operation?: string;
}

export interface Envelope {
  account: string;
  id: string;
  externalId: string;
  name: string;
  /** '' while only a hint or a wait mentioned the envelope. */
  status: string;
  rank: number;
  terminal: boolean;
  snapshot: unknown;
  clock: string;
  node: string;
  sentAt: EpochMs | null;
  dueAt: EpochMs | null;
  /** When the provider was last asked. */
  checkedAt: EpochMs | null;
  createdAt: EpochMs;
  updatedAt: EpochMs;
  /** Set when retention removed its events; such an envelope stays closed for good. */
  prunedAt: EpochMs | null;
  /** Who holds it, '' for nobody: its end is recorded, but those who wait for it are told when the hold is over. */
  heldBy: string;
  /** The envelope that took its place, and the one whose place it took; '' for none. */
  successor: string;
  predecessor: string;
  /** Id of the first envelope of the line, '' when the line is this one alone. */
  lineage: string;
}

/** The provider's own view of an envelope. */
export interface EnvelopeTruth {
  id: string;
  externalId?: string;
  name: string;
  status: string;
  rank: number;
  terminal: boolean;
  snapshot: unknown;
  dueAt: EpochMs | null;
  /** Clock lane; only used when the envelope was unknown until now. */
  clock?: string;
}

export interface ApplyTruthInput {
  account: string;
  envelope: EnvelopeTruth;
  /** All events of the envelope the provider lists. */
  events: EventFact[];
  origin: Origin;
  /** The refresh timer being worked on; it is finished in the same transaction. */
  claim?: Claim;
}

export interface ApplyTruthResult {
  moved: boolean;
  from: string;
  to: string;
  /** Number of events confirmed for the first time. */
  freshEvents: number;
  /** Number of waits settled. */
  settled: number;
  /** When the oldest hint came that the provider's list does not (yet) confirm, null when there is none. */
  oldestHint: EpochMs | null;
  /** What became of `claim`; `stale` means a newer hint wants the envelope read again. */
  claim: Fenced | null;
}

export interface ListEnvelopesInput {
  account?: string;
  /** true: not terminal, false: terminal, absent: both. */
  open?: boolean;
  /** true: only envelopes that somebody holds. */
  held?: boolean;
  /** Continue after this `{account, id}`. */
  after?: { account: string; id: string };
  limit: number;
}

// ---------------------------------------------------------------- waits

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

/** Body of the delivery of a confirmed event. */
export interface EventBody extends EventFact {
  /** Canonical status of the envelope when the event was confirmed. */
  status: string;
  origin: Origin;
}

// ---------------------------------------------------------------- timers

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

/** Whose work is meant: rows of these nodes, or rows of these accounts that belong to no node. Both absent: all. */
export interface Scope {
  nodes?: string[];
  accounts?: string[];
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

export interface RenewInput extends Claim {
  leaseMs: number;
}

export interface NextDueInput extends Scope {
  lanes: Lane[];
  /** Kinds of timers that the caller claims (all when absent). */
  kinds?: string[];
  /** Kinds of operations that the caller claims (all when absent). */
  operations?: string[];
}

// ---------------------------------------------------------------- deliveries

export interface ClaimDeliveriesInput {
  owner: string;
  nodes: string[];
  leaseMs: number;
  limit: number;
  /** A delivery claimed more often than this is `dead` (default 10). */
  maxAttempts?: number;
}

export type DeliveryKind = 'wait' | 'event' | 'operation' | 'ladder';

export interface ClaimedDelivery extends Claim {
  kind: DeliveryKind;
  account: string;
  node: string;
  port: number;
  /** uuid of the document, '' for none. */
  envelope: string;
  /** `WaitBody`, `EventBody`, `LadderClosedBody`, `LadderExhaustedBody`, or what the verb that wrote it was given. */
  body: unknown;
  /** The parked message (`decodeMessage` reads it) of the wait, ladder or operation, null for events. */
  message: string | null;
  /** More than 1: the message may have been emitted before. */
  attempt: number;
  createdAt: EpochMs;
}

export interface RetryDeliveryInput extends Claim {
  due: EpochMs;
  error: string;
  counts?: boolean;
}

export interface OwnedDelivery {
  id: string;
  node: string;
  port: number;
  body: unknown;
  /**
   * Given, the owner emits it at once and finishes it with `rev` 1; after the lease anybody may repeat it. Otherwise it
   * waits to be claimed like any other.
   */
  claimed?: { owner: string; leaseMs: number };
}

// ---------------------------------------------------------------- operations

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

// ---------------------------------------------------------------- leases, faults, orphans

export interface AcquireLeaseInput {
  name: string;
  owner: string;
  leaseMs: number;
}

export interface ReleaseLeaseInput {
  name: string;
  rev: number;
}

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

// ---------------------------------------------------------------- audit, counters, maintenance

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
