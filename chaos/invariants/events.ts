import type { Evidence, Finding, Invariant } from '../evidence';
import { lineOf } from './outcomes';
import { deliveriesOf, unmarkedRepeats } from './repeats';

interface Told {
  type: string;
  at: string;
  uuid: string;
  signer: string | null;
}

/** Every event of the service leaves `signature-event-in` once, in the order it happened; nothing else does. */
export const events: Invariant = (evidence) =>
  evidence.schedule.envelopes.flatMap(({ key }) =>
    lineOf(evidence, key).flatMap((document) => judge(evidence, key, document.uuid, document.events)),
  );

function judge(
  { emissions }: Evidence,
  key: string,
  envelope: string,
  truth: Evidence['documents'][number]['events'],
): Finding[] {
  const told = deliveriesOf(emissions.filter((one) => one.node === 'event-in' && one.envelope === envelope));
  const findings = told.flatMap(unmarkedRepeats);
  const find = (sort: Finding['sort'], text: string): void => void findings.push({ sort, key, text });
  const said = told.map(({ first }) => first.said as unknown as Told);
  const name = (type: string, at: string, signer: string | null | undefined): string =>
    `${type} ${Date.parse(at)} ${signer ?? ''}`;
  const names = said.map(({ type, at, signer }) => name(type, at, signer));
  const real = truth.map(({ event_type, timestamp, signer }) => name(event_type, timestamp, signer?.email));
  for (const one of new Set(real)) if (!names.includes(one)) find('lost', `the event ${one} of ${envelope} never left`);
  for (const one of new Set(names))
    if (!real.includes(one)) find('wrong', `the event ${one} of ${envelope} never happened`);
  for (const one of names.filter((each, index) => names.indexOf(each) < index))
    find('duplicate', `the event ${one} left again`);
  const times = said.map(({ at }) => Date.parse(at));
  if (times.some((at, index) => at < (times[index - 1] ?? 0))) {
    find('wrong', `the events of ${envelope} left in another order: ${names.join(', ')}`);
  }
  return findings;
}
