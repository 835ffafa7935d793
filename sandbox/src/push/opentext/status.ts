import type { Sandbox } from '../../context';
import type { Answer } from '../../http/answer';
import type { MessagingChannel, MessagingJob } from '../model';
import { messagingError } from './errors';
import { attemptState, confirmedAt, isComplete, isConfirmed, sentAt } from './progress';

/** How each channel names its address and its events. */
const words = {
  sms: { address: 'sms', events: 'sms_delivery_events' },
  emails: { address: 'email', events: 'email_delivery_events' },
  whatsapp: { address: 'whatsapp', events: 'whatsapp_delivery_events' },
  push: { address: 'device', events: 'push_delivery_events' },
} as const satisfies Record<MessagingChannel, object>;

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const iso = (at: number): string => new Date(at).toISOString();

/**
 * `GET /mra/v1/outbound/{channel}/status?job_id=`: how far a job has come on the virtual clock.
 *
 * @throws ApiError 404 for a job that is not there or of another channel
 */
export function jobStatus({ store, clock }: Sandbox, channel: string, id: string): Answer {
  const job = store.messagingJobs.get(id);
  if (job === undefined || job.channel !== channel) throw messagingError(404, 'There is no such job.');
  const age = clock.now() - job.at;
  return {
    status: 200,
    body: {
      job_id: job.uuid,
      job_state: isComplete(age) ? ['Complete', 'Posted'] : ['Pending'],
      entry_time: iso(job.at),
      ...(job.billingCode !== null && { billing_code_base64: base64(job.billingCode) }),
      ...(job.customerReference !== null && { customer_reference_base64: base64(job.customerReference) }),
      deliveries: job.destinations.map((destination) => delivery(job, destination, age)),
    },
  };
}

function delivery(
  { channel, at }: MessagingJob,
  { address, ref, outcome }: MessagingJob['destinations'][number],
  age: number,
) {
  const state = attemptState(age, outcome);
  const events = isConfirmed(age, outcome) ? [{ event_time: iso(confirmedAt(at)), status: 'Confirmed' }] : [];
  return {
    ...(ref !== null && { ref_base64: base64(ref) }),
    [words[channel].address]: address,
    delivery_attempts: [{ state, first_attempt: iso(at), ...(state === 'Sent' && { delivery_time: iso(sentAt(at)) }) }],
    events: { [words[channel].events]: events },
  };
}
