import type { MessagingJob } from '../model';

type Outcome = MessagingJob['destinations'][number]['outcome'];

/** Virtual time after which an operator has a message, and after which its receipt is there. */
const sentAfterMs = 2000;
const confirmedAfterMs = 10_000;

/** How far one destination has come, as `delivery_attempts[].state` says it. */
export function attemptState(ageMs: number, outcome: Outcome): 'Submitted' | 'Sent' | 'Error' | 'Cancelled' {
  if (ageMs < sentAfterMs) return 'Submitted';
  if (outcome === 'cancelled') return 'Cancelled';
  return outcome === 'undeliverable' ? 'Error' : 'Sent';
}

/** Whether the receipt of a delivered message is there. */
export function isConfirmed(ageMs: number, outcome: Outcome): boolean {
  return outcome === 'delivered' && ageMs >= confirmedAfterMs;
}

/** Whether nothing follows any more. */
export function isComplete(ageMs: number): boolean {
  return ageMs >= confirmedAfterMs;
}

/** The moment of each step, for a job of a given moment. */
export const sentAt = (at: number): number => at + sentAfterMs;
export const confirmedAt = (at: number): number => at + confirmedAfterMs;
