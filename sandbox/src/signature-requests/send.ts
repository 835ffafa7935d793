import type { Sandbox } from '../context';
import { emit } from '../events/emit';
import { notice, type SignerMail, signerMail } from '../mail/signer-mails';
import { type DocumentRecord, isFinished, type SignatureRequest, type Signer } from '../model';
import { scheduleReminder } from './deadlines';
import { finish } from './finish';
import { displayName, hostOf, openSigners, readySigners } from './turns';

/** Sends a request: the event, and mails to those whose turn it is. */
export function send(sandbox: Sandbox, document: DocumentRecord, at: number): void {
  const { request } = document;
  if (!request || request.sentAt !== null || isFinished(document)) return;
  if (sandbox.faults.take('mails', 'sendingError')) {
    emit(sandbox, document, 'sending_error', { at, detail: 'The mail server refused the mails.' });
    finish(sandbox, document, 'es', at);
    return;
  }
  request.sentAt = at;
  request.given.is_being_prepared = false;
  request.prepareToken = null;
  document.status = 'se';
  emit(sandbox, document, 'sent', { at });
  announceToOwnTeam(sandbox, document, request, at);
  scheduleReminder(sandbox, document);
  invite(sandbox, document, at);
}

/** Invites those whose turn it has become. */
export function invite(sandbox: Sandbox, document: DocumentRecord, at: number): void {
  for (const signer of readySigners(document)) {
    if (signer.invitedAt !== null) continue;
    signer.invitedAt = at;
    if (getsInvitation(sandbox, document, signer)) mailTo(sandbox, document, signer, 'invitation', at);
  }
  sandbox.store.documents.put(document);
}

/** Reminds everybody who was mailed, or could be, and has not signed; at most once in ten minutes per document. */
export function remind(sandbox: Sandbox, document: DocumentRecord, at: number): boolean {
  const { request } = document;
  if (!request || isFinished(document)) return false;
  if (request.lastReminderAt !== null && at - request.lastReminderAt < tenMinutes) return false;
  const due = readySigners(document).filter((signer) => signer.emailed || chainedFrom(sandbox, document, signer));
  if (due.length === 0) return false;
  request.lastReminderAt = at;
  for (const signer of due) mailTo(sandbox, document, signer, 'reminder', at);
  sandbox.store.documents.put(document);
  return true;
}

const tenMinutes = 10 * 60_000;

/** Tells those who only want to know that something happened. */
export function notifyWatchers(sandbox: Sandbox, document: DocumentRecord, text: string, at: number): void {
  for (const signer of document.request?.signers ?? []) {
    if (signer.given.notify_only === true) notice(sandbox, document, signer.given.email, text, at);
  }
}

/** Embedded signers, those who sign in person and those who come from another document get no invitation. */
function getsInvitation(sandbox: Sandbox, document: DocumentRecord, signer: Signer): boolean {
  if (signer.given.embed_url_user_id || hostOf(document, signer)) return false;
  return !chainedFrom(sandbox, document, signer);
}

/** Whether another open document leads this signer here after signing. */
function chainedFrom(sandbox: Sandbox, document: DocumentRecord, signer: Signer): boolean {
  return sandbox.store.documents
    .all()
    .some((other) =>
      openSigners(other).some(
        (one) => one.given.after_document === document.uuid && one.given.email === signer.given.email,
      ),
    );
}

function mailTo(sandbox: Sandbox, document: DocumentRecord, signer: Signer, kind: SignerMail, at: number): void {
  signerMail(sandbox, document, signer, kind, at);
  signer.emailed = true;
  if (sandbox.faults.take('mails', 'bounce')) {
    emit(sandbox, document, 'signer_email_bounced', { at, signer, detail: displayName(signer) });
  }
}

/** `signrequest_received` goes to members of the team who are asked to sign. */
function announceToOwnTeam(sandbox: Sandbox, document: DocumentRecord, request: SignatureRequest, at: number): void {
  const members = sandbox.store.members.all().filter((member) => member.team === document.team);
  for (const signer of request.signers.slice(1)) {
    if (members.some((member) => member.email === signer.given.email)) {
      emit(sandbox, document, 'signrequest_received', { at, signer });
    }
  }
}
