import type { Sandbox } from '../context';
import { expiresAt } from '../documents/json';
import { emit } from '../events/emit';
import { type DocumentRecord, isFinished } from '../model';
import { finish } from './finish';
import { remind } from './send';

const dayMs = 86_400_000;
/** Days after the sending on which the service reminds by itself. */
const reminderDays = [3, 8, 13, 18];

/** Puts the expiry of an unfinished document on the agenda. */
export function scheduleExpiry(sandbox: Sandbox, document: DocumentRecord): void {
  const at = expiresAt(document);
  if (at === null) return;
  sandbox.clock.set(`expire ${document.uuid}`, at, (due) => {
    if (isFinished(document)) return;
    emit(sandbox, document, 'expired', { at: due });
    finish(sandbox, document, 'xp', due);
  });
}

/** Puts the next automatic reminder on the agenda, when the request wants reminders. */
export function scheduleReminder(sandbox: Sandbox, document: DocumentRecord): void {
  const { request } = document;
  const day = reminderDays[request?.remindersSent ?? 0];
  if (request?.sentAt == null || !request.given.send_reminders || day === undefined) return;
  sandbox.clock.set(`remind ${document.uuid}`, request.sentAt + day * dayMs, (due) => {
    request.remindersSent += 1;
    sandbox.store.documents.put(document);
    remind(sandbox, document, due);
    scheduleReminder(sandbox, document);
  });
}

/** Takes both off the agenda. */
export function dropDeadlines(sandbox: Sandbox, document: DocumentRecord): void {
  sandbox.clock.drop(`expire ${document.uuid}`);
  sandbox.clock.drop(`remind ${document.uuid}`);
}
