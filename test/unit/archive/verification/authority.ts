/** A certificate authority for tests: signers, time-stamps and revocation lists of any kind. */
import { createHash, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

const rsa = { modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' };
export const algorithms = {
  p256: { name: 'ECDSA', namedCurve: 'P-256' },
  p384: { name: 'ECDSA', namedCurve: 'P-384' },
  rsa: { name: 'RSASSA-PKCS1-v1_5', ...rsa },
  pss: { name: 'RSA-PSS', ...rsa },
  short: { name: 'RSASSA-PKCS1-v1_5', ...rsa, modulusLength: 1024 },
} as const;
const engine = new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto as unknown as Crypto });
export const purpose = {
  documents: '1.3.6.1.5.5.7.3.36',
  timestamps: '1.3.6.1.5.5.7.3.8',
  servers: '1.3.6.1.5.5.7.3.1',
  ocsp: '1.3.6.1.5.5.7.3.9',
};
const oid = { data: '1.2.840.113549.1.7.1', signedData: '1.2.840.113549.1.7.2', tst: '1.2.840.113549.1.9.16.1.4' };
const own = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

export interface Identity {
  certificate: pkijs.Certificate;
  x509: X509Certificate;
  key: webcrypto.CryptoKey;
  issuers: pkijs.Certificate[];
}

interface IssueOptions {
  from?: Date;
  to?: Date;
  purposes?: string[];
  ca?: boolean;
  pathLength?: number;
  crlUrl?: boolean;
  algorithm?: keyof typeof algorithms;
}

const name = (text: string): pkijs.RelativeDistinguishedNames =>
  new pkijs.RelativeDistinguishedNames({
    typesAndValues: [
      new pkijs.AttributeTypeAndValue({ type: '2.5.4.3', value: new asn1js.Utf8String({ value: text }) }),
    ],
  });

const extension = (extnID: string, critical: boolean, value: asn1js.BaseBlock): pkijs.Extension =>
  new pkijs.Extension({ extnID, critical, extnValue: value.toBER() });

/** A new certificate, self-signed without an issuer. */
export async function issue(subject: string, options: IssueOptions = {}, issuer?: Identity): Promise<Identity> {
  const keys = (await webcrypto.subtle.generateKey(algorithms[options.algorithm ?? 'p256'], true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const ca = options.ca ?? issuer === undefined;
  const extensions = [
    extension(
      '2.5.29.19',
      true,
      new pkijs.BasicConstraints({
        cA: ca,
        ...(options.pathLength !== undefined && { pathLenConstraint: options.pathLength }),
      }).toSchema(),
    ),
    extension(
      '2.5.29.15',
      true,
      new asn1js.BitString({ valueHex: Uint8Array.of(ca ? 0b0000_0110 : 0b1100_0000).buffer, unusedBits: 1 }),
    ),
  ];
  if (options.purposes)
    extensions.push(
      extension(
        '2.5.29.37',
        options.purposes.includes(purpose.timestamps),
        new pkijs.ExtKeyUsage({ keyPurposes: options.purposes }).toSchema(),
      ),
    );
  if (options.crlUrl) {
    const point = new pkijs.DistributionPoint({
      distributionPoint: [new pkijs.GeneralName({ type: 6, value: 'http://crl.example/list' })],
    });
    extensions.push(
      extension('2.5.29.31', false, new pkijs.CRLDistributionPoints({ distributionPoints: [point] }).toSchema()),
    );
  }
  const serial = Uint8Array.from(randomBytes(12));
  serial[0] = 0x45;
  const certificate = new pkijs.Certificate({
    version: 2,
    serialNumber: new asn1js.Integer({ valueHex: serial.buffer }),
    subject: name(subject),
    issuer: issuer?.certificate.subject ?? name(subject),
    notBefore: new pkijs.Time({ type: 0, value: options.from ?? new Date('2020-01-01T00:00:00Z') }),
    notAfter: new pkijs.Time({ type: 0, value: options.to ?? new Date('2040-01-01T00:00:00Z') }),
    extensions,
  });
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey as CryptoKey, engine);
  await certificate.sign((issuer?.key ?? keys.privateKey) as CryptoKey, 'SHA-256', engine);
  return {
    certificate,
    x509: new X509Certificate(Buffer.from(certificate.toSchema(true).toBER())),
    key: keys.privateKey,
    issuers: issuer ? [issuer.certificate, ...issuer.issuers] : [],
  };
}

export interface CmsOptions {
  /** Named in the signature instead of the signer. */
  named?: Identity;
  /** Without signing-certificate-v2: PKCS #7, not PAdES. */
  plain?: boolean;
  /** Stamps the signature value. */
  stamp?: (signature: Buffer) => Promise<Buffer>;
  hash?: 'sha256' | 'sha1';
  content?: { type: string; bytes: Buffer };
}

const hashes = { sha256: ['2.16.840.1.101.3.4.2.1', 'SHA-256'], sha1: ['1.3.14.3.2.26', 'SHA-1'] } as const;

/** A CMS signature over a digest. */
export async function cms(signer: Identity, digest: Uint8Array, options: CmsOptions = {}): Promise<Buffer> {
  const [hashId, hashName] = hashes[options.hash ?? 'sha256'];
  const der = Buffer.from((options.named ?? signer).certificate.toSchema().toBER());
  const essCert = new asn1js.Sequence({
    value: [new asn1js.OctetString({ valueHex: own(createHash('sha256').update(der).digest()) })],
  });
  const attribute = (type: string, value: asn1js.BaseBlock) => new pkijs.Attribute({ type, values: [value] });
  const type = options.content?.type ?? oid.data;
  const attributes = [
    attribute('1.2.840.113549.1.9.3', new asn1js.ObjectIdentifier({ value: type })),
    attribute('1.2.840.113549.1.9.4', new asn1js.OctetString({ valueHex: own(digest) })),
    ...(options.plain
      ? []
      : [
          attribute(
            '1.2.840.113549.1.9.16.2.47',
            new asn1js.Sequence({ value: [new asn1js.Sequence({ value: [essCert] })] }),
          ),
        ]),
  ];
  const signed = new pkijs.SignedData({
    version: options.content ? 3 : 1,
    encapContentInfo: new pkijs.EncapsulatedContentInfo({
      eContentType: type,
      ...(options.content && { eContent: new asn1js.OctetString({ valueHex: own(options.content.bytes) }) }),
    }),
    certificates: [signer.certificate, ...signer.issuers],
    signerInfos: [
      new pkijs.SignerInfo({
        version: 1,
        sid: new pkijs.IssuerAndSerialNumber({
          issuer: signer.certificate.issuer,
          serialNumber: signer.certificate.serialNumber,
        }),
        digestAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: hashId }),
        signedAttrs: new pkijs.SignedAndUnsignedAttributes({ type: 0, attributes }),
      }),
    ],
  });
  await signed.sign(signer.key as CryptoKey, 0, hashName, options.content ? undefined : new ArrayBuffer(0), engine);
  const [info] = signed.signerInfos;
  if (options.stamp && info) {
    const token = await options.stamp(Buffer.from(info.signature.getValue()));
    info.unsignedAttrs = new pkijs.SignedAndUnsignedAttributes({
      type: 1,
      attributes: [attribute('1.2.840.113549.1.9.16.2.14', asn1js.fromBER(own(token)).result as asn1js.BaseBlock)],
    });
  }
  return Buffer.from(
    new pkijs.ContentInfo({ contentType: oid.signedData, content: signed.toSchema(true) }).toSchema().toBER(),
  );
}

