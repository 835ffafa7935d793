/**
 * Who has to sign, whose turn it is, how far they are, and the handle `msg.envelope` built from it. Rows are matched by
 * e-mail address, never by index: the service puts the sender in front of the signers it was given. Source: API docs,
 * "signers" (roles, order, forwarding).
 */
import { z } from 'zod';
import { SignatureError } from '../errors';
import type { Document, SignatureRequest, Signer } from './models';
import {
  type EnvelopeStatus,
  envelopeStatuses,
  envelopeStatusSchema,
  hasToAct,
  isPassedOn,
  isTerminal,
  statusOf,
} from './status';

export const signerRoles = ['sign', 'approve', 'in_person', 'notify', 'copy'] as const;
export type SignerRole = (typeof signerRoles)[number];

/**
 * `waiting`: others come first, or nothing is sent yet · `ready`: may act now · `viewed`: has opened the document, may act now · `signed`: has
 * signed or approved · `declined` · `forwarded`: another row stands in · `closed`: the envelope ended before this signer
 * acted · `informed`: nothing to do (notify, copy)
 */
export const signerStates = [
  'waiting',
  'ready',
  'viewed',
  'signed',
  'declined',
  'forwarded',
  'closed',
  'informed',
] as const;
export type SignerState = (typeof signerStates)[number];

/** One signer inside `msg.envelope`. Times are ISO 8601. */
export const envelopeSignerSchema = z.object({
  email: z.string(),
  name: z.string(),
  role: z.enum(signerRoles),
  order: z.number().int(),
  state: z.enum(signerStates),
  signedOn: z.string().optional(),
  declinedOn: z.string().optional(),
  declineReason: z.string().optional(),
  forwardedTo: z.string().optional(),
  embedUserId: z.string().optional(),
  embedUrl: z.string().optional(),
});
export type EnvelopeSigner = z.infer<typeof envelopeSignerSchema>;

