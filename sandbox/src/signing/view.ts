import { timestamp } from '../clock';
import type { Sandbox } from '../context';
import { presetOf } from '../documents/fields';
import { expiresAt } from '../documents/json';
import { emit } from '../events/emit';
import type { DocumentRecord, Field } from '../model';
import { acts, displayName, fullName, roleOf, signerState } from '../signature-requests/turns';
import { sanitize } from './sanitize';
import { lockOf, type Session } from './session';
import { needsCodeBeforeFinish } from './unlock';

/** What the signing page shows. While it is locked there are neither pages nor fields in it. */
export function signingView(sandbox: Sandbox, session: Session) {
  const { document, request, signer } = session;
  const locked = lockOf(sandbox, session);
  const embedded = Boolean(signer.given.embed_url_user_id);
  const expires = expiresAt(document);
  const phone = signer.given.verify_phone_number;
  const asked = roleOf(signer) !== 'approve';
  return {
    document: {
      uuid: document.uuid,
      name: document.name,
      status: document.status,
      pages: locked ? [] : document.pages,
      expiresAt: expires === null ? null : timestamp(expires),
    },
    subject: request.given.subject ?? null,
    message: request.given.message ? sanitize(request.given.message) : null,
    sender: { name: request.given.from_email_name || request.fromEmail, email: request.fromEmail },
    signer: {
      email: signer.given.email,
      displayName: displayName(signer),
      role: roleOf(signer),
      state: signerState(document, signer),
      language: signer.given.language ?? null,
    },
    others: request.signers
      .filter((other) => other !== signer && (acts(other) || other.forwardedAt !== null))
      .map((other) => ({ displayName: displayName(other), state: signerState(document, other) })),
    locked,
    smsBeforeFinish: locked !== 'sms' && needsCodeBeforeFinish(signer),
    smsSentTo: signer.sms && phone ? `${phone.slice(0, 3)}••••${phone.slice(-2)}` : null,
    fields: locked ? [] : fieldsOf(session).map((field) => fieldView(sandbox, session, field)),
    requiredAttachments: asked ? request.requiredAttachments : [],
    documentAttachments: locked ? [] : attachmentsOf(sandbox, document).map(({ uuid, name }) => ({ uuid, name })),
    options: {
      drawn: true,
      typed: !request.given.disable_text_signatures,
      upload: !request.given.disable_upload_signatures,
      decline: true,
      forward: !embedded && signer.given.in_person !== true,
      addAttachments: !request.given.disable_attachments,
    },
    embedded,
  };
}

/** The fields of this signer, in reading order. One who approves has none. */
export function fieldsOf({ document, signer }: Session): Field[] {
  if (signer.tagIndex === null || roleOf(signer) === 'approve') return [];
  return document.fields.filter((field) => field.signerIndex === signer.tagIndex);
}

/** What the sender put beside the document. */
export function attachmentsOf(sandbox: Sandbox, document: DocumentRecord) {
  return sandbox.store.attachments.all().filter((attachment) => attachment.document === document.uuid);
}

/** Notes that a signer has opened the page: the mail and the document are seen from now on. */
export function markViewed(sandbox: Sandbox, { document, signer }: Session): void {
  if (signer.viewedAt !== null || signerState(document, signer) !== 'ready') return;
  const at = sandbox.clock.now();
  if (signer.emailed && signer.emailViewedAt === null) {
    signer.emailViewedAt = at;
    emit(sandbox, document, 'signer_viewed_email', { at, signer });
  }
  signer.viewedAt = at;
  emit(sandbox, document, 'signer_viewed', { at, signer });
  if (document.status === 'se') {
    document.status = 'vi';
    emit(sandbox, document, 'viewed', { at });
  }
  document.modifiedAt = at;
  sandbox.store.documents.put(document);
}

function fieldView(sandbox: Sandbox, session: Session, field: Field) {
  const { uuid, type, page, x, y, width, height, required, multiline, label, externalId } = field;
  const value = initialValue(sandbox, session, field);
  return { id: uuid, type, page, x, y, width, height, required, multiline, label, value, externalId };
}

/** What stands in a field when the page opens: what was signed, else the prefill, else today or the own name. */
function initialValue(sandbox: Sandbox, { document, signer }: Session, field: Field): string | boolean | null {
  const entered = signer.values.find((value) => value.field === field.uuid);
  if (entered) return entered.checked ?? entered.date ?? entered.text;
  const preset = presetOf(field, document.given.prefill_tags ?? []);
  if (preset !== null) return preset;
  if (field.type === 'd' && field.prefill !== '0') return timestamp(sandbox.clock.now()).slice(0, 10);
  return field.type === 'n' ? fullName(signer) || null : null;
}
