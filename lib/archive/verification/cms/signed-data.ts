/** Takes a CMS signature apart and checks it against a hash (RFC 5652). */
import { createHash } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { Problem } from '../problem';
import { hashName, isSignedBy } from './algorithms';
import { type Certificate, exact, fingerprint, readCertificate } from './certificate';

const id = {
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
};

export interface SignedData {
  /** Type of what is signed. */
  contentType: string;
  /** What is signed, when it is within. */
  content?: Buffer;
  /** For `node:crypto`. */
  hash: string;
  signer: Certificate;
  certificates: Certificate[];
  /** Revocation lists within, DER. */
  crls: Buffer[];
  info: pkijs.SignerInfo;
}

/**
 * Reads a CMS signature with one signer.
 *
 * @param bytes DER or BER; zeros may follow, as in the gap of a PDF
 * @throws Problem FORMAT_FAILURE, NO_SIGNING_CERTIFICATE_FOUND, SIG_CONSTRAINTS_FAILURE (no signed attributes)
 */
export function readSignedData(bytes: Buffer): SignedData {
  const data = parsed(bytes);
  const certificates = (data.certificates ?? []).flatMap((item) =>
    item instanceof pkijs.Certificate ? [readCertificate(Buffer.from(item.toSchema().toBER()))] : [],
  );
  const [info] = data.signerInfos;
  if (info === undefined || data.signerInfos.length > 1) {
    throw new Problem(`The signature has ${data.signerInfos.length} signers instead of one.`);
  }
  const signer = certificates.find((certificate) => isMeant(info, certificate));
  if (signer === undefined) {
    throw new Problem("The signer's certificate is missing in the signature.", 'NO_SIGNING_CERTIFICATE_FOUND');
  }
  if (info.signedAttrs === undefined) {
    throw new Problem('The signature has no signed attributes.', 'SIG_CONSTRAINTS_FAILURE');
  }
  const content = data.encapContentInfo.eContent;
  return {
    contentType: data.encapContentInfo.eContentType,
    ...(content !== undefined && { content: Buffer.from(content.getValue()) }),
    hash: hashName(info.digestAlgorithm),
    signer,
    certificates,
    crls: (data.crls ?? []).flatMap((item) =>
      item instanceof pkijs.CertificateRevocationList ? [Buffer.from(item.toSchema().toBER())] : [],
    ),
    info,
  };
}

function parsed(bytes: Buffer): pkijs.SignedData {
  try {
    const { offset, result } = asn1js.fromBER(exact(bytes));
    if (offset <= 0) throw new Error('not ASN.1');
    if (bytes.subarray(offset).some((byte) => byte !== 0))
      throw new Problem('Other data follows the signature in its gap.');
    const content = new pkijs.ContentInfo({ schema: result });
    if (content.contentType !== id.signedData) throw new Error('other content');
    return new pkijs.SignedData({ schema: content.content });
  } catch (thrown) {
    throw thrown instanceof Problem ? thrown : new Problem('The signature is not a CMS signature.');
  }
}

function isMeant({ sid }: pkijs.SignerInfo, { parsed: certificate }: Certificate): boolean {
  if (sid instanceof pkijs.IssuerAndSerialNumber) {
    return certificate.issuer.isEqual(sid.issuer) && certificate.serialNumber.isEqual(sid.serialNumber);
  }
  const own = certificate.extensions?.find(({ extnID }) => extnID === '2.5.29.14')?.parsedValue;
  const wanted: unknown = sid?.valueBlock?.value?.[0] ?? sid;
  return (
    own instanceof asn1js.OctetString &&
    wanted instanceof asn1js.OctetString &&
    sameBytes(own.getValue(), wanted.getValue())
  );
}

const sameBytes = (a: ArrayBuffer, b: ArrayBuffer): boolean => Buffer.from(a).equals(Buffer.from(b));

