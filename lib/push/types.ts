/** What every push provider offers, and what it needs. */
import type { ErrorCode } from '../errors';
import type { Pace } from '../http/retry';
import type { Clock } from '../time/clock';
import type { Notification } from './message';
import type { Recipient, RecipientKind } from './recipients';

/** What became of one notification for one recipient. No text in it ever holds an address, an endpoint or a secret. */
export type SendResult =
  /** The service took it over; that is no receipt. `id` is the service's name for it, for an OpenText channel the job. */
  | { state: 'sent'; id?: string }
  /** The device is gone for good: remove it from the registry. */
  | { state: 'dead'; reason: string }
  /** Nothing was delivered, or a repeat replaces what was; try again, not before `afterMs` milliseconds. */
  | { state: 'retry'; reason: string; afterMs?: number }
  /** Trying again is of no use, or could deliver twice (`OUTCOME_UNKNOWN`). */
  | { state: 'failed'; reason: string; code: ErrorCode };

export interface SendContext {
  /** The same for every try of the same notification to the same recipient. */
  idempotencyKey: string;
  signal?: AbortSignal;
}

/** Channels of which the service tells what became of a message. */
export type Channel = 'sms' | 'email' | 'whatsapp';

export interface DeliveryStatus {
  /** Label of the recipient, as `recipientLabel` makes it; missing when the answer names no address. */
  recipient?: string;
  state: 'delivered' | 'failed' | 'pending';
  /** The service's own word for it. */
  detail?: string;
}

export interface JobStatus {
  /** Whether nothing more is going to change. */
  finished: boolean;
  deliveries: DeliveryStatus[];
}

export interface PushProvider {
  readonly kind: ProviderKind;
  /** The kinds of recipients it can reach. */
  readonly reaches: readonly RecipientKind[];
  /**
   * Finds everything that is wrong with a notification without asking the service. Call it for all recipients before the
   * first `send`, so that bad input sends nothing.
   *
   * @throws SignatureError BAD_RECIPIENT (this provider cannot reach it), PAYLOAD_TOO_LARGE, BAD_INPUT, DUE_IN_PAST
   */
  check(notification: Notification, recipient: Recipient): void;
  /**
   * Sends one notification to one recipient, in one try.
   *
   * @throws the signal's reason when it is aborted before anything was sent; every other trouble is a result
   */
  send(notification: Notification, recipient: Recipient, context: SendContext): Promise<SendResult>;
  /**
   * What became of a job; only OpenText's channels tell.
   *
   * @param jobId `id` of the result
   * @throws SignatureError as the HTTP client does
   */
  status?(jobId: string, channel: Channel, signal?: AbortSignal): Promise<JobStatus>;
  /**
   * Tries the credentials as far as that is possible without sending anything.
   *
   * @returns whether something could be tried at all
   * @throws SignatureError UNAUTHORIZED, UNREACHABLE, …
   */
  test(signal?: AbortSignal): Promise<boolean>;
}

export type ProviderKind = 'fcm' | 'webpush' | 'opentext' | 'webhook';

export interface ProviderTools {
  /** On which due dates count; the sandbox's clock when the account is the sandbox. */
  clock: Clock;
  userAgent: string;
  /** Real time, for tokens and time limits; replaced in tests. */
  pace?: Pace;
}
