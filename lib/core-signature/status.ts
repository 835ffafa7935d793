/**
 * The one status table: Core Signature's twelve codes, the nine statuses a flow sees, how they follow one another, and
 * which of them are final. Everything that compares statuses asks here. Source: API docs, "documents", status codes.
 */
import { z } from 'zod';
import { SignatureError } from '../errors';
import type { Document, Signer } from './models';

interface StatusFacts {
  /** How far the envelope is; a higher rank never goes back to a lower one. */
  rank: number;
  terminal: boolean;
}

/** Every status an envelope can have in a flow. */
export const envelopeStatuses = {
  converting: { rank: 0, terminal: false },
  new: { rank: 1, terminal: false },
  sent: { rank: 2, terminal: false },
  viewed: { rank: 3, terminal: false },
  signed: { rank: 4, terminal: true },
  declined: { rank: 4, terminal: true },
  expired: { rank: 4, terminal: true },
  cancelled: { rank: 4, terminal: true },
  failed: { rank: 4, terminal: true },
} as const satisfies Record<string, StatusFacts>;

export type EnvelopeStatus = keyof typeof envelopeStatuses;

const statusNames = Object.keys(envelopeStatuses) as [EnvelopeStatus, ...EnvelopeStatus[]];

/** Any envelope status. */
export const envelopeStatusSchema = z.enum(statusNames);

/** The statuses a person may wait for. The first two are passed on the way, the others end the envelope. */
export const choosableStatuses = ['sent', 'viewed', 'signed', 'declined', 'expired', 'cancelled', 'failed'] as const;
export const choosableStatusSchema = z.enum(choosableStatuses);
export type ChoosableStatus = z.infer<typeof choosableStatusSchema>;

/** API code → status. `do` (downloaded) is missing on purpose: only the signers' flags tell what it means. */
const statusOfCode: Readonly<Record<string, EnvelopeStatus>> = {
  co: 'converting',
  ne: 'new',
  se: 'sent',
  vi: 'viewed',
  si: 'signed',
  sd: 'signed',
  ca: 'cancelled',
  de: 'declined',
  xp: 'expired',
  ec: 'failed',
  es: 'failed',
};

/** Whether this row has to sign or approve. */
export const hasToAct = (signer: Pick<Signer, 'needs_to_sign' | 'notify_only'>): boolean =>
  signer.needs_to_sign && !signer.notify_only;

/** The status of a document whose code says nothing (`do`, or one added later), read off its signers. */
function statusOfSigners(document: Pick<Document, 'status' | 'signrequest'>): EnvelopeStatus {
  const request = document.signrequest;
  if (request === null) return 'new';
  const acting = request.signers.filter((signer) => hasToAct(signer) && !isPassedOn(signer, request.signers));
  if (acting.some((signer) => signer.declined)) return 'declined';
  if (acting.length > 0 && acting.every((signer) => signer.signed)) return 'signed';
  return document.status === 'do' || acting.some((signer) => signer.viewed) ? 'viewed' : 'sent';
}

/** Whether the row was forwarded and another row now stands for it. */
export function isPassedOn(signer: Signer, all: readonly Signer[]): boolean {
  const heir = signer.forwarded_to_email?.trim().toLowerCase();
  return (
    signer.forwarded &&
    heir !== undefined &&
    all.some((other) => other !== signer && other.email.trim().toLowerCase() === heir)
  );
}

/**
 * The status of a document as a flow sees it.
 *
 * `do` counts as signed once all who had to act have signed, as declined when one of them declined, else as viewed. A
 * code this table does not know is read off the signers in the same way, so that a new code cannot stop a flow.
 */
export const statusOf = (document: Pick<Document, 'status' | 'signrequest'>): EnvelopeStatus =>
  (Object.hasOwn(statusOfCode, document.status) ? statusOfCode[document.status] : undefined) ??
  statusOfSigners(document);

/** Whether the envelope is at its end. */
export const isTerminal = (status: EnvelopeStatus): boolean => envelopeStatuses[status].terminal;

/**
 * Whether an envelope known as `from` moves when the service reports `to`: only forwards, and out of a final status only
 * into another final one (then the service has changed its mind, and it is right).
 *
 * @param from status recorded so far; `undefined` when nothing is
 * @param to status the service reports
 */
export function moves(from: EnvelopeStatus | undefined, to: EnvelopeStatus): boolean {
  if (from === undefined) return true;
  if (from === to) return false;
  if (isTerminal(from)) return isTerminal(to);
  return envelopeStatuses[to].rank > envelopeStatuses[from].rank;
}

/**
 * Whether `current` fulfils one of the chosen statuses. `sent` and `viewed` count as "at least": a signed envelope was
 * sent and viewed. An envelope that was declined, expired, cancelled or failed fulfils only exactly that choice.
 */
export const reached = (chosen: readonly EnvelopeStatus[], current: EnvelopeStatus): boolean =>
  chosen.some(
    (status) =>
      status === current ||
      (!isTerminal(status) &&
        (current === 'signed' || !isTerminal(current)) &&
        envelopeStatuses[current].rank >= envelopeStatuses[status].rank),
  );

/**
 * Statuses chosen in a dialog or a message: an array of codes or one text with commas.
 *
 * @param value what was entered
 * @param field name of the field, for the message
 * @throws SignatureError UNKNOWN_STATUS naming the first that is none, or when there is none at all
 */
export function parseStatuses(value: unknown, field = 'statuses'): ChoosableStatus[] {
  const given = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
  const names = given.map((item) => String(item ?? '').trim()).filter((item) => item !== '');
  const advice = `Use one or more of ${choosableStatuses.join(', ')}.`;
  if (names.length === 0) throw new SignatureError('UNKNOWN_STATUS', `${field} is empty. ${advice}`, { field });
  return names.map((name) => {
    const parsed = choosableStatusSchema.safeParse(name);
    if (!parsed.success) {
      throw new SignatureError('UNKNOWN_STATUS', `${field}: "${name}" is not a status. ${advice}`, { field });
    }
    return parsed.data;
  });
}
