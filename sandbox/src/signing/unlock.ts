import { timingSafeEqual } from 'node:crypto';
import type { Sandbox } from '../context';
import { smsMail } from '../mail/signer-mails';
import type { Signer } from '../model';
import { hashCode, isPassword, newCode } from './secrets';
import { lockOf, type Session, SigningError } from './session';

/** How long an entered password counts, in virtual time. */
const unlockedMs = 30 * 60_000;
const codeLifetimeMs = 10 * 60_000;
const codeTries = 5;

/** Sends a new code by text message; it shows in the inbox. */
export function sendCode(sandbox: Sandbox, { document, signer }: Session): void {
  const phone = signer.given.verify_phone_number;
  if (!phone) throw new SigningError(400, 'No phone number is set for you.');
  const code = newCode();
  const now = sandbox.clock.now();
  signer.sms = { hash: hashCode(code), validUntil: now + codeLifetimeMs, triesLeft: codeTries };
  smsMail(sandbox, document, phone, code, now);
  sandbox.store.documents.put(document);
}

/** Takes the password or the code that locks the document. @throws SigningError 403 when it is wrong */
export function unlock(sandbox: Sandbox, session: Session, given: { password?: string; code?: string }): void {
  const lock = lockOf(sandbox, session);
  if (lock === null) return;
  if (lock === 'sms') checkCode(sandbox, session, given.code);
  else {
    const { passwordHash } = session.signer;
    if (given.password === undefined || passwordHash === null || !isPassword(passwordHash, given.password)) {
      throw new SigningError(403, 'The password is wrong.', 'password');
    }
    session.signer.unlockedUntil = sandbox.clock.now() + unlockedMs;
  }
  sandbox.store.documents.put(session.document);
}

/** Checks a code from a text message. @throws SigningError 403 when it is missing, wrong, old or tried too often */
export function checkCode(sandbox: Sandbox, session: Session, code: string | undefined): void {
  const { signer } = session;
  if (!code) throw new SigningError(403, 'Please enter the code from the text message.', 'code');
  const now = sandbox.clock.now();
  if (signer.sms === null || signer.sms.validUntil < now || signer.sms.triesLeft === 0) {
    throw new SigningError(403, 'Please ask for a new code.', 'code');
  }
  signer.sms.triesLeft -= 1;
  sandbox.store.documents.put(session.document);
  if (!sameHash(signer.sms.hash, hashCode(code.trim()))) throw new SigningError(403, 'The code is wrong.', 'code');
  signer.sms = null;
  signer.smsVerifiedAt = now;
}

/** Whether a code has to be entered together with the signature. */
export function needsCodeBeforeFinish({ given, smsVerifiedAt }: Signer): boolean {
  return Boolean(given.verify_phone_number) && smsVerifiedAt === null;
}

function sameHash(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'));
}
