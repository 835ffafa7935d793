/** Revocation status from the data that travels with a signature: OCSP (RFC 6960) and CRLs (RFC 5280, 5). Offline only. */
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { hashOf, isSignedBy, weakness } from './algorithms';
import { type Certificate, exact, extensionOf, purposesOf, readCertificate } from './certificate';

const ocspSigning = '1.3.6.1.5.5.7.3.9';
const basicOcsp = '1.3.6.1.5.5.7.48.1.1';
const hour = 3_600_000;

export interface RevocationData {
  /** DER. */
  crls: readonly Buffer[];
  /** OCSPResponse or BasicOCSPResponse, DER. */
  ocsps: readonly Buffer[];
}

export type RevocationStatus =
  | { status: 'good'; from: 'OCSP' | 'CRL' }
  | { status: 'revoked'; from: 'OCSP' | 'CRL'; at: Date }
  | { status: 'unknown' };

/** A statement about one certificate and the time it speaks for. */
interface Statement {
  revokedAt?: Date;
  thisUpdate: Date;
  nextUpdate?: Date;
}

/**
 * Status of a certificate at a moment.
 *
 * @param certificate to be examined
 * @param issuer the next one in its chain
 * @param data of any origin: every answer's own signature is checked, unreadable and foreign ones are passed over
 * @param at moment the certificate was used; an answer counts when it was given then or later
 * @param now no answer from after this moment counts
 */
export async function revocationStatus(
  certificate: Certificate,
  issuer: Certificate,
  data: RevocationData,
  at: Date,
  now: Date,
): Promise<RevocationStatus> {
  const from: ['OCSP' | 'CRL', readonly Buffer[], typeof readOcsp][] = [
    ['OCSP', data.ocsps, readOcsp],
    ['CRL', data.crls, async (der, subject, parent) => readCrl(der, subject, parent)],
  ];
  let good: 'OCSP' | 'CRL' | undefined;
  for (const [kind, list, read] of from) {
    for (const der of list) {
      const statement = await quietly(() => read(der, certificate, issuer, now));
      if (statement === undefined || statement.thisUpdate.getTime() > now.getTime() + hour) continue;
      if (statement.revokedAt !== undefined) return { status: 'revoked', from: kind, at: statement.revokedAt };
      const speaksUntil = statement.nextUpdate ?? new Date(statement.thisUpdate.getTime() + 24 * hour);
      if (speaksUntil >= at) good ??= kind;
    }
  }
  return good === undefined ? { status: 'unknown' } : { status: 'good', from: good };
}

/** Whether the certificate says where its status is published, or that it has none to publish (RFC 9608). */
export function namesRevocation(certificate: Certificate): boolean {
  const access = extensionOf(certificate, '1.3.6.1.5.5.7.1.1')?.parsedValue;
  const hasOcsp =
    access instanceof pkijs.InfoAccess &&
    access.accessDescriptions.some(({ accessMethod }) => accessMethod === '1.3.6.1.5.5.7.48.1');
  return (
    extensionOf(certificate, '2.5.29.56') === undefined &&
    (hasOcsp || extensionOf(certificate, '2.5.29.31') !== undefined)
  );
}

async function quietly<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}

async function readOcsp(
  der: Buffer,
  certificate: Certificate,
  issuer: Certificate,
  now: Date,
): Promise<Statement | undefined> {
  const response = basicResponse(der);
  const signedBy = responder(response, issuer, now);
  if (signedBy === undefined) return undefined;
  for (const single of response.tbsResponseData.responses) {
    const wanted = new pkijs.CertID();
    await wanted.createForCertificate(certificate.parsed, {
      hashAlgorithm: hashNames[single.certID.hashAlgorithm.algorithmId] ?? 'SHA-1',
      issuerCertificate: issuer.parsed,
    });
    if (!wanted.isEqual(single.certID)) continue;
    const { thisUpdate, nextUpdate, certStatus } = single;
    const tag = certStatus.idBlock.tagNumber;
    if (tag === 0) return { thisUpdate, nextUpdate };
    const time: unknown = tag === 1 ? certStatus.valueBlock.value[0] : undefined;
    if (time instanceof asn1js.GeneralizedTime) return { thisUpdate, nextUpdate, revokedAt: time.toDate() };
  }
  return undefined;
}

