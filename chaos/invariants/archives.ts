import type { Evidence, Finding, Invariant } from '../evidence';
import type { EnvelopePlan } from '../schedule';
import { lastOf } from './outcomes';
import { deliveriesOf, unmarkedRepeats } from './repeats';

/** Every signed envelope is filed once, bit for bit; nothing else is. */
export const archives: Invariant = (evidence) => evidence.schedule.envelopes.flatMap((plan) => judge(evidence, plan));

function judge(evidence: Evidence, plan: EnvelopePlan): Finding[] {
  const { key } = plan;
  const filed = evidence.filed.filter(({ path }) => path.split('/').at(-1) === key);
  const out = deliveriesOf(
    evidence.emissions.filter((one) => one.key === key && one.node === `archive ${plan.archive}`),
  );
  const findings: Finding[] = out.flatMap(unmarkedRepeats);
  const find = (sort: Finding['sort'], text: string): void => void findings.push({ sort, key, text });
  const reached = evidence.emissions.some((one) => one.key === key && one.node.startsWith('wait') && one.port === 0);
  if (!reached) {
    if (filed.length > 0)
      find('wrong', `${filed.map(({ name }) => name).join(', ')} is filed of an envelope that nobody waited for`);
    return findings;
  }
  if (out.length === 0) find('lost', 'filing it has never ended');
  if (out.length > 1) find('duplicate', `filing it ended ${out.length} times`);
  if (out.some(({ first }) => first.port !== 0)) find('wrong', 'it was put into quarantine');
  for (const name of [`${key}.pdf`, `${key} - signing log.pdf`, `${key} - evidence.zip`]) {
    const copies = filed.filter((one) => one.name === name);
    if (copies.length === 0) find('lost', `"${name}" is not in ${plan.archive}`);
    if (copies.length > 1 || copies.some(({ versions }) => versions.length > 1))
      find('duplicate', `"${name}" was filed again`);
  }
  const strangers = filed.filter(
    ({ name }) => ![`${key}.pdf`, `${key} - signing log.pdf`, `${key} - evidence.zip`].includes(name),
  );
  if (strangers.length > 0)
    find('duplicate', `${strangers.map(({ name }) => `"${name}"`).join(', ')} was filed as well`);
  const noted = journalOf(evidence, key).filter(({ kind }) => kind === 'archived');
  if (noted.length === 0) find('lost', 'the journal does not say that it is filed');
  if (noted.length > 1) find('duplicate', `the journal says ${noted.length} times that it is filed`);
  const signed = filed.find(({ name }) => name === `${key}.pdf`);
  const truth = lastOf(evidence, key)?.sha256;
  if (signed && signed.sha256 !== truth) find('wrong', `"${signed.name}" is not the signed document`);
  return findings;
}

/** The journal of the document that counts in the end. */
const journalOf = (evidence: Evidence, key: string): Evidence['ledger']['journals'][number]['entries'] =>
  evidence.ledger.journals.find(({ envelope }) => envelope === lastOf(evidence, key)?.uuid)?.entries ?? [];
