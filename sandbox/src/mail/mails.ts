import { randomUUID } from 'node:crypto';
import type { Sandbox } from '../context';
import type { Mail } from '../model';

/** Mails that the inbox keeps. */
const keptMails = 2000;

/** Puts a mail into the inbox page instead of sending it. */
export function deliverMail(sandbox: Sandbox, mail: Omit<Mail, 'uuid'>): void {
  sandbox.store.mails.put({ uuid: randomUUID(), ...mail });
  sandbox.store.mails.keepLatest(keptMails);
}
