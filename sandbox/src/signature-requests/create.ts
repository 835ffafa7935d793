import { randomBytes, randomUUID } from 'node:crypto';
import type { Caller } from '../auth/authenticate';
import { referencedUuid, type Sandbox } from '../context';
import { isVisible } from '../documents/access';
import { ApiError, invalid } from '../http/errors';
import { type DocumentRecord, isFinished, type SignatureRequest, type Signer } from '../model';
import { hashPassword } from '../signing/secrets';
import type { RequestBody, SignerBody } from './schema';
import { send } from './send';

/**
 * Checks everything about a request that does not depend on its document, so that quick-create can refuse before it
 * makes one.
 *
 * @returns the sender's address
 * @throws ApiError 400
 */
export function checkRequest(sandbox: Sandbox, caller: Caller, body: RequestBody): string {
  const sender = body.from_email ?? caller.member.email;
  const members = sandbox.store.members.all().filter((member) => member.team === caller.team.uuid);
  if (!members.some((member) => member.email.toLowerCase() === sender.toLowerCase())) {
    throw invalid('from_email', `${sender} is neither a validated address nor a member of the team.`);
  }
  const signers = body.signers.map((signer) => {
    if (!signer.after_document) return {};
    const uuid = referencedUuid(signer.after_document, 'documents');
    const target = uuid === undefined ? undefined : sandbox.store.documents.get(uuid);
    if (!isVisible(target, caller)) return { after_document: ['Invalid hyperlink - Object does not exist.'] };
    return isFinished(target) ? { after_document: ['This document is finished already.'] } : {};
  });
  if (signers.some((complaint) => 'after_document' in complaint)) throw new ApiError(400, { signers });
  return sender;
}

/**
 * Puts a signature request on a document and sends it, unless it is being prepared or the document is still converting;
 * then it is sent after that.
 *
 * @throws ApiError 400 when the document has a request already or cannot have one any more
 */
export function createRequest(
  sandbox: Sandbox,
  caller: Caller,
  document: DocumentRecord,
  body: RequestBody,
): SignatureRequest {
  const fromEmail = checkRequest(sandbox, caller, body);
  if (document.request) throw invalid('document', 'This document has a signature request already.');
  if (isFinished(document)) throw invalid('document', 'This document cannot be sent any more.');
  const { signers, required_attachments, from_email: _from, ...given } = body;
  const request: SignatureRequest = {
    uuid: randomUUID(),
    given,
    fromEmail,
    requiredAttachments: (required_attachments ?? []).map(({ name }) => ({ name, uuid: randomUUID() })),
    prepareToken: given.is_being_prepared === true ? randomBytes(16).toString('hex') : null,
    signers: withSender(caller, fromEmail, body).map((signer) => newSigner(signer)),
    sentAt: null,
    lastReminderAt: null,
    remindersSent: 0,
  };
  // Tags count the signers as given; a sender who signs is number 0 and moves the others up by one.
  const first = given.who === 'o' ? 1 : 0;
  for (const [i, signer] of request.signers.entries()) signer.tagIndex = i < first ? null : i - first;
  document.request = request;
  document.modifiedAt = sandbox.clock.now();
  sandbox.store.documents.put(document);
  if (document.status === 'ne' && given.is_being_prepared !== true) send(sandbox, document, sandbox.clock.now());
  return request;
}

/**
 * The list of signers with the sender in front. An entry with the sender's own address sets up the sender's row; with
 * `who: m` the only entry does, whatever its address.
 */
function withSender(caller: Caller, fromEmail: string, body: RequestBody): SignerBody[] {
  const signs = body.who !== 'o';
  const own = body.signers.find((signer) => signer.email.toLowerCase() === fromEmail.toLowerCase());
  const merged = own ?? (body.who === 'm' && body.signers.length === 1 ? body.signers[0] : undefined);
  const isMember = fromEmail === caller.member.email;
  const names = isMember ? { first_name: caller.member.firstName, last_name: caller.member.lastName } : {};
  const row: SignerBody = { ...names, ...(signs ? merged : {}), email: fromEmail, needs_to_sign: signs };
  const others = signs ? body.signers.filter((signer) => signer !== merged) : body.signers;
  return [row, ...(body.who === 'm' ? [] : others)];
}

function newSigner(body: SignerBody): Signer {
  const { password, after_document, ...given } = body;
  return {
    ...freshState(),
    given: { ...given, after_document: after_document ? referencedUuid(after_document, 'documents') : null },
    passwordHash: password === undefined ? null : hashPassword(password),
  };
}

/** A row for whoever takes over from `signer`: same place and role, but its own secrets and nothing done yet. */
export function successor(signer: Signer, email: string): Signer {
  const { needs_to_sign, approve_only, use_stamp_for_approve_only, order, redirect_url, redirect_url_declined } =
    signer.given;
  return {
    ...freshState(),
    tagIndex: signer.tagIndex,
    given: {
      email,
      needs_to_sign,
      approve_only,
      use_stamp_for_approve_only,
      order,
      redirect_url,
      redirect_url_declined,
    },
  };
}

function freshState(): Omit<Signer, 'given'> {
  return {
    uuid: randomUUID(),
    token: randomBytes(16).toString('hex'),
    tagIndex: null,
    passwordHash: null,
    unlockedUntil: 0,
    sms: null,
    smsVerifiedAt: null,
    invitedAt: null,
    emailed: false,
    emailViewedAt: null,
    viewedAt: null,
    signedAt: null,
    downloadedAt: null,
    declinedAt: null,
    declineReason: null,
    forwardedAt: null,
    forwardedTo: null,
    forwardedReason: null,
    values: [],
    signature: null,
    attachments: [],
  };
}
