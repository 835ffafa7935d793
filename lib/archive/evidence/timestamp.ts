/** Time-stamps from an authority over HTTP (RFC 3161, 2.4 and 3.4), and their check. */
import { randomBytes } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { SignatureError } from '../../errors';
import { createHttpClient } from '../../http/client';
import { nameOf } from '../verification/cms/certificate';
import { readToken } from '../verification/cms/timestamp-token';
import { failedCheck } from '../verification/problem';
import type { TrustStore } from '../verification/types';
import type { PackageVerdict } from './types';

const sha256 = '2.16.840.1.101.3.4.2.1';
/** Granted, and granted with modifications. */
const granted = [0, 1];

export interface TimestampOptions {
  userAgent: string;
  /** For one try; default 30,000. */
  timeoutMs?: number;
  /** Default true: the authority's address is configuration, not data. */
  allowPrivateAddresses?: boolean;
  /** Value of an `authorization` header, for authorities that ask for one. */
  authorization?: string;
  signal?: AbortSignal;
}

/**
 * Asks an authority to stamp a hash.
 *
 * @param url of the authority
 * @param digest SHA-256, 32 bytes
 * @returns the token (CMS SignedData, DER); whether its authority is trusted is `verifyTimestamp`'s
 * @throws SignatureError what the HTTP client throws; REFUSED when the authority does not stamp; REMOTE_FAULT when the
 *   answer is not a stamp over this hash
 */
export async function requestTimestamp(url: string, digest: Buffer, options: TimestampOptions): Promise<Buffer> {
  if (digest.length !== 32)
    throw new SignatureError('BAD_INPUT', 'The digest is not a SHA-256 of 32 bytes.', { field: 'digest' });
  const { userAgent, timeoutMs, allowPrivateAddresses, authorization, signal } = options;
  const nonce = randomBytes(8);
  nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 0x40; // positive and without leading zeros
  const http = createHttpClient({
    service: 'The time-stamp authority',
    userAgent,
    timeoutMs,
    allowPrivateAddresses: allowPrivateAddresses ?? true,
    maxResponseBytes: 1024 * 1024,
  });
  const answer = await http.request({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/timestamp-query',
      accept: 'application/timestamp-reply',
      ...(authorization !== undefined && { authorization }),
    },
    body: queryOf(digest, nonce),
    idempotent: true,
    read: 'bytes',
    signal,
  });
  return tokenOf(Buffer.isBuffer(answer.data) ? answer.data : Buffer.alloc(0), digest, nonce);
}

function queryOf(digest: Buffer, nonce: Buffer): Buffer {
  const request = new pkijs.TimeStampReq({
    version: 1,
    messageImprint: new pkijs.MessageImprint({
      hashAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: sha256, algorithmParams: new asn1js.Null() }),
      hashedMessage: new asn1js.OctetString({ valueHex: Uint8Array.from(digest).buffer }),
    }),
    nonce: new asn1js.Integer({ valueHex: Uint8Array.from(nonce).buffer }),
    certReq: true,
  });
  return Buffer.from(request.toSchema().toBER());
}

async function tokenOf(bytes: Buffer, digest: Buffer, nonce: Buffer): Promise<Buffer> {
  const nonsense = (what: string): SignatureError =>
    new SignatureError(
      'REMOTE_FAULT',
      `The time-stamp authority answered with ${what}. Try again, or use another authority.`,
    );
  const answer = readable(bytes);
  if (answer === undefined) throw nonsense('something that is not a time-stamp answer');
  const { status } = answer;
  if (!granted.includes(status.status)) {
    const reason = (status.statusStrings ?? [])
      .map((text) => String(text.valueBlock.value))
      .join(' ')
      .slice(0, 200);
    throw new SignatureError(
      'REFUSED',
      `The time-stamp authority refused to stamp (status ${status.status}). ${reason}`.trim(),
    );
  }
  if (answer.timeStampToken === undefined) throw nonsense('no time-stamp');
  const token = Buffer.from(answer.timeStampToken.toSchema().toBER());
  try {
    const { nonce: echoed } = await readToken(token, () => digest, { anchors: [] });
    if (echoed === undefined || !echoed.equals(nonce)) throw nonsense('the time-stamp of another request');
  } catch (thrown) {
    throw thrown instanceof SignatureError ? thrown : nonsense('a time-stamp that does not verify');
  }
  return token;
}

function readable(bytes: Buffer): pkijs.TimeStampResp | undefined {
  try {
    return pkijs.TimeStampResp.fromBER(Uint8Array.from(bytes).buffer);
  } catch {
    return undefined;
  }
}

/**
 * Checks a token over a hash, offline.
 *
 * @param token DER
 * @param digest gives the hash of what is stamped, by a name of `node:crypto`, or is that hash if only one can be meant
 * @param trust whose authorities count
 */
export async function verifyTimestamp(
  token: Buffer,
  digest: Buffer | ((hash: string) => Promise<Buffer> | Buffer),
  trust: TrustStore,
): Promise<NonNullable<PackageVerdict['timestamp']>> {
  try {
    const read = await readToken(token, Buffer.isBuffer(digest) ? () => digest : digest, trust);
    const facts = { at: read.at.toISOString(), authority: nameOf(read.authority) };
    if (read.doubt !== undefined) return { ...facts, result: 'INDETERMINATE', text: read.doubt.message };
    return { ...facts, result: 'TOTAL-PASSED', text: `Unchanged since ${facts.at}, says ${facts.authority}.` };
  } catch (thrown) {
    return { result: 'TOTAL-FAILED', text: failedCheck('timestamp', thrown).text };
  }
}