const hashNames: Record<string, string> = {
  '1.3.14.3.2.26': 'SHA-1',
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};

function basicResponse(der: Buffer): pkijs.BasicOCSPResponse {
  try {
    const { responseBytes } = pkijs.OCSPResponse.fromBER(exact(der));
    if (responseBytes?.responseType === basicOcsp) {
      return pkijs.BasicOCSPResponse.fromBER(exact(Buffer.from(responseBytes.response.valueBlock.valueHexView)));
    }
  } catch {
    // Some products store the inner response by itself.
  }
  return pkijs.BasicOCSPResponse.fromBER(exact(der));
}

/** Who signed: the issuer itself, or one it gave that right to. */
function responder(response: pkijs.BasicOCSPResponse, issuer: Certificate, now: Date): Certificate | undefined {
  const delegates = (response.certs ?? []).map((item) => readCertificate(Buffer.from(item.toSchema().toBER())));
  const allowed = delegates.filter(
    (delegate) =>
      delegate.x509.checkIssued(issuer.x509) &&
      delegate.x509.verify(issuer.x509.publicKey) &&
      Date.parse(delegate.x509.validFrom) <= now.getTime() &&
      purposesOf(delegate)?.includes(ocspSigning) === true,
  );
  return [issuer, ...allowed].find((candidate) =>
    isAuthentic(response.signatureAlgorithm, candidate, response.tbsResponseData.tbsView, response.signature),
  );
}

function isAuthentic(
  algorithm: pkijs.AlgorithmIdentifier,
  { x509 }: Certificate,
  data: Uint8Array,
  signature: asn1js.BitString,
): boolean {
  if (weakness(hashOf(algorithm) ?? '', x509.publicKey) !== undefined) return false;
  return isSignedBy({ algorithm, key: x509.publicKey, data, signature: signature.valueBlock.valueHexView });
}

function readCrl(der: Buffer, certificate: Certificate, issuer: Certificate): Statement | undefined {
  const list = pkijs.CertificateRevocationList.fromBER(exact(der));
  if (!list.issuer.isEqual(certificate.parsed.issuer)) return undefined;
  if (!isAuthentic(list.signatureAlgorithm, issuer, list.tbsView, list.signatureValue)) return undefined;
  if (!speaksFor(list, certificate)) return undefined;
  const entry = list.revokedCertificates?.find(({ userCertificate }) =>
    userCertificate.isEqual(certificate.parsed.serialNumber),
  );
  return {
    thisUpdate: list.thisUpdate.value,
    nextUpdate: list.nextUpdate?.value,
    ...(entry !== undefined && { revokedAt: entry.revocationDate.value }),
  };
}

/** Partial lists (delta, by reason, indirect, of the other kind of certificate) are passed over. */
function speaksFor(list: pkijs.CertificateRevocationList, { x509 }: Certificate): boolean {
  for (const { extnID, critical, parsedValue } of list.crlExtensions?.extensions ?? []) {
    if (parsedValue instanceof pkijs.IssuingDistributionPoint) {
      const { onlyContainsUserCerts, onlyContainsCACerts, onlySomeReasons, indirectCRL, onlyContainsAttributeCerts } =
        parsedValue;
      if (onlySomeReasons !== undefined && onlySomeReasons !== 0) return false;
      if (indirectCRL || onlyContainsAttributeCerts || (x509.ca ? onlyContainsUserCerts : onlyContainsCACerts))
        return false;
    } else if (critical || extnID === '2.5.29.27') return false;
  }
  return true;
}
