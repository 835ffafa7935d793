import type { Sandbox } from '../context';
import type { DocumentRecord, Field, FieldValue, Signer } from '../model';
import { finishPdf, type LogEntry, type Mark, signingLog } from '../pdf';
import { acts, displayName, fullName, roleOf } from './turns';

/** Makes the final PDF: what the signers entered, then the seal. */
export async function renderPdf(sandbox: Sandbox, document: DocumentRecord, at: number): Promise<void> {
  const { files } = document;
  if (files.asPdf === null) throw new Error(`The document ${document.uuid} was never converted.`);
  const signed = (document.request?.signers ?? []).filter((signer) => signer.signedAt !== null);
  const marks = await Promise.all(signed.map((signer) => marksOf(sandbox, document, signer)));
  const declined = document.status === 'de';
  const pdf = await finishPdf({
    pdf: await sandbox.files.read(files.asPdf),
    marks: marks.flat(),
    documentId: document.uuid,
    reason: declined ? 'Declined' : 'Signed by all parties',
    watermark: declined ? 'DECLINED' : 'SANDBOX',
    ca: sandbox.ca,
    at: new Date(at),
  });
  const name = `${document.uuid}-${declined ? 'declined' : 'signed'}.pdf`;
  document.hashes.signed = await sandbox.files.write(name, pdf);
  files.signed = name;
}

/** Makes the signing log from the document's events. */
export async function renderLog(sandbox: Sandbox, document: DocumentRecord, at: number): Promise<void> {
  const { request, hashes } = document;
  const signers = request?.signers ?? [];
  const pdf = await signingLog({
    document: {
      uuid: document.uuid,
      name: document.name,
      sha256: hashes.signed ?? hashes.asPdf ?? '',
      pages: document.pages.length,
    },
    sender: request?.fromEmail ?? document.user,
    signers: signers.map((signer) => ({
      name: fullName(signer) || signer.given.email,
      email: signer.given.email,
      role: roleOf(signer),
      state: stateInLog(signer),
      at: dateOrNull(signer.signedAt ?? signer.declinedAt ?? signer.forwardedAt),
      verification: verifications(signer),
    })),
    entries: logEntries(sandbox, document),
    ca: sandbox.ca,
    at: new Date(at),
  });
  const name = `${document.uuid}-signing-log.pdf`;
  hashes.log = await sandbox.files.write(name, pdf);
  document.files.log = name;
}

async function marksOf(sandbox: Sandbox, document: DocumentRecord, signer: Signer): Promise<Mark[]> {
  const by = fullName(signer) || signer.given.email;
  const at = new Date(signer.signedAt ?? 0);
  const own = document.fields.filter((field) => field.signerIndex === signer.tagIndex);
  const values = new Map(signer.values.map((value) => [value.field, value]));
  const place = (field: Field) => ({
    page: field.page,
    x: field.x,
    y: field.y,
    width: field.width,
    height: field.height,
  });

  if (signer.given.approve_only === true) {
    if (signer.given.use_stamp_for_approve_only !== true) return [];
    return [{ ...defaultPlace(document, signer), kind: 'stamp', text: 'Approved', by, at }];
  }
  const marks = own
    .filter((field) => field.type !== 's')
    .flatMap((field) => {
      const mark = valueMark(field, values.get(field.uuid));
      return mark ? [{ ...place(field), ...mark }] : [];
    });
  const places = own.filter((field) => field.type === 's').map(place);
  const { signature } = signer;
  if (signature === null) return marks;
  const look: Pick<Mark, 'kind' | 'png' | 'text'> =
    signature.file === null
      ? { kind: 'typed', text: signature.text ?? by }
      : { kind: 'drawn', png: await sandbox.files.read(signature.file) };
  const signed = places.length > 0 ? places : [defaultPlace(document, signer)];
  return [...marks, ...signed.map((box) => ({ ...box, ...look, by, at }))];
}

function valueMark(field: Field, value: FieldValue | undefined): Pick<Mark, 'kind' | 'text'> | undefined {
  if (value === undefined) return undefined;
  if (field.type === 'c') return value.checked === true ? { kind: 'check' } : undefined;
  if (field.type === 'd') return value.date === null ? undefined : { kind: 'date', text: value.date };
  return value.text === '' ? undefined : { kind: field.type === 'i' ? 'typed' : 'text', text: value.text };
}

/** Without a place for the signature it goes to the foot of the last page, one beside the other. */
function defaultPlace(document: DocumentRecord, signer: Signer) {
  const page = Math.max(0, document.pages.length - 1);
  const width = document.pages[page]?.width ?? 595;
  const acting = (document.request?.signers ?? []).filter(acts);
  const place = Math.max(0, acting.indexOf(signer));
  const perRow = Math.max(1, Math.floor((width - 72) / 170));
  return { page, x: 36 + (place % perRow) * 170, y: 36 + Math.floor(place / perRow) * 60, width: 150, height: 48 };
}

function stateInLog(signer: Signer): string {
  if (signer.forwardedAt !== null) return `forwarded to ${signer.forwardedTo}`;
  if (signer.declinedAt !== null) return 'declined';
  if (signer.signedAt !== null) return signer.given.approve_only === true ? 'approved' : 'signed';
  return acts(signer) ? 'open' : 'informed';
}

function verifications(signer: Signer): string[] {
  const list: string[] = [];
  if (signer.emailed) list.push('E-mail address by the link in a mail');
  if (signer.given.embed_url_user_id) {
    list.push(`Embedded as user ${signer.given.embed_url_user_id}; the e-mail identity was not verified`);
  }
  if (signer.passwordHash !== null) list.push('Password');
  if (signer.smsVerifiedAt !== null) list.push(`Code by text message to ${signer.given.verify_phone_number}`);
  return list;
}

const texts: Record<string, string> = {
  converted: 'Document created',
  sent: 'Sent for signing',
  viewed: 'Document viewed for the first time',
  signer_viewed_email: 'Mail opened',
  signer_viewed: 'Document viewed',
  signer_signed: 'Signed',
  signer_forwarded: 'Forwarded',
  signer_email_bounced: 'Mail bounced',
  declined: 'Declined',
  signed: 'Signed by all parties',
};

function logEntries(sandbox: Sandbox, document: DocumentRecord): LogEntry[] {
  const signers = new Map((document.request?.signers ?? []).map((signer) => [signer.uuid, signer]));
  const events = sandbox.store.events.all().filter((event) => event.document === document.uuid && texts[event.type]);
  return events.map((event) => {
    const signer = event.signer === null ? undefined : signers.get(event.signer);
    const who = signer ? displayName(signer) : (document.request?.fromEmail ?? document.user);
    return {
      at: new Date(event.at),
      what: texts[event.type] ?? event.type,
      who,
      ...(event.detail === null ? {} : { detail: event.detail }),
    };
  });
}

function dateOrNull(at: number | null): Date | null {
  return at === null ? null : new Date(at);
}
