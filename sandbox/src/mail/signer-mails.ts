import type { Sandbox } from '../context';
import type { DocumentRecord, Signer } from '../model';
import { roleOf } from '../signature-requests/turns';
import { deliverMail } from './mails';

export type SignerMail = 'invitation' | 'reminder';

/** Asks a signer to act, with the link to the signing page. */
export function signerMail(
  sandbox: Sandbox,
  document: DocumentRecord,
  signer: Signer,
  kind: SignerMail,
  at: number,
): void {
  const request = document.request;
  const sender = request?.given.from_email_name || request?.fromEmail || '';
  const act = roleOf(signer) === 'approve' ? 'approve' : 'sign';
  const subject = request?.given.subject || `${sender} asks you to ${act} "${document.name}"`;
  deliverMail(sandbox, {
    at,
    to: signer.given.email,
    subject: kind === 'reminder' ? `Reminder: ${subject}` : subject,
    kind,
    text: plainText(request?.given.message) || `Please ${act} the document "${document.name}".`,
    links: [{ label: act === 'sign' ? 'Review and sign' : 'Review and approve', path: `/sign/${signer.token}` }],
    document: document.uuid,
  });
}

/** The code that would go out as a text message. */
export function smsMail(sandbox: Sandbox, document: DocumentRecord, phone: string, code: string, at: number): void {
  const text = `Your code for "${document.name}" is ${code}. It is valid for 10 minutes.`;
  deliverMail(sandbox, {
    at,
    to: phone,
    subject: 'Text message',
    kind: 'sms',
    text,
    links: [],
    document: document.uuid,
  });
}

/** Tells someone that something happened. */
export function notice(sandbox: Sandbox, document: DocumentRecord, to: string, text: string, at: number): void {
  const subject = `"${document.name}": ${text}`;
  deliverMail(sandbox, { at, to, subject, kind: 'notice', text: subject, links: [], document: document.uuid });
}

/** Mails show the message without its few tags. */
export function plainText(html: string | null | undefined): string {
  return (html ?? '').replace(/<[^>]*>/g, '').trim();
}
