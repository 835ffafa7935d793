/** Events as they are received, and as they are handed out. */
import type { EpochMs } from './claims';

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

/** Body of the delivery of a confirmed event. */
export interface EventBody extends EventFact {
  /** Canonical status of the envelope when the event was confirmed. */
  status: string;
  origin: Origin;
}
