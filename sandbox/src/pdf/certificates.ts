import { createHash, randomBytes, webcrypto } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

/** The algorithm of all keys here. */
export const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const engine = new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto });
const yearsValid = 30;

/** A certificate with its private key (PKCS #8), both DER. */
export interface KeyedCertificate {
  certificate: Buffer;
  key: Buffer;
}

/**
 * Makes a root certificate and under it one for document signing and one for time-stamping.
 * Sources: RFC 5280; RFC 9336 (purpose of the first), RFC 3161 2.3 (purpose of the second, critical and alone).
 *
 * @returns the root's own key is not kept, nothing else needs it
 */
export async function makeCertificates(): Promise<{ root: Buffer; seal: KeyedCertificate; stamp: KeyedCertificate }> {
  const rootKeys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const rootName = commonName('Signature Sandbox Root (not for production)');
  const rootId = await keyIdentifier(rootKeys.publicKey);

  const root = await issue(rootName, rootName, rootKeys, [
    extension('2.5.29.19', true, new pkijs.BasicConstraints({ cA: true, pathLenConstraint: 0 }).toSchema()),
    extension('2.5.29.15', true, keyUsage(0b0000_0110, 1)), // keyCertSign, cRLSign
    extension('2.5.29.14', false, rootId),
  ]);
  const under = async (name: string, usage: asn1js.BitString, purpose: string, isCritical: boolean) => {
    const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
    const certificate = await issue(commonName(name), rootName, { ...keys, privateKey: rootKeys.privateKey }, [
      extension('2.5.29.19', true, new pkijs.BasicConstraints({ cA: false }).toSchema()),
      extension('2.5.29.15', true, usage),
      extension('2.5.29.37', isCritical, new pkijs.ExtKeyUsage({ keyPurposes: [purpose] }).toSchema()),
      extension('2.5.29.35', false, new pkijs.AuthorityKeyIdentifier({ keyIdentifier: rootId }).toSchema()),
      extension('2.5.29.14', false, await keyIdentifier(keys.publicKey)),
    ]);
    return { certificate, key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)) };
  };
  // digitalSignature and nonRepudiation · digitalSignature
  const sealUsage = keyUsage(0b1100_0000, 6);
  const stampUsage = keyUsage(0b1000_0000, 7);
  return {
    root,
    seal: await under('Signature Sandbox Seal (not for production)', sealUsage, '1.3.6.1.5.5.7.3.36', false),
    stamp: await under('Signature Sandbox Time Stamp (not for production)', stampUsage, '1.3.6.1.5.5.7.3.8', true),
  };
}

/** @param keys the subject's public key and the issuer's private key */
async function issue(
  subject: pkijs.RelativeDistinguishedNames,
  issuer: pkijs.RelativeDistinguishedNames,
  keys: webcrypto.CryptoKeyPair,
  extensions: pkijs.Extension[],
): Promise<Buffer> {
  const yesterday = Date.now() - 24 * 3600 * 1000;
  const certificate = new pkijs.Certificate({
    version: 2, // X.509 v3
    serialNumber: serialNumber(),
    subject,
    issuer,
    notBefore: time(yesterday),
    notAfter: time(yesterday + yearsValid * 365.25 * 24 * 3600 * 1000),
    extensions,
  });
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey, engine);
  await certificate.sign(keys.privateKey, 'SHA-256', engine);
  return Buffer.from(certificate.toSchema(true).toBER());
}

function commonName(name: string): pkijs.RelativeDistinguishedNames {
  const value = new asn1js.Utf8String({ value: name });
  return new pkijs.RelativeDistinguishedNames({
    typesAndValues: [new pkijs.AttributeTypeAndValue({ type: '2.5.4.3', value })],
  });
}

function extension(extnID: string, critical: boolean, value: asn1js.BaseBlock): pkijs.Extension {
  return new pkijs.Extension({ extnID, critical, extnValue: value.toBER() });
}

function keyUsage(bits: number, unusedBits: number): asn1js.BitString {
  return new asn1js.BitString({ valueHex: Uint8Array.of(bits).buffer, unusedBits });
}

/** RFC 5280, 4.2.1.2: SHA-1 of the public key, here only as a short name for it. */
async function keyIdentifier(key: webcrypto.CryptoKey): Promise<asn1js.OctetString> {
  const raw = Buffer.from(await webcrypto.subtle.exportKey('raw', key));
  return new asn1js.OctetString({ valueHex: Uint8Array.from(createHash('sha1').update(raw).digest()).buffer });
}

function serialNumber(): asn1js.Integer {
  const bytes = Uint8Array.from(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40; // positive and without leading zeros
  return new asn1js.Integer({ valueHex: bytes.buffer });
}

/** RFC 5280, 4.1.2.5: UTCTime through 2049, GeneralizedTime after it; without fractions of a second. */
function time(milliseconds: number): pkijs.Time {
  const value = new Date(Math.floor(milliseconds / 1000) * 1000);
  return new pkijs.Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });
}
