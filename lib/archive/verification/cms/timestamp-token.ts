/** Time-stamp tokens (RFC 3161, 2.4.2; RFC 5816): who says that a hash existed at a moment. */
import * as pkijs from 'pkijs';
import { Problem } from '../problem';
import type { TrustStore } from '../types';
import { hashName, weakness } from './algorithms';
import { type Certificate, exact, nameOf, purposesOf, readableCertificates, readCertificate } from './certificate';
import { buildChain, checkConstraints, outOfTime } from './chain';
import { checkSignature, digestOf, namedCertificate, readSignedData } from './signed-data';

const tstInfo = '1.2.840.113549.1.9.16.1.4';
const timeStamping = '1.3.6.1.5.5.7.3.8';

export interface ReadToken {
  at: Date;
  authority: Certificate;
  /** From the authority to the anchor; undefined when it is not trusted. */
  chain?: Certificate[];
  /** Why it is not trusted. */
  doubt?: Problem;
  /** Number the request gave, to tell answers apart. */
  nonce?: Buffer;
}

/**
 * Reads a token and checks it against what it is said to stamp. The authority's chain is judged for the moment of the
 * stamp, so that a package can still be verified after the authority's certificate has run out.
 *
 * @param der token (CMS SignedData); zeros may follow
 * @param digest gives the hash of what is stamped, by a name of `node:crypto`
 * @param trust `timestampAnchors`, or else `anchors`
 * @throws Problem FORMAT_FAILURE, HASH_FAILURE (stamps something else), SIG_CRYPTO_FAILURE
 */
export async function readToken(
  der: Buffer,
  digest: (hash: string) => Promise<Buffer> | Buffer,
  trust: TrustStore,
): Promise<ReadToken> {
  const signed = readSignedData(der);
  if (signed.contentType !== tstInfo || signed.content === undefined)
    throw new Problem('This is not a time-stamp token.');
  checkSignature(signed, digestOf(signed.hash, signed.content));
  const info = readInfo(signed.content);
  const hash = hashName(info.messageImprint.hashAlgorithm);
  if (!Buffer.from(info.messageImprint.hashedMessage.getValue()).equals(await digest(hash))) {
    throw new Problem('The time-stamp is over something else: the hash differs.', 'HASH_FAILURE');
  }
  const token = {
    at: info.genTime,
    authority: signed.signer,
    ...(info.nonce !== undefined && { nonce: Buffer.from(info.nonce.valueBlock.valueHexView) }),
  };
  try {
    namedCertificate(signed);
    const chain = trustedChain(signed.signer, signed.certificates, info.genTime, trust);
    const weak = [hash, signed.hash]
      .map((name) => weakness(name, signed.signer.x509.publicKey))
      .find((text) => text !== undefined);
    if (weak !== undefined) throw new Problem(`The time-stamp is too weak: ${weak}.`, 'CRYPTO_CONSTRAINTS_FAILURE');
    return { ...token, chain };
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    return { ...token, doubt: thrown };
  }
}

function readInfo(content: Buffer): pkijs.TSTInfo {
  try {
    return pkijs.TSTInfo.fromBER(exact(content));
  } catch {
    throw new Problem('The content of the time-stamp cannot be read.');
  }
}

function trustedChain(authority: Certificate, within: Certificate[], at: Date, trust: TrustStore): Certificate[] {
  if (purposesOf(authority)?.join() !== timeStamping) {
    throw new Problem(`The certificate of ${nameOf(authority)} is not for time-stamps.`, 'CHAIN_CONSTRAINTS_FAILURE');
  }
  const anchors = (trust.timestampAnchors ?? trust.anchors).map(({ raw }) => readCertificate(raw));
  const pool = [...within, ...readableCertificates((trust.intermediates ?? []).map(({ raw }) => raw))];
  const chain = buildChain(authority, pool, anchors);
  if (chain === undefined) {
    throw new Problem(
      `The time-stamp authority ${nameOf(authority)} is not in the trust store.`,
      'NO_CERTIFICATE_CHAIN_FOUND',
    );
  }
  checkConstraints(chain);
  if (outOfTime(chain, at) !== undefined) {
    throw new Problem('The time-stamp was made outside the validity of its certificate.', 'CHAIN_CONSTRAINTS_FAILURE');
  }
  return chain;
}
