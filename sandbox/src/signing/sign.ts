import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Sandbox } from '../context';
import { emit } from '../events/emit';
import type { Field, FieldValue, SignerAttachment } from '../model';
import { finish, startRendering } from '../signature-requests/finish';
import { invite, notifyWatchers } from '../signature-requests/invitations';
import { displayName, hostOf, openSigners, roleOf } from '../signature-requests/turns';
import { assertReady, assertUnlocked, type Session, SigningError } from './session';
import { checkCode, needsCodeBeforeFinish } from './unlock';
import { fieldsOf } from './view';

const maxAttachment = 10 * 1024 * 1024;

/** Body of `POST /sign/:token/api/sign`. */
export const signBody = z.object({
  signature: z
    .object({
      kind: z.enum(['drawn', 'typed', 'uploaded'], 'The kind of the signature is drawn, typed or uploaded.'),
      png: z.string().nullish(),
      text: z.string().max(200, 'The typed signature is too long.').nullish(),
    })
    .nullish(),
  fields: z.record(z.string(), z.union([z.string().max(10_000), z.boolean(), z.null()])).default({}),
  code: z.string().nullish(),
  attachments: z
    .array(z.object({ for: z.string().nullish(), name: z.string().min(1).max(255), content: z.string() }))
    .default([]),
});
type SignBody = z.output<typeof signBody>;

/**
 * Signs or approves.
 *
 * @throws SigningError when it is not this signer's turn, or something is missing or wrong; then nothing has changed
 */
export async function sign(sandbox: Sandbox, session: Session, body: SignBody): Promise<void> {
  const { document, signer } = session;
  assertReady(session);
  assertUnlocked(sandbox, session);
  const values = readValues(fieldsOf(session), body.fields);
  const drawing = readSignature(session, body);
  const files = readAttachments(session, body);
  if (needsCodeBeforeFinish(signer)) checkCode(sandbox, session, body.code ?? undefined);

  const name = `${document.uuid}-signature-${signer.uuid}.png`;
  if (drawing?.png) await sandbox.files.write(name, drawing.png);
  for (const { attachment, content } of files) await sandbox.files.write(attachment.file, content);
  // The files took a moment, in which another answer may have been given.
  assertReady(session);

  const at = sandbox.clock.now();
  signer.values = values;
  signer.signature = drawing && { kind: drawing.kind, file: drawing.png ? name : null, text: drawing.text };
  signer.attachments = files.map(({ attachment }) => attachment);
  signer.signedAt = at;
  document.modifiedAt = at;
  const verb = roleOf(signer) === 'approve' ? 'approved' : 'signed';
  emit(sandbox, document, 'signer_signed', { at, signer, ...(verb === 'approved' ? { detail: 'approved' } : {}) });
  notifyWatchers(sandbox, document, `${displayName(signer)} ${verb} it`, at);
  if (openSigners(document).length === 0) {
    emit(sandbox, document, 'signed', { at });
    finish(sandbox, document, 'si', at);
  } else {
    startRendering(sandbox, document);
    invite(sandbox, document, at);
  }
}

/** Declines, which ends the whole request. */
export function decline(sandbox: Sandbox, session: Session, reason: string): void {
  const { document, signer } = session;
  assertReady(session);
  assertUnlocked(sandbox, session);
  const at = sandbox.clock.now();
  signer.declinedAt = at;
  signer.declineReason = reason || null;
  emit(sandbox, document, 'declined', { at, detail: `${displayName(signer)}${reason ? `: ${reason}` : ''}` });
  notifyWatchers(sandbox, document, `${displayName(signer)} declined it`, at);
  finish(sandbox, document, 'de', at);
}

