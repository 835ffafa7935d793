import type { DocumentRecord, Signer } from '../model';
import { isFinished } from '../model';

/** Whether this row has to sign or approve. The forwarded row of a signer does not; the row that took its place does. */
export function acts(signer: Signer): boolean {
  const { needs_to_sign, approve_only, notify_only } = signer.given;
  if (signer.forwardedAt !== null || notify_only === true) return false;
  return needs_to_sign !== false || approve_only === true;
}

/** Those who still have to sign or approve. */
export function openSigners(document: DocumentRecord): Signer[] {
  return (document.request?.signers ?? []).filter((signer) => acts(signer) && signer.signedAt === null);
}

/**
 * Those whose turn it is: of the open ones, all with the lowest order. Someone who signs in person waits for the host,
 * who is the acting signer listed before.
 */
export function readySigners(document: DocumentRecord): Signer[] {
  if (document.request?.sentAt == null || isFinished(document)) return [];
  const open = openSigners(document);
  const lowest = Math.min(...open.map(order));
  return open.filter((signer) => order(signer) === lowest && hostIsDone(document, signer));
}

/** Place of a signer in the order; without one, everybody is first. */
export function order(signer: Signer): number {
  return signer.given.order ?? 0;
}

/** The acting signer on whose device this one signs, when it is one who signs in person. */
export function hostOf(document: DocumentRecord, signer: Signer): Signer | undefined {
  if (signer.given.in_person !== true) return undefined;
  const signers = document.request?.signers ?? [];
  return signers.slice(0, signers.indexOf(signer)).findLast(acts);
}

function hostIsDone(document: DocumentRecord, signer: Signer): boolean {
  const host = hostOf(document, signer);
  return host === undefined || host.signedAt !== null;
}

/** Where a signer stands, as the signing page shows it. */
export function signerState(
  document: DocumentRecord,
  signer: Signer,
): 'waiting' | 'ready' | 'signed' | 'declined' | 'forwarded' | 'closed' {
  if (signer.forwardedAt !== null) return 'forwarded';
  if (signer.declinedAt !== null) return 'declined';
  if (signer.signedAt !== null) return 'signed';
  if (isFinished(document) || document.hidden) return 'closed';
  return readySigners(document).includes(signer) ? 'ready' : 'waiting';
}

/** The role of a signer, as the signing page and the log name it. */
export function roleOf(signer: Signer): 'sign' | 'approve' | 'notify' | 'copy' | 'in_person' {
  const { approve_only, notify_only, needs_to_sign, in_person } = signer.given;
  if (notify_only === true) return 'notify';
  if (approve_only === true) return 'approve';
  if (needs_to_sign === false) return 'copy';
  return in_person === true ? 'in_person' : 'sign';
}

/** Name of a signer as people read it: the name with the address behind, or the address alone. */
export function displayName(signer: Signer): string {
  const { email } = signer.given;
  const name = fullName(signer);
  return name === '' ? email : `${name} (${email})`;
}

/** `full_name`, or what first and last name make. */
export function fullName(signer: Signer): string {
  const { full_name, first_name, last_name } = signer.given;
  return full_name || `${first_name ?? ''} ${last_name ?? ''}`.trim();
}
