import type { Sandbox } from '../context';
import { type DocumentRecord, isFinished } from '../model';
import { reminderEntry } from './agenda';
import { comesFromAnother, mailSigner } from './invitations';
import { readySigners } from './turns';

const tenMinutes = 10 * 60_000;
const dayMs = 86_400_000;
/** Days after the sending on which the service reminds by itself. */
const reminderDays = [3, 8, 13, 18];

/**
 * Reminds everybody who was mailed, or could be, and has not signed; at most once in ten minutes per document.
 *
 * @returns whether a mail went out
 */
export function remind(sandbox: Sandbox, document: DocumentRecord, at: number): boolean {
  const { request } = document;
  if (!request || isFinished(document)) return false;
  if (request.lastReminderAt !== null && at - request.lastReminderAt < tenMinutes) return false;
  const due = readySigners(document).filter((signer) => signer.emailed || comesFromAnother(sandbox, document, signer));
  if (due.length === 0) return false;
  request.lastReminderAt = at;
  for (const signer of due) mailSigner(sandbox, document, signer, 'reminder', at);
  sandbox.store.documents.put(document);
  return true;
}

/** Puts the next automatic reminder on the agenda, when the request wants reminders. */
export function scheduleReminder(sandbox: Sandbox, document: DocumentRecord): void {
  const { request } = document;
  const day = reminderDays[request?.remindersSent ?? 0];
  if (request?.sentAt == null || !request.given.send_reminders || day === undefined) return;
  sandbox.clock.set(reminderEntry(document), request.sentAt + day * dayMs, (due) => {
    request.remindersSent += 1;
    sandbox.store.documents.put(document);
    remind(sandbox, document, due);
    scheduleReminder(sandbox, document);
  });
}