/** Where the page leads after signing or declining: the person who signs here next, another document, or an address. */
export function whereNext(sandbox: Sandbox, { document, request, signer }: Session) {
  const declined = signer.declinedAt !== null;
  const redirect = declined
    ? (signer.given.redirect_url_declined ?? request.given.redirect_url_declined)
    : (signer.given.redirect_url ?? request.given.redirect_url);
  const inPerson = openSigners(document).find((other) => hostOf(document, other) === signer);
  const other = signer.given.after_document && sandbox.store.documents.get(signer.given.after_document);
  const chained = other ? openSigners(other).find((one) => one.given.email === signer.given.email) : undefined;
  const next = declined ? undefined : (inPerson ?? chained);
  return { redirect: redirect || null, next: next ? `${sandbox.baseUrl}/sign/${next.token}` : null };
}

function readValues(fields: Field[], given: SignBody['fields']): FieldValue[] {
  const unknown = Object.keys(given).find((id) => !fields.some((field) => field.uuid === id));
  if (unknown !== undefined) throw new SigningError(400, 'There is no such field in this document for you.', unknown);
  return fields.map((field) => {
    const value = given[field.uuid] ?? null;
    const empty = { field: field.uuid, text: '', checked: null, date: null };
    if (field.type === 's') return empty;
    const name = field.label || 'This field';
    if (field.type === 'c') {
      if (field.required && value !== true) throw new SigningError(400, `${name} has to be ticked.`, field.uuid);
      return { ...empty, checked: value === true || value === 'true' };
    }
    const text = typeof value === 'string' ? value.trim() : '';
    if (field.required && text === '') throw new SigningError(400, `${name} has to be filled in.`, field.uuid);
    if (field.type !== 'd' || text === '') return { ...empty, text };
    if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(Date.parse(text))) {
      throw new SigningError(400, `${name} has to be a date in the form YYYY-MM-DD.`, field.uuid);
    }
    return { ...empty, text, date: text };
  });
}

interface Drawing {
  kind: 'drawn' | 'typed';
  png: Buffer | null;
  text: string | null;
}

function readSignature({ request, signer }: Session, { signature }: SignBody): Drawing | null {
  if (roleOf(signer) === 'approve') return null;
  if (!signature) throw new SigningError(400, 'Please add your signature.', 'signature');
  if (signature.kind === 'typed') {
    const text = signature.text?.trim();
    if (request.given.disable_text_signatures) {
      throw new SigningError(400, 'Typed signatures are switched off for this document.', 'signature');
    }
    if (!text) throw new SigningError(400, 'Please type your signature.', 'signature');
    return { kind: 'typed', png: null, text };
  }
  if (signature.kind === 'uploaded' && request.given.disable_upload_signatures) {
    throw new SigningError(400, 'Uploaded signatures are switched off for this document.', 'signature');
  }
  const png = Buffer.from((signature.png ?? '').replace(/^data:image\/png;base64,/, ''), 'base64');
  if (png.length < 8 || png.readUInt32BE(0) !== 0x89504e47) {
    throw new SigningError(400, 'The signature has to be a PNG image.', 'signature');
  }
  return { kind: 'drawn', png, text: null };
}

function readAttachments(
  { document, request, signer }: Session,
  { attachments }: SignBody,
): { attachment: SignerAttachment; content: Buffer }[] {
  const required = roleOf(signer) === 'approve' ? [] : request.requiredAttachments;
  const missing = required.find((one) => !attachments.some((attachment) => attachment.for === one.uuid));
  if (missing) throw new SigningError(400, `Please attach "${missing.name}".`, missing.uuid);
  return attachments.map(({ for: wanted, name, content }) => {
    const forAttachment = request.requiredAttachments.find((one) => one.uuid === wanted) ?? null;
    if (forAttachment === null && request.given.disable_attachments) {
      throw new SigningError(400, 'Attachments are switched off for this document.', 'attachments');
    }
    const bytes = Buffer.from(content, 'base64');
    if (bytes.length === 0) throw new SigningError(400, `"${name}" is empty.`, 'attachments');
    if (bytes.length > maxAttachment) throw new SigningError(400, `"${name}" is larger than 10 MB.`, 'attachments');
    const uuid = randomUUID();
    return { attachment: { uuid, name, file: `${document.uuid}-upload-${uuid}`, forAttachment }, content: bytes };
  });
}
