import type { Sandbox } from '../context';
import type { DocumentRecord, SignatureRequest, Signer } from '../model';
import { signerState } from '../signature-requests/turns';

const dayMs = 86_400_000;

/** A refusal of the signing page's JSON: `{error, field?}`. */
export class SigningError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}

/** Everything that belongs to one link to the signing page. */
export interface Session {
  document: DocumentRecord;
  request: SignatureRequest;
  signer: Signer;
}

/**
 * Finds what a link opens.
 *
 * @throws SigningError 404 for an unknown link, 410 for one whose time is over
 */
export function openSession(sandbox: Sandbox, token: string): Session {
  for (const document of sandbox.store.documents.all()) {
    const { request } = document;
    const signer = request?.signers.find((one) => one.token === token);
    if (!request || !signer) continue;
    const days = document.given.link_expire_days;
    if (days && document.finishedAt !== null && sandbox.clock.now() > document.finishedAt + days * dayMs) {
      throw new SigningError(410, 'This link has expired.');
    }
    return { document, request, signer };
  }
  throw new SigningError(404, 'This link is not known. Please use the link from the latest mail.');
}

/** What has to be entered before the document shows: nothing, a password, or a code by text message. */
export function lockOf(sandbox: Sandbox, { request, signer }: Session): null | 'password' | 'sms' {
  const isOpen = signer.unlockedUntil > sandbox.clock.now();
  if (signer.passwordHash !== null && !isOpen) return 'password';
  const needsCode = request.given.text_message_verification_locked === true && signer.given.verify_phone_number;
  return needsCode && signer.smsVerifiedAt === null ? 'sms' : null;
}

/** @throws SigningError 403 while something has to be entered first */
export function assertUnlocked(sandbox: Sandbox, session: Session): void {
  const lock = lockOf(sandbox, session);
  if (lock === 'password') throw new SigningError(403, 'Please enter the password first.', 'password');
  if (lock === 'sms') throw new SigningError(403, 'Please enter the code from the text message first.', 'code');
}

/** @throws SigningError 409 unless it is this signer's turn */
export function assertReady({ document, signer }: Session): void {
  const state = signerState(document, signer);
  if (state === 'ready') return;
  const texts: Record<typeof state, string> = {
    waiting: 'It is not your turn yet; you will get a mail.',
    signed: 'You have signed this document already.',
    declined: 'You have declined this document.',
    forwarded: 'You have forwarded this document.',
    closed: 'This document is closed.',
  };
  throw new SigningError(409, texts[state]);
}
