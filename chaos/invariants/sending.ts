import type { Evidence, Finding, Invariant } from '../evidence';

/** Every order is sent, once: one document, one request, one invitation to each signer. */
export const sending: Invariant = (evidence) =>
  evidence.schedule.envelopes.flatMap(({ key }): Finding[] => {
    const own = evidence.documents.filter(({ externalId }) => externalId === key);
    const refusal = evidence.refused.get(key);
    if (refusal !== undefined) return [{ sort: 'lost', key, text: `the order was never accepted: ${refusal}` }];
    if (own.length === 0) return [{ sort: 'lost', key, text: 'the envelope was never sent' }];
    if (own.length > 1) {
      return [{ sort: 'duplicate', key, text: `the envelope was sent as ${own.map(({ uuid }) => uuid).join(', ')}` }];
    }
    return own.flatMap(({ uuid, signers }) => [
      ...(signers.length === 0
        ? [{ sort: 'wrong' as const, key, text: `the document ${uuid} was made, but nobody was asked to sign it` }]
        : []),
      ...invitedTwice(evidence, key, uuid),
    ]);
  });

function invitedTwice({ mails }: Evidence, key: string, uuid: string): Finding[] {
  const invited = mails.filter(({ document, kind }) => document === uuid && kind === 'invitation').map(({ to }) => to);
  const twice = invited.filter((to, index) => invited.indexOf(to) < index);
  return twice.map((to) => ({ sort: 'duplicate', key, text: `${to} was invited to ${uuid} again` }));
}
