/** Envelopes and the truth about them. */
import type { Claim, EpochMs, Fenced } from './claims';
import type { EventFact, Origin } from './events';

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
