import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import type { Sandbox } from '../../context';

const tstInfo = '1.2.840.113549.1.9.16.1.4';
/** Under the arc for examples (2.999). */
const policy = '2.999.3161.1';
const digestLengths: Readonly<Record<string, number>> = {
  '2.16.840.1.101.3.4.2.1': 32,
  '2.16.840.1.101.3.4.2.2': 48,
  '2.16.840.1.101.3.4.2.3': 64,
};
const counter = 'ecm.timeStamp';

/** Why a request is refused, with the bit of PKIFailureInfo (RFC 3161, 2.4.2). */
const failures = { badAlg: 0, badRequest: 2, badDataFormat: 5, unacceptedPolicy: 15, unacceptedExtension: 16 } as const;
export type TimeStampFailure = keyof typeof failures;

/** Reads a TimeStampReq, or tells why it is refused. */
export function readRequest(der: Buffer): pkijs.TimeStampReq | TimeStampFailure {
  let request: pkijs.TimeStampReq;
  try {
    request = pkijs.TimeStampReq.fromBER(Uint8Array.from(der));
  } catch {
    return 'badDataFormat';
  }
  const { version, messageImprint, reqPolicy, extensions } = request;
  if (version !== 1) return 'badRequest';
  const length = digestLengths[messageImprint.hashAlgorithm.algorithmId];
  if (length === undefined) return 'badAlg';
  if (messageImprint.hashedMessage.valueBlock.valueHexView.length !== length) return 'badDataFormat';
  if (reqPolicy !== undefined && reqPolicy !== policy) return 'unacceptedPolicy';
  return extensions !== undefined && extensions.length > 0 ? 'unacceptedExtension' : request;
}

/**
 * Makes a TimeStampResp with a token at the sandbox's time. Source: RFC 3161, 2.4.2.
 *
 * @param isWrong the token is about another document
 */
export async function granted(sandbox: Sandbox, request: pkijs.TimeStampReq, isWrong: boolean): Promise<Buffer> {
  const serial = (sandbox.store.setting<number>(counter) ?? 0) + 1;
  sandbox.store.set(counter, serial);
  const imprint = Uint8Array.from(request.messageImprint.hashedMessage.valueBlock.valueHexView);
  if (isWrong) imprint[0] = (imprint[0] ?? 0) ^ 0xff;
  const info = new pkijs.TSTInfo({
    version: 1,
    policy,
    messageImprint: new pkijs.MessageImprint({
      hashAlgorithm: request.messageImprint.hashAlgorithm,
      hashedMessage: new asn1js.OctetString({ valueHex: imprint.buffer }),
    }),
    serialNumber: asn1js.Integer.fromBigInt(BigInt(serial)),
    // Without fractions of a second, as the accuracy is one second anyway.
    genTime: new Date(Math.floor(sandbox.clock.now() / 1000) * 1000),
    accuracy: new pkijs.Accuracy({ seconds: 1 }),
    ...(request.nonce !== undefined && { nonce: request.nonce }),
  });
  const token = await sandbox.ca.signTimeStamp({
    type: tstInfo,
    bytes: new Uint8Array(info.toSchema().toBER()),
    withCertificates: request.certReq === true,
  });
  const status = new asn1js.Sequence({ value: [new asn1js.Integer({ value: 0 })] });
  const { result } = asn1js.fromBER(Uint8Array.from(token));
  return Buffer.from(new asn1js.Sequence({ value: [status, result] }).toBER());
}

/** Makes a TimeStampResp that says no: status rejection (2) and the reason. */
export function rejected(failure: TimeStampFailure): Buffer {
  const bit = failures[failure];
  const bytes = new Uint8Array(Math.floor(bit / 8) + 1);
  bytes[bytes.length - 1] = 0x80 >> (bit % 8);
  const status = new asn1js.Sequence({
    value: [
      new asn1js.Integer({ value: 2 }),
      new asn1js.Sequence({ value: [new asn1js.Utf8String({ value: `Refused: ${failure}.` })] }),
      new asn1js.BitString({ valueHex: bytes.buffer, unusedBits: 7 - (bit % 8) }),
    ],
  });
  return Buffer.from(new asn1js.Sequence({ value: [status] }).toBER());
}