/** The handle `msg.envelope`. It holds no URL that expires while it is still of use. Times are ISO 8601. */
export const envelopeSchema = z.object({
  id: z.string().min(1),
  requestId: z.string().nullable().default(null),
  externalId: z.string().nullable().default(null),
  name: z.string().default(''),
  status: envelopeStatusSchema,
  signers: z.array(envelopeSignerSchema).default([]),
  sentAt: z.string().nullable().default(null),
  dueAt: z.string().nullable().default(null),
  account: z.string().default(''),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** E-mail addresses are compared without case and surrounding blanks. */
export const sameEmail = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** The part a signer plays. */
export function roleOf(signer: Signer): SignerRole {
  if (signer.notify_only) return 'notify';
  if (!signer.needs_to_sign) return 'copy';
  if (signer.approve_only) return 'approve';
  return signer.in_person ? 'in_person' : 'sign';
}

/**
 * The rows that are signers: without the sender's own row when the sender does not sign, and with a forwarded row shown
 * under the new address when the service did not add a row for it.
 */
export function signersOf(request: Pick<SignatureRequest, 'signers' | 'from_email'> | null): Signer[] {
  const rows = request?.signers ?? [];
  const [first, ...others] = rows;
  const sender = request?.from_email ?? null;
  const senderInFront =
    first !== undefined && roleOf(first) === 'copy' && (sender === null || sameEmail(first.email, sender));
  return (senderInFront ? others : rows).map((row) =>
    row.forwarded && row.forwarded_to_email !== null && !isPassedOn(row, rows)
      ? {
          ...row,
          email: row.forwarded_to_email,
          display_name: null,
          full_name: null,
          first_name: null,
          last_name: null,
          forwarded: false,
          forwarded_to_email: null,
        }
      : row,
  );
}

/** The row of this address; when it appears more than once, the one that is still to act. */
export function findSigner(signers: readonly Signer[], email: string): Signer | undefined {
  const rows = signers.filter((signer) => sameEmail(signer.email, email));
  return rows.find((signer) => isOpen(signer, signers)) ?? rows[0];
}

const isOpen = (signer: Signer, all: readonly Signer[]): boolean =>
  hasToAct(signer) && !signer.signed && !signer.declined && !isPassedOn(signer, all);

/**
 * Whose turn it is: of those who still have to act, the ones with the lowest order. Equal numbers act in parallel;
 * notify and copy rows never hold anyone up.
 */
export function whoseTurn(signers: readonly Signer[]): Signer[] {
  const open = signers.filter((signer) => isOpen(signer, signers));
  const lowest = Math.min(...open.map((signer) => signer.order));
  return open.filter((signer) => signer.order === lowest);
}

/** How many of those who have to act have signed or declined. */
export function progressOf(signers: readonly Signer[]): { signed: number; declined: number; total: number } {
  const acting = signers.filter((signer) => hasToAct(signer) && !isPassedOn(signer, signers));
  return {
    signed: acting.filter((signer) => signer.signed).length,
    declined: acting.filter((signer) => signer.declined).length,
    total: acting.length,
  };
}

function stateOf(signer: Signer, all: readonly Signer[], status: EnvelopeStatus): SignerState {
  if (isPassedOn(signer, all)) return 'forwarded';
  if (!hasToAct(signer)) return 'informed';
  if (signer.declined) return 'declined';
  if (signer.signed) return 'signed';
  if (isTerminal(status)) return 'closed';
  const out = envelopeStatuses[status].rank >= envelopeStatuses.sent.rank;
  if (!out || !whoseTurn(all).includes(signer)) return 'waiting';
  return signer.viewed ? 'viewed' : 'ready';
}

/** A readable name: full name, first and last name, display name without the address, or the address. */
export function nameOf(signer: Signer): string {
  const joined = [signer.first_name, signer.last_name].filter((part) => part?.trim()).join(' ');
  const displayed = signer.display_name?.replace(/\s*\([^()]*@[^()]*\)\s*$/, '');
  return [signer.full_name, joined, displayed].find((name) => name?.trim())?.trim() ?? signer.email;
}

function envelopeSigner(signer: Signer, all: readonly Signer[], status: EnvelopeStatus): EnvelopeSigner {
  const state = stateOf(signer, all, status);
  const live = state === 'waiting' || state === 'ready' || state === 'viewed';
  return {
    email: signer.email,
    name: nameOf(signer),
    role: roleOf(signer),
    order: signer.order,
    state,
    ...(signer.signed && signer.signed_on !== null && { signedOn: signer.signed_on }),
    ...(signer.declined && signer.declined_on !== null && { declinedOn: signer.declined_on }),
    ...(signer.declined && signer.message !== null && { declineReason: signer.message }),
    ...(state === 'forwarded' && signer.forwarded_to_email !== null && { forwardedTo: signer.forwarded_to_email }),
    ...(signer.embed_url_user_id !== null && { embedUserId: signer.embed_url_user_id }),
    ...(live && signer.embed_url !== null && { embedUrl: signer.embed_url }),
  };
}

/**
 * The handle `msg.envelope` of a document.
 *
 * @param document as just read from the service
 * @param account id of the account it belongs to
 * @param known times the document does not carry (`sentAt`), or that are not the expiry (`dueAt`); ISO 8601
 */
export function envelopeOf(
  document: Document,
  account: string,
  known: { sentAt?: string | null; dueAt?: string | null } = {},
): Envelope {
  const status = statusOf(document);
  const signers = signersOf(document.signrequest);
  return {
    id: document.uuid,
    requestId: document.signrequest?.uuid ?? null,
    externalId: document.external_id,
    name: document.name ?? '',
    status,
    signers: signers.map((signer) => envelopeSigner(signer, signers, status)),
    sentAt: known.sentAt ?? null,
    dueAt: known.dueAt ?? document.auto_expire_after,
    account,
  };
}

/**
 * The handle a message carries.
 *
 * @param value `msg.envelope`
 * @throws SignatureError NO_ENVELOPE when there is none or it is damaged
 */
export function parseEnvelope(value: unknown): Envelope {
  const parsed = envelopeSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const missing = value === undefined || value === null;
  const part = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new SignatureError(
    'NO_ENVELOPE',
    missing
      ? 'The message carries no msg.envelope. Put this node behind send-envelope or signature-event-in.'
      : `msg.envelope${part === '' ? '' : `.${part}`} cannot be read. Pass on msg.envelope unchanged.`,
    { field: 'envelope' },
  );
}
