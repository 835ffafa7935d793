import type { Emission, Evidence, Finding, Invariant } from '../evidence';
import type { EnvelopePlan } from '../schedule';
import { deliveriesOf, unmarkedRepeats } from './repeats';

/** Errors of a notification that came too late, which are no faults. */
const tooLate = ['DUE_IN_PAST', 'NO_RECIPIENT'];

/**
 * Nobody is notified twice of one moment, every moment has its notification or an explanation, and an older one does not
 * take the place of a later one.
 *
 * A repeat is none to the person, and not counted here, in exactly these cases: Web Push and FCM, when what it replaces on
 * the phone (same topic, which is made of the collapse key) is the very same notification, still the latest of its topic;
 * a plain webhook, when it carries the same `webhook-id`, by which its receiver knows it.
 */
export const pushes: Invariant = (evidence) =>
  evidence.schedule.envelopes.flatMap((plan) => [...shownTwice(evidence, plan), ...missing(evidence, plan)]);

/** Repeats that nobody notices, because the other side replaces them or knows them by their id. */
export function absorbedPushes({ notifications, hooks }: Evidence): number {
  const shown = Map.groupBy(notifications, ({ phone, title, service }) => `${phone} ${service} ${title}`);
  const called = Map.groupBy(hooks, ({ id }) => id);
  return [...shown.values(), ...called.values()].reduce((sum, all) => sum + all.length - 1, 0);
}

function shownTwice({ notifications, messages, hooks }: Evidence, { key }: EnvelopePlan): Finding[] {
  const findings: Finding[] = [];
  const twice = (text: string): void => void findings.push({ sort: 'duplicate', key, text });
  const ours = notifications.filter(({ title }) => title.split(' ')[0] === key);
  for (const shown of Map.groupBy(ours, ({ phone, service }) => `${phone} ${service}`).values()) {
    const inOrder = shown.toSorted((a, b) => a.at.localeCompare(b.at));
    for (const [index, one] of inOrder.entries()) {
      const before = inOrder.slice(0, index);
      if (!before.some(({ title }) => title === one.title)) continue;
      const latest = before.findLast(({ topic }) => topic === one.topic);
      const replaces = one.topic !== null && latest?.title === one.title && latest.replaced;
      if (!replaces) twice(`${one.phone} was shown "${one.title}" again, by ${one.service}`);
    }
    for (const [index, one] of inOrder.entries()) {
      const later = inOrder
        .slice(0, index)
        .find(({ topic, title }) => topic === one.topic && stepIn(title) > stepIn(one.title));
      if (later === undefined) continue;
      const text = `on ${one.phone} "${one.title}" took the place of "${later.title}", which is about a later step`;
      findings.push({ sort: 'wrong', key, text });
    }
  }
  const texts = messages
    .map(({ text }) => text)
    .filter((text) => text.includes(`${key} `) || text.includes(`${key}\n`));
  for (const text of texts.filter((one, index) => texts.indexOf(one) < index))
    twice(`the text message "${text}" was sent again`);
  const ids = new Set(hooks.filter(({ title }) => title.split(' ')[0] === key).map(({ id }) => id));
  if (ids.size > 1) twice(`the webhook came under ${ids.size} ids`);
  if (hooks.some(({ title, signed }) => title.split(' ')[0] === key && !signed)) {
    findings.push({ sort: 'wrong', key, text: 'a webhook was not signed' });
  }
  return findings;
}

/** Number of the step that a notification is about; 0 for another moment. */
const stepIn = (title: string): number => Number(/ s(\d+)$/.exec(title)?.[1] ?? 0);

function missing(evidence: Evidence, { key, steps }: EnvelopePlan): Finding[] {
  const own = evidence.emissions.filter((one) => one.key === key);
  const from = (node: string): Emission[] => own.filter((one) => one.node === node);
  const excused = (node: string): boolean =>
    from('fault').some(({ said }) => said.node === node && tooLate.includes(String(said.code)));
  const findings: Finding[] = [];
  const expect = (node: string, wanted: number): void => {
    const deliveries = deliveriesOf(from(node));
    findings.push(...deliveries.flatMap((one) => byPort(one.emissions)));
    if (deliveries.length < wanted && !excused(node)) {
      findings.push({
        sort: 'lost',
        key,
        text: `${node} told of ${deliveries.length} notifications instead of ${wanted}`,
      });
    }
    if (deliveries.length > wanted) {
      findings.push({
        sort: 'duplicate',
        key,
        text: `${node} told of ${deliveries.length} notifications instead of ${wanted}`,
      });
    }
  };
  const ended = own.some((one) => one.node.startsWith('wait') && one.port < 2) ? 1 : 0;
  const notifying = steps.filter(
    ({ id, action }) => action === 'notify' && from('ladder').some(({ said }) => said.step === id),
  );
  expect('push sign', 1);
  expect('push step', notifying.length);
  expect('push sms', ended);
  expect('push hook', ended);
  return [...findings, ...unsaid(evidence, key, own)];
}

/** Both outputs of one node may speak of one notification: to some it was sent, to others not. */
const byPort = (emissions: Emission[]): Finding[] =>
  [...Map.groupBy(emissions, ({ port }) => port).values()].flatMap((all) => deliveriesOf(all).flatMap(unmarkedRepeats));

/** What is said to be sent has arrived. */
function unsaid({ notifications, messages, hooks }: Evidence, key: string, own: Emission[]): Finding[] {
  const arrived: Record<string, (kind: string) => boolean> = {
    'push sign': () => notifications.some(({ title }) => title === `${key} sign`),
    'push step': () => notifications.some(({ title }) => title.startsWith(`${key} s`) && title !== `${key} sign`),
    'push sms': () => messages.some(({ text }) => text.includes(key)),
    'push hook': () => hooks.some(({ title }) => title === `${key} ended`),
  };
  return Object.entries(arrived).flatMap(([node, has]) => {
    const sent = own.some((one) => one.node === node && one.port === 0 && (one.said.sent as unknown[]).length > 0);
    return sent && !has(node)
      ? [{ sort: 'lost' as const, key, text: `${node} says it is sent, but it has not arrived` }]
      : [];
  });
}
