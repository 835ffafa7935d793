import { createHash, webcrypto } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

const oid = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
};

const engine = new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto });

/** What a signature that is not detached carries with it. */
export interface CmsContent {
  /** Object identifier. */
  type: string;
  bytes: Uint8Array;
  /** Whether the certificates go along; default true. */
  withCertificates?: boolean;
}

/**
 * Makes a CMS signature as PAdES B-B asks for it: content-type, message-digest and signing-certificate-v2
 * as the only signed attributes (the time stands in the PDF). Sources: RFC 5652, RFC 5035, ETSI EN 319 142-1.
 *
 * @param digest SHA-256 of the signed bytes
 * @param key ECDSA P-256 private key
 * @param chain the signer's certificate first, then its issuers (DER)
 * @param content the signed bytes, to be put in; without it the signature is detached
 * @returns ContentInfo, DER
 */
export async function createCms(
  digest: Uint8Array,
  key: webcrypto.CryptoKey,
  chain: Uint8Array[],
  content?: CmsContent,
): Promise<Uint8Array> {
  const contentType = content?.type ?? oid.data;
  const certificates = chain.map((der) => pkijs.Certificate.fromBER(exact(der)));
  const [signer] = certificates;
  if (!signer || !chain[0]) throw new Error('The certificate chain is empty.');
  const attributes = [
    attribute(oid.contentType, new asn1js.ObjectIdentifier({ value: contentType })),
    attribute(oid.messageDigest, new asn1js.OctetString({ valueHex: exact(digest) })),
    attribute(oid.signingCertificateV2, signingCertificate(chain[0], signer)),
  ];
  const signed = new pkijs.SignedData({
    version: content === undefined ? 1 : 3,
    encapContentInfo: new pkijs.EncapsulatedContentInfo({
      eContentType: contentType,
      ...(content && { eContent: new asn1js.OctetString({ valueHex: exact(content.bytes) }) }),
    }),
    ...(content?.withCertificates !== false && { certificates }),
    signerInfos: [
      new pkijs.SignerInfo({
        version: 1,
        sid: new pkijs.IssuerAndSerialNumber({ issuer: signer.issuer, serialNumber: signer.serialNumber }),
        digestAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: oid.sha256 }),
        signedAttrs: new pkijs.SignedAndUnsignedAttributes({ type: 0, attributes: attributes.sort(byEncoding) }),
      }),
    ],
  });
  await signed.sign(key, 0, 'SHA-256', new ArrayBuffer(0), engine);
  const info = new pkijs.ContentInfo({ contentType: oid.signedData, content: signed.toSchema(true) });
  return new Uint8Array(info.toSchema().toBER(false));
}

function attribute(type: string, value: asn1js.BaseBlock): pkijs.Attribute {
  return new pkijs.Attribute({ type, values: [value] });
}

/** SigningCertificateV2 with one ESSCertIDv2; SHA-256 is its default and therefore left out. */
function signingCertificate(der: Uint8Array, certificate: pkijs.Certificate): asn1js.Sequence {
  const issuer = new pkijs.GeneralNames({ names: [new pkijs.GeneralName({ type: 4, value: certificate.issuer })] });
  const issuerSerial = new asn1js.Sequence({ value: [issuer.toSchema(), certificate.serialNumber] });
  const hash = createHash('sha256').update(der).digest();
  const id = new asn1js.Sequence({ value: [new asn1js.OctetString({ valueHex: exact(hash) }), issuerSerial] });
  return new asn1js.Sequence({ value: [new asn1js.Sequence({ value: [id] })] });
}

/** DER wants a SET OF in the order of its encodings. */
function byEncoding(a: pkijs.Attribute, b: pkijs.Attribute): number {
  return Buffer.compare(Buffer.from(a.toSchema().toBER()), Buffer.from(b.toSchema().toBER()));
}

function exact(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
