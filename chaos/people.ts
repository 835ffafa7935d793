import { signAs } from '../scripts/lib/signer';
import type { EnvelopePlan } from './schedule';
import type { ServiceState } from './service';

type Document = ServiceState['documents'][number];

/** Statuses of a document at which somebody can act. */
export const isOpen = ({ status }: Document): boolean => ['se', 'vi', 'do'].includes(status);

/** The documents that were sent for an envelope: itself, and those that took its place. Oldest first. */
export const documentsOf = (state: ServiceState, key: string): Document[] =>
  state.documents.filter(({ externalId }) => baseKey(externalId ?? '') === key).toReversed();

/** External ids of successors are made of the first one's. */
export const baseKey = (externalId: string): string => externalId.replace(/~.*$/, '');

const post = async (url: string, body: object): Promise<boolean> => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await answer.arrayBuffer();
  return answer.ok;
};

/**
 * Whoever is to sign now does what the plan says, on the signing page.
 *
 * @returns what was done, in words
 */
export async function act(plan: EnvelopePlan, state: ServiceState): Promise<string | undefined> {
  const document = documentsOf(state, plan.key).findLast(isOpen);
  const signer = document?.signers.find(({ state: now, link }) => ['ready', 'viewed'].includes(now) && link !== null);
  if (!document || !signer?.link) return undefined;
  const page = signer.link;
  const { email } = signer;
  // It may have been cancelled, or have expired, in this very moment, or the service is down.
  try {
    switch (plan.fate) {
      case 'sign':
        await signAs(page, email.split('@')[0] ?? email);
        return `${email} signs`;
      case 'decline':
        return (await post(`${page}/api/decline`, { reason: 'The price is wrong.' })) ? `${email} declines` : undefined;
      case 'forward': {
        const to = `friend-of-${email}`;
        if (email.startsWith('friend-of-')) {
          await signAs(page, to);
          return `${email} signs`;
        }
        return (await post(`${page}/api/forward`, { email: to })) ? `${email} forwards to ${to}` : undefined;
      }
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}
