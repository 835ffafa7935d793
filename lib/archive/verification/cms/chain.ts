/** Certificate chains: from a signer to a trust anchor (RFC 5280, 6, without policies and name constraints). */
import * as pkijs from 'pkijs';
import { Problem } from '../problem';
import { hashOf, weakness } from './algorithms';
import { type Certificate, extensionOf, isSame, nameOf } from './certificate';

const longest = 10;
const mostTries = 500;

/** Extensions understood here, or without meaning for a signature. */
const understood = new Set([
  '2.5.29.14',
  '2.5.29.15',
  '2.5.29.17',
  '2.5.29.18',
  '2.5.29.19',
  '2.5.29.31',
  '2.5.29.32',
  '2.5.29.35',
  '2.5.29.37',
]);

/**
 * Finds a chain whose signatures fit.
 *
 * @param leaf the signer
 * @param pool certificates that may stand between
 * @param anchors what is trusted
 * @returns from the signer to the anchor, both included; undefined when there is no chain
 */
export function buildChain(
  leaf: Certificate,
  pool: readonly Certificate[],
  anchors: readonly Certificate[],
): Certificate[] | undefined {
  let tries = 0;
  const extend = (path: Certificate[]): Certificate[] | undefined => {
    const last = path.at(-1);
    if (last === undefined || path.length > longest) return undefined;
    if (anchors.some((anchor) => isSame(anchor, last))) return path;
    for (const issuer of [...anchors, ...pool]) {
      if (path.some((other) => isSame(other, issuer)) || !last.x509.checkIssued(issuer.x509)) continue;
      tries += 1;
      if (tries > mostTries) return undefined;
      if (!last.x509.verify(issuer.x509.publicKey)) continue;
      const found = extend([...path, issuer]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return extend([leaf]);
}

/**
 * Checks what a chain's certificates say about their use. Validity in time is `outOfTime`'s.
 *
 * @throws Problem CHAIN_CONSTRAINTS_FAILURE or CRYPTO_CONSTRAINTS_FAILURE
 */
export function checkConstraints(chain: readonly Certificate[]): void {
  for (const [depth, certificate] of chain.entries()) {
    const broken = (what: string): Problem =>
      new Problem(`The certificate of ${nameOf(certificate)} ${what}.`, 'CHAIN_CONSTRAINTS_FAILURE');
    const strange = certificate.parsed.extensions?.find(({ critical, extnID }) => critical && !understood.has(extnID));
    if (strange !== undefined) throw broken(`has the critical extension ${strange.extnID}, which is not supported`);
    if (depth > 0) {
      if (!certificate.x509.ca) throw broken('may not issue certificates');
      const { pathLenConstraint } = basicConstraints(certificate);
      if (typeof pathLenConstraint === 'number' && pathLenConstraint < depth - 1)
        throw broken('allows a shorter chain only');
      if (extensionOf(certificate, '2.5.29.30') !== undefined)
        throw broken('has name constraints, which are not supported');
    }
    // How an anchor is signed does not matter: it is trusted as it is.
    const weak =
      depth < chain.length - 1
        ? weakness(hashOf(certificate.parsed.signatureAlgorithm) ?? '', certificate.x509.publicKey)
        : undefined;
    if (weak !== undefined) {
      throw new Problem(
        `The certificate of ${nameOf(certificate)} is too weak: ${weak}.`,
        'CRYPTO_CONSTRAINTS_FAILURE',
      );
    }
  }
}

const basicConstraints = (certificate: Certificate): pkijs.BasicConstraints => {
  const value = extensionOf(certificate, '2.5.29.19')?.parsedValue;
  return value instanceof pkijs.BasicConstraints ? value : new pkijs.BasicConstraints();
};

/**
 * The first certificate that is not valid at a moment, the anchor left aside: it is trusted by decision, not by its dates.
 *
 * @returns undefined when all are
 */
export function outOfTime(
  chain: readonly Certificate[],
  at: Date,
): { certificate: Certificate; early: boolean } | undefined {
  const dated = chain.length === 1 ? chain : chain.slice(0, -1);
  for (const certificate of dated) {
    if (at.getTime() < Date.parse(certificate.x509.validFrom)) return { certificate, early: true };
    if (at.getTime() > Date.parse(certificate.x509.validTo)) return { certificate, early: false };
  }
  return undefined;
}
