/** Envelopes that take the place of others. */
import type { RecordEnvelopeInput } from './envelopes';

export interface HoldEnvelopeInput {
  account: string;
  id: string;
  /** Who holds it: stable over a restart, so that the work can be taken up again. */
  by: string;
}

/**
 * `ok`: held by the caller, now or since before. `ended`: it has ended or has a successor already. `held`: by another.
 */
export type HoldResult = 'ok' | 'ended' | 'held';

export interface SucceedEnvelopeInput extends HoldEnvelopeInput {
  /** The envelope that takes its place. */
  successor: RecordEnvelopeInput;
}
