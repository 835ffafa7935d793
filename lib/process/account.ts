import type { CoreSignatureClient } from '../core-signature/client';
import type { Clock } from '../time/clock';
import type { Dispatcher } from './dispatcher';

/**
 * An account at work: the credentials' client, the ledger its envelopes are kept in, and its clock. Everything in this
 * folder takes one.
 */
export interface SignatureAccount {
  readonly id: string;
  readonly client: CoreSignatureClient;
  readonly dispatcher: Dispatcher;
  /** The dispatcher's clock, or a sandbox's that is ahead of it. */
  readonly clock: Clock;
  /** Lane of `clock` in the ledger: '' for the system clock, the account's id for one that follows a sandbox. */
  readonly lane: string;
  /** Keys that verify `event_hash`, the current one first; none means that only reading back decides. */
  readonly hashKeys: readonly string[];
  /** Where the service calls back, or null where it cannot. */
  readonly callbackUrl: string | null;
  /** Seals signers' passwords in the ledger; never written anywhere itself. */
  readonly secret: string;
  /** URLs from messages may point into the own network. */
  readonly allowPrivateAddresses: boolean;
}
