import type { Sandbox } from '../context';
import { type DocumentRecord, type Signer, statusNames } from '../model';
import { deliverMail } from './mails';

/** Mails the signed document to everybody, the sender included. */
export function sendCopies(sandbox: Sandbox, document: DocumentRecord, at: number): void {
  if (areEmailsDisabled(sandbox, document)) return;
  for (const signer of recipients(document)) {
    deliverMail(sandbox, {
      at,
      to: signer.given.email,
      subject: `Signed: "${document.name}"`,
      kind: 'copy',
      text: `Everybody has signed "${document.name}". The signed document and its signing log are ready.`,
      links: [
        { label: 'Signed document', path: `/sign/${signer.token}/api/signed.pdf` },
        { label: 'Signing log', path: `/sign/${signer.token}/api/signing-log.pdf` },
      ],
      document: document.uuid,
    });
  }
}

/** Mails an ending other than the good one: to the sender, and to those who were invited. */
export function sendEnding(sandbox: Sandbox, document: DocumentRecord, at: number): void {
  if (areEmailsDisabled(sandbox, document)) return;
  const decliner = document.request?.signers.find((signer) => signer.declinedAt !== null);
  const reason = decliner?.declineReason ? ` Reason: ${decliner.declineReason}` : '';
  const by = decliner ? ` by ${decliner.given.email}` : '';
  const invited = recipients(document).filter((signer, i) => i === 0 || signer.emailed);
  for (const to of invited.length > 0 ? invited.map((signer) => signer.given.email) : [document.user]) {
    deliverMail(sandbox, {
      at,
      to,
      subject: `"${document.name}": ${statusNames[document.status]}`,
      kind: 'status',
      text: `The document "${document.name}" ended as ${statusNames[document.status]}${by}.${reason}`,
      links: [],
      document: document.uuid,
    });
  }
}

function recipients(document: DocumentRecord): Signer[] {
  return (document.request?.signers ?? []).filter((signer) => signer.forwardedAt === null);
}

/** `disable_emails` counts only when a callback URL applies. */
function areEmailsDisabled(sandbox: Sandbox, document: DocumentRecord): boolean {
  const callback = document.given.events_callback_url ?? sandbox.store.teams.get(document.team)?.eventsCallbackUrl;
  return document.request?.given.disable_emails === true && Boolean(callback);
}
