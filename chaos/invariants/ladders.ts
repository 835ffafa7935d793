import type { Emission, Evidence, Finding, Invariant } from '../evidence';
import { baseKey } from '../people';
import type { EnvelopePlan } from '../schedule';
import { hourMs } from '../time';
import { lastOf, lineOf, nameOf } from './outcomes';
import { deliveriesOf, unmarkedRepeats } from './repeats';

interface Step {
  step: string;
  level: number;
  plannedAt: string;
  firedAt: string;
}

const stepOf = ({ said }: Emission): Step => said as unknown as Step;

/**
 * Every step of a ladder fires once, in its order, never early, never after the end; the ladder says once that its
 * steps are used up, and once how the envelope ended.
 */
export const ladders: Invariant = (evidence) =>
  evidence.schedule.envelopes.filter(({ steps }) => steps.length > 0).flatMap((plan) => judge(evidence, plan));

function judge(evidence: Evidence, plan: EnvelopePlan): Finding[] {
  const { key } = plan;
  const all = deliveriesOf(evidence.emissions.filter((one) => one.key === key && one.node === 'ladder'));
  const fired = all.filter(({ first }) => first.port === 0);
  const closed = all.filter(({ first }) => first.port === 1);
  const exhausted = all.filter(({ first }) => first.port === 2);
  const findings = all.flatMap(unmarkedRepeats);
  const find = (sort: Finding['sort'], text: string): void => void findings.push({ sort, key, text });

  // Every envelope has ended by now.
  if (closed.length === 0) find('lost', 'the ladder has never said how the envelope ended');
  if (closed.length > 1) find('duplicate', `the ladder was closed ${closed.length} times`);
  if (exhausted.length > 1) find('duplicate', `the ladder was used up ${exhausted.length} times`);
  const names = fired.map(({ first }) => stepOf(first).step);
  for (const name of names.filter((one, index) => names.indexOf(one) < index)) {
    find('duplicate', `the step ${name} fired again`);
  }
  const planned = plan.steps.map(({ id }) => id);
  const inOrder = planned.filter((id) => names.includes(id));
  if (names.filter((one, index) => names.indexOf(one) === index).join() !== inOrder.join()) {
    find('wrong', `the steps left in the order ${names.join(' ')}`);
  }
  const excused = [...withdrawnSteps(evidence, key), ...stepsAfterExpiry(evidence, plan)];
  const missing = planned.filter((id) => !names.includes(id) && !excused.includes(id));
  if (exhausted.length > 0) for (const id of missing) find('lost', `the step ${id} never fired`);
  const ended = fired.some(({ first }) => first.said.outcome === 'cancelled');
  if (exhausted.length === 0 && !ended && missing.length === 0)
    find('lost', 'the ladder never said that it is used up');
  const last = lastOf(evidence, key);
  const why = closed[0]?.first.said.why;
  if (why !== undefined && last && why !== nameOf(last)) {
    find('wrong', `the ladder was closed as ${String(why)}, but the document is ${nameOf(last)}`);
  }
  for (const { first } of fired) {
    const text = untimely(evidence, plan, first);
    if (text) find('wrong', text);
  }
  return [...findings, ...firedAfterEnd(evidence, key)];
}

function untimely(evidence: Evidence, { key, steps }: EnvelopePlan, emission: Emission): string | undefined {
  const { step, plannedAt, firedAt } = stepOf(emission);
  const [due, done] = [Date.parse(plannedAt), Date.parse(firedAt)];
  if (done < due) return `the step ${step} fired at ${firedAt}, before its time ${plannedAt}`;
  const place = steps.findIndex(({ id }) => id === step);
  const hours = steps.slice(0, place + 1).reduce((sum, one) => sum + one.hours, 0);
  if (place < 0 || done < (evidence.orderedAt.get(key) ?? 0) + hours * hourMs) {
    return `the step ${step} fired less than ${hours} h after the order`;
  }
  const end = lastOf(evidence, key)?.finishedAt;
  if (end != null && due > end) return `the step ${step}, due at ${plannedAt}, fired although all was over before`;
  return undefined;
}

/** Steps that are due when the envelope has expired, which the node says when the ladder starts. */
function stepsAfterExpiry(evidence: Evidence, { key, steps }: EnvelopePlan): string[] {
  const uuids = lineOf(evidence, key).map(({ uuid }) => uuid);
  const [ladder] = evidence.ledger.ladders.filter(({ envelope }) => uuids.includes(envelope));
  const { expires } = ladder ?? {};
  if (ladder === undefined || expires == null) return [];
  let due = ladder.start;
  return steps.flatMap(({ id, hours }) => {
    due += hours * hourMs;
    return due >= expires ? [id] : [];
  });
}

/**
 * Steps whose message was still in the outbox when the envelope ended: they are taken back, and the journal says so, since
 * nothing is to be done about an envelope that has ended.
 */
function withdrawnSteps({ ledger, documents }: Evidence, key: string): string[] {
  return ledger.journals.flatMap(({ envelope, entries }) => {
    if (baseKey(documents.find(({ uuid }) => uuid === envelope)?.externalId ?? '') !== key) return [];
    return entries.flatMap(({ kind, body }) => {
      const [, step] = /:(s\d+)r\d+$/.exec((body as { delivery?: string }).delivery ?? '') ?? [];
      return kind === 'ladder-withdrawn' && step ? [step] : [];
    });
  });
}

/** By the ledger's own journal, whose order is that of its transactions. */
function firedAfterEnd({ ledger, documents }: Evidence, key: string): Finding[] {
  return ledger.journals.flatMap(({ envelope, entries }) => {
    const document = documents.find(({ uuid }) => uuid === envelope);
    if (!document || baseKey(document.externalId) !== key || document.status === 'ca') return [];
    const end = entries.findIndex(
      ({ kind, body }) => kind === 'status' && ['signed', 'declined', 'expired'].includes((body as { to: string }).to),
    );
    const late = end >= 0 && entries.slice(end).some(({ kind }) => kind === 'ladder-fired');
    return late ? [{ sort: 'wrong' as const, key, text: `a step fired after the end of ${envelope} was known` }] : [];
  });
}
