/** Deliveries: messages in the outbox. */
import type { Claim, EpochMs } from './claims';

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
