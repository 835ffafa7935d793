import type { Request } from 'express';
import type { Sandbox } from '../../context';
import type { PushRule } from '../../faults';
import type { Answer } from '../../http/answer';
import type { MessagingJob } from '../model';

const keptJobs = 2000;
const firstNumber = 1_000_001;

/** Addresses that no message reaches, for tests. */
const deadAddress = /^(?:bounce|undeliverable)[^@]*@|0000$/;

export type NewJob = Pick<MessagingJob, 'channel' | 'text'> &
  Partial<Omit<MessagingJob, 'destinations'>> & { destinations: { address: string; ref?: string | undefined }[] };

/**
 * Puts a job on the list and answers with its id, which is the domain and a number.
 *
 * @param rule of a fault switch, which may want the message to get lost on the way
 */
export function startJob(
  { store, clock }: Sandbox,
  request: Request,
  { destinations, ...job }: NewJob,
  more: { domain: string; rule: PushRule | undefined },
): Answer {
  const number = store.setting<number>('messaging.next') ?? firstNumber;
  store.set('messaging.next', number + 1);
  const uuid = `${more.domain}-${number}`;
  store.messagingJobs.put({
    uuid,
    at: clock.now(),
    submitId: request.get('X-MRA-SubmitId') ?? null,
    subject: null,
    customerReference: null,
    billingCode: null,
    document: null,
    ...job,
    destinations: destinations.map(({ address, ref = null }) => ({
      address,
      ref,
      outcome: outcomeOf(address, more.rule),
    })),
  });
  store.messagingJobs.keepLatest(keptJobs);
  return { status: 200, body: { job_id: uuid } };
}

function outcomeOf(address: string, rule: PushRule | undefined): MessagingJob['destinations'][number]['outcome'] {
  if (rule?.code === 'CANCELLED') return 'cancelled';
  return rule?.code === 'UNDELIVERABLE' || deadAddress.test(address) ? 'undeliverable' : 'delivered';
}
