import type { Emission, Evidence, Finding, Invariant } from '../evidence';
import type { EnvelopePlan } from '../schedule';
import { hourMs } from '../time';
import { couldBeUnreachable, lastOf, nameOf } from './outcomes';
import { deliveriesOf, unmarkedRepeats } from './repeats';

const ports = ['reached', 'ended', 'timeout'];

/** Every message that waited has left once, through the right output. */
export const waits: Invariant = (evidence) => evidence.schedule.envelopes.flatMap((plan) => judge(evidence, plan));

function judge(evidence: Evidence, plan: EnvelopePlan): Finding[] {
  const { key } = plan;
  const node = plan.timeoutHours === null ? 'wait' : 'wait-until';
  const deliveries = deliveriesOf(evidence.emissions.filter((one) => one.key === key && one.node === node));
  const [delivery, ...others] = deliveries;
  if (delivery === undefined) return [{ sort: 'lost', key, text: 'the message that waited has never left' }];
  const findings = deliveries.flatMap(unmarkedRepeats);
  for (const { id } of others) {
    findings.push({ sort: 'duplicate', key, text: `the wait was resolved again, as ${id}` });
  }
  const wrong = delivery.emissions.map((one) => wrongWith(evidence, plan, one)).find((text) => text !== undefined);
  if (wrong) findings.push({ sort: 'wrong', key, text: wrong });
  return findings;
}

function wrongWith(
  evidence: Evidence,
  { key, timeoutHours }: EnvelopePlan,
  { port, said }: Emission,
): string | undefined {
  const { outcome, status, waitedMs } = said as { outcome: string; status: string; waitedMs: number };
  if (outcome !== ports[port]) return `the outcome "${outcome}" left through output ${port + 1}`;
  const last = lastOf(evidence, key);
  if (last === undefined) return `a wait ended as ${outcome}, but there is no document`;
  if (outcome !== 'timeout') {
    const right = nameOf(last) === 'signed' ? 'reached' : 'ended';
    if (outcome !== right || status !== nameOf(last)) {
      return `the wait ended as ${outcome} (${status}), but the document is ${nameOf(last)}`;
    }
    return undefined;
  }
  if (timeoutHours === null) return 'a wait without a time limit timed out';
  if (waitedMs < timeoutHours * hourMs) return `it timed out after ${waitedMs} ms of ${timeoutHours} h`;
  const deadline = (evidence.orderedAt.get(key) ?? 0) + timeoutHours * hourMs;
  // Where the service could not be asked, the deadline counts.
  if (last.finishedAt !== null && last.finishedAt < deadline && !couldBeUnreachable(evidence)) {
    return `it timed out although the document was ${nameOf(last)} before the deadline`;
  }
  return undefined;
}
