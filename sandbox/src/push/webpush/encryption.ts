/** Message encryption for Web Push, the receiver's side (RFC 8291, RFC 8188). */
import { createDecipheriv, createECDH, ECDH, hkdfSync, randomBytes } from 'node:crypto';

const curve = 'prime256v1';
const headerBytes = 86;
const tagBytes = 16;

export interface ReceiverKeys {
  /** Base64url: uncompressed P-256 point of 65 bytes. */
  p256dh: string;
  /** Base64url: 16 bytes. */
  auth: string;
  /** Base64url: scalar of 32 bytes. */
  privateKey: string;
}

/** New keys of a receiver. */
export function makeReceiverKeys(): ReceiverKeys {
  const ecdh = createECDH(curve);
  const p256dh = ecdh.generateKeys('base64url');
  return { p256dh, auth: randomBytes(16).toString('base64url'), privateKey: ecdh.getPrivateKey('base64url') };
}

/** Whether 65 bytes are a point on P-256. */
export function isPoint(bytes: Uint8Array): boolean {
  if (bytes.length !== 65 || bytes[0] !== 4) return false;
  try {
    ECDH.convertKey(bytes, curve, undefined, undefined, 'uncompressed');
    return true;
  } catch {
    return false;
  }
}

/**
 * Looks at an encrypted body as far as a push service can without the keys.
 *
 * @param body header of RFC 8188 (salt, record size, key) and one record
 * @returns what is wrong, or undefined
 */
export function mistakeIn(body: Buffer): string | undefined {
  if (body.length < headerBytes + tagBytes + 1) return 'The body is too short for a header of aes128gcm and a record.';
  if (body.readUInt8(20) !== 65) return 'The key id in the header is not a public key of 65 bytes.';
  if (!isPoint(body.subarray(21, headerBytes))) return 'The key in the header is not a point on P-256.';
  if (body.readUInt32BE(16) < 18) return 'The record size in the header is below 18.';
  if (body.length - headerBytes > body.readUInt32BE(16)) return 'The body has more than one record.';
  return undefined;
}

/**
 * Decrypts a message.
 *
 * @throws Error when it is malformed, or not encrypted for these keys
 */
export function decrypt(body: Buffer, keys: ReceiverKeys): Buffer {
  const mistake = mistakeIn(body);
  if (mistake !== undefined) throw new Error(mistake);
  const salt = body.subarray(0, 16);
  const senderKey = body.subarray(21, headerBytes);
  const receiverKey = Buffer.from(keys.p256dh, 'base64url');
  const ecdh = createECDH(curve);
  ecdh.setPrivateKey(keys.privateKey, 'base64url');
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), receiverKey, senderKey]);
  const secret = derive(ecdh.computeSecret(senderKey), Buffer.from(keys.auth, 'base64url'), info, 32);
  const key = derive(secret, salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = derive(secret, salt, 'Content-Encoding: nonce\0', 12);
  return withoutPadding(decryptRecord(body.subarray(headerBytes), key, nonce));
}

function decryptRecord(record: Buffer, key: Buffer, nonce: Buffer): Buffer {
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(record.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(record.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    throw new Error('The message is not encrypted for the keys of this subscription.');
  }
}

/** The last record ends with a 2 and any number of zeros. */
function withoutPadding(record: Buffer): Buffer {
  const end = record.findLastIndex((byte) => byte !== 0);
  if (record[end] !== 2) throw new Error('The padding of the message is wrong.');
  return record.subarray(0, end);
}

const derive = (secret: Uint8Array, salt: Uint8Array, info: string | Uint8Array, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, length));
