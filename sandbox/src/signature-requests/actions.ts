import type { Sandbox } from '../context';
import { emit } from '../events/emit';
import { ApiError } from '../http/errors';
import { notice } from '../mail/signer-mails';
import { type DocumentRecord, isFinished, type Signer } from '../model';
import { successor } from './create';
import { finish } from './finish';
import { invite, notifyWatchers } from './invitations';
import { acts, displayName } from './turns';

/** Cancels an open request. @returns false when it was finished before, which changes nothing */
export function cancel(sandbox: Sandbox, document: DocumentRecord, at: number): boolean {
  if (isFinished(document)) return false;
  emit(sandbox, document, 'cancelled', { at });
  finish(sandbox, document, 'ca', at);
  return true;
}

/**
 * Gives a signer's place to somebody else. The old row stays, marked as forwarded; the new one comes right after it
 * with the same order and the same fields, and is invited when it is its turn.
 *
 * @returns the new row
 * @throws ApiError 400 in the shape of `forward_signer` when it cannot be done
 */
export function forward(
  sandbox: Sandbox,
  document: DocumentRecord,
  from: string,
  to: string,
  reason: string | null,
  at: number,
): Signer {
  const signers = document.request?.signers ?? [];
  const row =
    signers.find((signer) => isFrom(signer, from) && acts(signer)) ?? signers.find((one) => isFrom(one, from));
  if (row === undefined) throw refusal('signer_email_to_forward', `${from} is not a signer of this document.`);
  if (isFinished(document)) throw refusal('non_field_errors', 'The document is finished.');
  if (document.request?.sentAt === null) throw refusal('non_field_errors', 'The document has not been sent yet.');
  if (row.signedAt !== null) throw refusal('signer_email_to_forward', `${from} has signed already.`);
  if (row.forwardedAt !== null) throw refusal('signer_email_to_forward', `${from} has forwarded already.`);
  if (!acts(row)) throw refusal('signer_email_to_forward', `${from} does not have to sign.`);
  if (signers.some((signer) => isFrom(signer, to) && acts(signer))) {
    throw refusal('signer_email_to_forward_to', `${to} is a signer of this document already.`);
  }
  row.forwardedAt = at;
  row.forwardedTo = to;
  row.forwardedReason = reason;
  const next = successor(row, to);
  signers.splice(signers.indexOf(row) + 1, 0, next);
  document.modifiedAt = at;
  emit(sandbox, document, 'signer_forwarded', { at, signer: row, detail: reason ? `to ${to}: ${reason}` : `to ${to}` });
  const text = `${displayName(row)} forwarded it to ${to}${reason ? `: ${reason}` : ''}`;
  notice(sandbox, document, document.request?.fromEmail ?? document.user, text, at);
  notifyWatchers(sandbox, document, text, at);
  invite(sandbox, document, at);
  sandbox.store.documents.put(document);
  return next;
}

function isFrom(signer: Signer, email: string): boolean {
  return signer.given.email.toLowerCase() === email.toLowerCase();
}

function refusal(field: string, text: string): ApiError {
  return new ApiError(400, { errors: { [field]: [text] } });
}
