import type { Sandbox } from '../context';
import { emit } from '../events/emit';
import { type DocumentRecord, isFinished, type SignatureRequest } from '../model';
import { finish } from './finish';
import { invite } from './invitations';
import { scheduleReminder } from './reminders';

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

/** `signrequest_received` goes to members of the team who are asked to sign. */
function announceToOwnTeam(sandbox: Sandbox, document: DocumentRecord, request: SignatureRequest, at: number): void {
  const members = sandbox.store.members.all().filter((member) => member.team === document.team);
  for (const signer of request.signers.slice(1)) {
    if (members.some((member) => member.email === signer.given.email)) {
      emit(sandbox, document, 'signrequest_received', { at, signer });
    }
  }
}
