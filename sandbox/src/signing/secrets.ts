import { createHash, randomBytes, randomInt, scryptSync, timingSafeEqual } from 'node:crypto';

/** Salted hash of a signer's password, which is not kept itself. */
export function hashPassword(password: string): string {
  const salt = randomBytes(16).toString('hex');
  return `${salt}:${scryptSync(password, salt, 32, { N: 4096 }).toString('hex')}`;
}

/** Whether this is the password behind the hash. */
export function isPassword(hash: string, password: string): boolean {
  const [salt = '', right = ''] = hash.split(':');
  return timingSafeEqual(Buffer.from(right, 'hex'), scryptSync(password, salt, 32, { N: 4096 }));
}

/** A new six-digit code. */
export function newCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0');
}

/** Hash under which a code is kept for its few minutes. */
export function hashCode(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
