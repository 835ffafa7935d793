import type { Sandbox } from '../context';
import { emit } from '../events/emit';
import { notice, type SignerMail, signerMail } from '../mail/signer-mails';
import type { DocumentRecord, Signer } from '../model';
import { displayName, hostOf, openSigners, readySigners } from './turns';

/** Invites those whose turn it has become. */
export function invite(sandbox: Sandbox, document: DocumentRecord, at: number): void {
  for (const signer of readySigners(document)) {
    if (signer.invitedAt !== null) continue;
    signer.invitedAt = at;
    if (getsInvitation(sandbox, document, signer)) mailSigner(sandbox, document, signer, 'invitation', at);
  }
  sandbox.store.documents.put(document);
}

/** Mails a signer, and notes it; the mail may bounce. */
export function mailSigner(
  sandbox: Sandbox,
  document: DocumentRecord,
  signer: Signer,
  kind: SignerMail,
  at: number,
): void {
  signerMail(sandbox, document, signer, kind, at);
  signer.emailed = true;
  if (sandbox.faults.take('mails', 'bounce')) {
    emit(sandbox, document, 'signer_email_bounced', { at, signer, detail: displayName(signer) });
  }
}

/** Whether another open document leads this signer here after signing. */
export function comesFromAnother(sandbox: Sandbox, document: DocumentRecord, { given }: Signer): boolean {
  const leadsHere = (one: Signer) => one.given.after_document === document.uuid && one.given.email === given.email;
  return sandbox.store.documents.all().some((other) => openSigners(other).some(leadsHere));
}

/** Tells those who only want to know that something happened. */
export function notifyWatchers(sandbox: Sandbox, document: DocumentRecord, text: string, at: number): void {
  for (const signer of document.request?.signers ?? []) {
    if (signer.given.notify_only === true) notice(sandbox, document, signer.given.email, text, at);
  }
}

/** Embedded signers, those who sign in person and those who come from another document get no invitation. */
function getsInvitation(sandbox: Sandbox, document: DocumentRecord, signer: Signer): boolean {
  if (signer.given.embed_url_user_id || hostOf(document, signer)) return false;
  return !comesFromAnother(sandbox, document, signer);
}
