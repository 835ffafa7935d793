// @ts-check

/**
 * The receiver's side of Web Push encryption (RFC 8291), with the keys in this page.
 *
 * @typedef {{ jwk: JsonWebKey, p256dh: string, auth: string }} Keys
 */

const curve = { name: 'ECDH', namedCurve: 'P-256' };
const headerBytes = 86;

/** Whether this page may encrypt: browsers allow it on this computer and by https only. */
export const canEncrypt = () => globalThis.crypto?.subtle !== undefined;

/**
 * Makes the keys of a subscription.
 *
 * @returns {Promise<Keys>}
 */
export async function makeKeys() {
  const pair = await crypto.subtle.generateKey(curve, true, ['deriveBits']);
  const point = await crypto.subtle.exportKey('raw', pair.publicKey);
  return {
    jwk: await crypto.subtle.exportKey('jwk', pair.privateKey),
    p256dh: toBase64Url(new Uint8Array(point)),
    auth: toBase64Url(crypto.getRandomValues(new Uint8Array(16))),
  };
}

/**
 * Decrypts a message.
 *
 * @param {string} body base64: header of RFC 8188 and one record; empty for a message without text
 * @param {Keys} keys
 * @returns {Promise<string>}
 * @throws {Error} when it is not encrypted for these keys
 */
export async function decrypt(body, keys) {
  const bytes = fromBase64(body);
  if (bytes.length === 0) return '';
  const salt = bytes.slice(0, 16);
  const sender = bytes.slice(21, headerBytes);
  const own = await crypto.subtle.importKey('jwk', keys.jwk, curve, false, ['deriveBits']);
  const other = await crypto.subtle.importKey('raw', sender, curve, false, []);
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: other }, own, 256);
  const info = joined(text('WebPush: info\0'), fromBase64(keys.p256dh), sender);
  const secret = await derive(shared, fromBase64(keys.auth), info, 32);
  const key = await derive(secret, salt, text('Content-Encoding: aes128gcm\0'), 16);
  const iv = await derive(secret, salt, text('Content-Encoding: nonce\0'), 12);
  const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
  try {
    const record = new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, aes, bytes.slice(headerBytes)));
    // The record ends with a 2 and any number of zeros.
    return new TextDecoder().decode(record.slice(0, record.lastIndexOf(2)));
  } catch {
    throw new Error('The message is not encrypted for the keys of this page.');
  }
}

/** HKDF-SHA-256. @param {BufferSource} secret @param {BufferSource} salt @param {BufferSource} info @param {number} length bytes */
async function derive(secret, salt, info, length) {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  return crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, key, length * 8);
}

/** @param {string} words */
const text = (words) => new TextEncoder().encode(words);

/** @param {...Uint8Array} parts */
const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

/** Also reads base64url. @param {string} words */
const fromBase64 = (words) =>
  Uint8Array.from(atob(words.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));

/** @param {Uint8Array} bytes */
const toBase64Url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
