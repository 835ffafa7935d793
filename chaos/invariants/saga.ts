import type { Evidence, Finding, Invariant } from '../evidence';
import { lineOf } from './outcomes';

/** No replacement is half done: each document in a line has a request, and all but the last are cancelled. */
export const saga: Invariant = (evidence) => [
  ...evidence.schedule.envelopes.flatMap(({ key }) => judge(evidence, key)),
  ...evidence.ledger.held.map((uuid): Finding => ({ sort: 'wrong', key: '', text: `a step still holds ${uuid}` })),
];

function judge(evidence: Evidence, key: string): Finding[] {
  const line = lineOf(evidence, key);
  const findings: Finding[] = [];
  const successors = line.filter(({ externalId }) => externalId !== key);
  const ids = successors.map(({ externalId }) => externalId);
  for (const id of ids.filter((one, index) => ids.indexOf(one) < index)) {
    findings.push({ sort: 'duplicate', key, text: `the successor ${id} was sent again` });
  }
  for (const { uuid, signers } of successors.filter((one) => one.signers.length === 0)) {
    findings.push({ sort: 'wrong', key, text: `the successor ${uuid} asks ${signers.length} people to sign` });
  }
  for (const { uuid, status } of line.slice(0, -1).filter((one) => one.status !== 'ca')) {
    findings.push({ sort: 'wrong', key, text: `${uuid} is ${status}, although another took its place` });
  }
  const invitations = evidence.mails.filter(({ kind }) => kind === 'invitation');
  for (const { uuid } of successors) {
    const to = invitations.filter(({ document }) => document === uuid).map((mail) => mail.to);
    for (const person of to.filter((one, index) => to.indexOf(one) < index)) {
      findings.push({ sort: 'duplicate', key, text: `${person} was invited to ${uuid} again` });
    }
  }
  return findings;
}
