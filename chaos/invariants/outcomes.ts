import type { Evidence, TruthDocument } from '../evidence';
import { baseKey } from '../people';

const statuses: Record<string, string> = {
  si: 'signed',
  sd: 'signed',
  de: 'declined',
  xp: 'expired',
  ca: 'cancelled',
  ec: 'failed',
  es: 'failed',
};

/** The name that flows have for the status of a document. */
export const nameOf = ({ status }: TruthDocument): string => statuses[status] ?? status;

/** The documents of an order, oldest first: the one that was sent, and those that took its place. */
export const lineOf = ({ documents }: Evidence, key: string): TruthDocument[] =>
  documents.filter(({ externalId }) => baseKey(externalId) === key).toSorted((a, b) => a.createdAt - b.createdAt);

/** The document that counts in the end. */
export const lastOf = (evidence: Evidence, key: string): TruthDocument | undefined => lineOf(evidence, key).at(-1);

/** Whether something happened in the run that may keep the service from being asked. */
export const couldBeUnreachable = ({ schedule }: Evidence): boolean =>
  schedule.faults.some(({ kind }) => ['api', 'sandbox'].includes(kind));