/** A time-stamp token over a SHA-256. */
export async function token(
  authority: Identity,
  digest: Uint8Array,
  at: Date,
  nonce?: asn1js.Integer,
): Promise<Buffer> {
  const info = new pkijs.TSTInfo({
    version: 1,
    policy: '1.2.3.4',
    messageImprint: new pkijs.MessageImprint({
      hashAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: hashes.sha256[0] }),
      hashedMessage: new asn1js.OctetString({ valueHex: own(digest) }),
    }),
    serialNumber: new asn1js.Integer({ value: 7 }),
    genTime: at,
    ...(nonce && { nonce }),
  });
  const bytes = Buffer.from(info.toSchema().toBER());
  return cms(authority, createHash('sha256').update(bytes).digest(), { content: { type: oid.tst, bytes } });
}

/** A revocation list. */
export async function crl(
  issuer: Identity,
  thisUpdate: Date,
  revoked: { identity: Identity; at: Date }[] = [],
): Promise<Buffer> {
  const list = new pkijs.CertificateRevocationList({
    version: 1,
    issuer: issuer.certificate.subject,
    thisUpdate: new pkijs.Time({ type: 0, value: thisUpdate }),
    nextUpdate: new pkijs.Time({ type: 0, value: new Date(thisUpdate.getTime() + 7 * 86_400_000) }),
    ...(revoked.length > 0 && {
      revokedCertificates: revoked.map(
        ({ identity, at }) =>
          new pkijs.RevokedCertificate({
            userCertificate: identity.certificate.serialNumber,
            revocationDate: new pkijs.Time({ type: 0, value: at }),
          }),
      ),
    }),
  });
  await list.sign(issuer.key as CryptoKey, 'SHA-256', engine);
  return Buffer.from(list.toSchema(true).toBER());
}

/** An OCSP answer about one certificate. @param responder signs it */
export async function ocsp(
  about: Identity,
  issuer: Identity,
  responder: Identity,
  thisUpdate: Date,
  revokedAt?: Date,
): Promise<Buffer> {
  const certID = new pkijs.CertID();
  await certID.createForCertificate(about.certificate, {
    hashAlgorithm: 'SHA-256',
    issuerCertificate: issuer.certificate,
  });
  const certStatus = revokedAt
    ? new asn1js.Constructed({
        idBlock: { tagClass: 3, tagNumber: 1 },
        value: [new asn1js.GeneralizedTime({ valueDate: revokedAt })],
      })
    : new asn1js.Primitive({ idBlock: { tagClass: 3, tagNumber: 0 } });
  const basic = new pkijs.BasicOCSPResponse({ certs: [responder.certificate] });
  basic.tbsResponseData.responderID = responder.certificate.subject;
  basic.tbsResponseData.producedAt = thisUpdate;
  basic.tbsResponseData.responses = [
    new pkijs.SingleResponse({
      certID,
      certStatus,
      thisUpdate,
      nextUpdate: new Date(thisUpdate.getTime() + 86_400_000),
    }),
  ];
  await basic.sign(responder.key as CryptoKey, 'SHA-256', engine);
  const response = new pkijs.OCSPResponse({
    responseStatus: new asn1js.Enumerated({ value: 0 }),
    responseBytes: new pkijs.ResponseBytes({
      responseType: '1.3.6.1.5.5.7.48.1.1',
      response: new asn1js.OctetString({ valueHex: basic.toSchema().toBER() }),
    }),
  });
  return Buffer.from(response.toSchema().toBER());
}
