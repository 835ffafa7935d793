/** The keys of a push subscription and of its sender (RFC 8291, RFC 8292). */
import { createECDH, ECDH } from 'node:crypto';

/** Base64 of either alphabet, with or without padding, as base64url without padding. */
export const toBase64Url = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

const bytesOf = (key: string): Buffer | undefined => (/^[\w-]+$/.test(key) ? Buffer.from(key, 'base64url') : undefined);

/** Whether a base64url text is an uncompressed point on P-256. */
export function isPublicKey(key: string): boolean {
  const bytes = bytesOf(key);
  if (bytes?.length !== 65 || bytes[0] !== 4) return false;
  try {
    ECDH.convertKey(bytes, 'prime256v1');
    return true;
  } catch {
    return false;
  }
}

/** Whether a base64url text has the 16 bytes of a subscription's secret. */
export const isAuthSecret = (key: string): boolean => bytesOf(key)?.length === 16;

/** Whether a base64url private key and a public key belong together. */
export function isKeyPair(privateKey: string, publicKey: string): boolean {
  const bytes = bytesOf(privateKey);
  if (bytes?.length !== 32) return false;
  try {
    const ecdh = createECDH('prime256v1');
    ecdh.setPrivateKey(bytes);
    return ecdh.getPublicKey('base64url') === publicKey;
  } catch {
    return false;
  }
}