/** The only value of a signed attribute; undefined when it is missing. @throws Problem when there are several */
export function signedAttribute({ info }: SignedData, type: string): asn1js.AsnType | undefined {
  const found = (info.signedAttrs?.attributes ?? []).filter((attribute) => attribute.type === type);
  if (found.length > 1 || (found[0] !== undefined && found[0].values.length !== 1)) {
    throw new Problem(`The signed attribute ${type} is there more than once.`);
  }
  return found[0]?.values[0];
}

/**
 * Checks that the signature is over a hash.
 *
 * @param digest hash of what is signed, by the algorithm `signed.hash`
 * @throws Problem HASH_FAILURE (what is signed was changed), SIG_CRYPTO_FAILURE (the signature was), FORMAT_FAILURE
 */
export function checkSignature(signed: SignedData, digest: Buffer): void {
  const type = signedAttribute(signed, id.contentType);
  if (!(type instanceof asn1js.ObjectIdentifier) || type.getValue() !== signed.contentType) {
    throw new Problem('The signed attribute content-type is missing or wrong.');
  }
  const stated = signedAttribute(signed, id.messageDigest);
  if (!(stated instanceof asn1js.OctetString)) throw new Problem('The signed attribute message-digest is missing.');
  if (!Buffer.from(stated.getValue()).equals(digest)) {
    throw new Problem('What was signed has been changed: the hash differs.', 'HASH_FAILURE');
  }
  const { signedAttrs, signatureAlgorithm, signature } = signed.info;
  const fits = isSignedBy({
    algorithm: signatureAlgorithm,
    hash: signed.hash,
    key: signed.signer.x509.publicKey,
    data: new Uint8Array(signedAttrs?.encodedValue ?? new ArrayBuffer(0)),
    signature: new Uint8Array(signature.getValue()),
  });
  if (!fits) throw new Problem("The signature was not made with the signer's key.", 'SIG_CRYPTO_FAILURE');
}

/** Time the signer's computer claims; undefined when it claims none. */
export function claimedTime(signed: SignedData): Date | undefined {
  const time = signedAttribute(signed, id.signingTime);
  return time instanceof asn1js.UTCTime || time instanceof asn1js.GeneralizedTime ? time.toDate() : undefined;
}

/**
 * Whether the signature names its certificate by hash, so that no other one can take its place (RFC 2634, RFC 5035).
 *
 * @returns `missing` when it names none: then it is not PAdES
 * @throws Problem SIG_CONSTRAINTS_FAILURE when it names another one
 */
export function namedCertificate(signed: SignedData): 'v1' | 'v2' | 'missing' {
  const v2 = signedAttribute(signed, id.signingCertificateV2);
  const attribute = v2 ?? signedAttribute(signed, id.signingCertificate);
  if (attribute === undefined) return 'missing';
  const [first] = children(children(attribute)[0]);
  const parts = children(first);
  const hash = parts.find((part) => part instanceof asn1js.OctetString);
  const algorithm =
    v2 !== undefined && parts[0] instanceof asn1js.Sequence
      ? hashName(new pkijs.AlgorithmIdentifier({ schema: parts[0] }))
      : undefined;
  const name = v2 === undefined ? 'sha1' : (algorithm ?? 'sha256');
  if (!(hash instanceof asn1js.OctetString) || !fingerprint(signed.signer, name).equals(Buffer.from(hash.getValue()))) {
    throw new Problem('The signature names another certificate than the one it carries.', 'SIG_CONSTRAINTS_FAILURE');
  }
  return v2 === undefined ? 'v1' : 'v2';
}

const children = (value: unknown): asn1js.AsnType[] =>
  value instanceof asn1js.Sequence || value instanceof asn1js.Set ? value.valueBlock.value : [];

/** Hash of bytes at hand. */
export const digestOf = (hash: string, bytes: Uint8Array): Buffer => createHash(hash).update(bytes).digest();
