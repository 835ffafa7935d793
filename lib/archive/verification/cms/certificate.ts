import { createHash, X509Certificate } from 'node:crypto';
import * as pkijs from 'pkijs';
import { Problem } from '../problem';
import type { CertificateFacts } from '../types';

/** A certificate, as OpenSSL knows it and with its extensions taken apart. */
export interface Certificate {
  x509: X509Certificate;
  parsed: pkijs.Certificate;
}

/** Bytes of their own, as `pkijs` wants them. */
export const exact = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

/** Reads a certificate. @param der X.509, DER; @throws Problem when it cannot be read */
export function readCertificate(der: Uint8Array): Certificate {
  try {
    return { x509: new X509Certificate(der), parsed: pkijs.Certificate.fromBER(exact(der)) };
  } catch {
    throw new Problem('A certificate cannot be read.');
  }
}

/** Certificates of a list, unreadable ones left out: a chain is built from what is there. */
export const readableCertificates = (list: readonly Uint8Array[]): Certificate[] =>
  list.flatMap((der) => {
    try {
      return [readCertificate(der)];
    } catch {
      return [];
    }
  });

export const isSame = (a: Certificate, b: Certificate): boolean => a.x509.raw.equals(b.x509.raw);

export const fingerprint = ({ x509 }: Certificate, hash = 'sha256'): Buffer =>
  createHash(hash).update(x509.raw).digest();

/** Subject in one line for people. */
export const nameOf = ({ x509 }: Certificate): string => oneLine(x509.subject);

const oneLine = (name: string | undefined): string =>
  (name ?? '')
    .split('\n')
    .reverse()
    .join(', ')
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, 300);

export const factsOf = (certificate: Certificate): CertificateFacts => ({
  subject: nameOf(certificate),
  issuer: oneLine(certificate.x509.issuer),
  serialNumber: certificate.x509.serialNumber.toLowerCase(),
  validFrom: new Date(certificate.x509.validFrom).toISOString(),
  validTo: new Date(certificate.x509.validTo).toISOString(),
  sha256: fingerprint(certificate).toString('hex'),
});

/** An extension by its object identifier. */
export const extensionOf = ({ parsed }: Certificate, id: string): pkijs.Extension | undefined =>
  parsed.extensions?.find(({ extnID }) => extnID === id);

/** Extended key usages; undefined when the certificate names none. */
export const purposesOf = (certificate: Certificate): string[] | undefined => {
  const usage = extensionOf(certificate, '2.5.29.37')?.parsedValue;
  return usage instanceof pkijs.ExtKeyUsage ? usage.keyPurposes : undefined;
};
