/** Verifies one signature of a PDF (ISO 32000-1, 12.8.3; ETSI EN 319 142-1; procedure of ETSI EN 319 102-1, 5). */
import { weakness } from './cms/algorithms';
import { factsOf } from './cms/certificate';
import {
  checkSignature,
  claimedTime,
  digestOf,
  namedCertificate,
  readSignedData,
  type SignedData,
} from './cms/signed-data';
import { readToken } from './cms/timestamp-token';
import { type EvidencePool, withSignature } from './evidence-pool';
import { type Coverage, coverageOf, rangeOf } from './pdf/byte-range';
import { readPdfDate } from './pdf/date';
import type { SignatureField } from './pdf/signature-fields';
import { PdfText } from './pdf/values';
import type { PdfView } from './pdf/view';
import { against, failedCheck, Problem } from './problem';
import { signedRevision } from './revision';
import { judgeSigner } from './signer-trust';
import type { Check, SignatureLevel, SignatureVerdict, TimeSource } from './types';
import { indicationOf } from './verdict';
import type { DocumentTimestamp } from './verify-timestamp';

const data = '1.2.840.113549.1.7.1';
const timestampAttribute = '1.2.840.113549.1.9.16.2.14';
const detached = ['ETSI.CAdES.detached', 'adbe.pkcs7.detached'];

export interface SignatureContext {
  whole: PdfView;
  /** All signatures of the file. */
  fields: readonly SignatureField[];
  pool: EvidencePool;
  /** Trusted document time-stamps of the file. */
  timestamps: readonly DocumentTimestamp[];
  /** Whether the file has a document security store. */
  hasStore: boolean;
}

interface SigningTime {
  source: TimeSource;
  at?: Date;
  /** Whether a trusted authority says so. */
  proven: boolean;
  check: Check;
}

export async function verifySignature(field: SignatureField, context: SignatureContext): Promise<SignatureVerdict> {
  const checks: Check[] = [];
  const verdict = { field: field.name, kind: 'signature', byteRange: rangeOf(field), checks } as const;
  let step = 'byte-range';
  try {
    const coverage = await coverageOf(context.whole.source, field);
    checks.push({ name: step, result: 'pass', text: 'The only gap is the signature itself.' });
    step = 'coverage';
    checks.push((await signedRevision(context.whole, field, context.fields, coverage)).check);
    step = 'signature';
    const signed = readDetached(field, coverage);
    checkSignature(signed, await context.whole.source.digest(signed.hash, coverage.parts));
    checks.push({ name: step, result: 'pass', text: 'The covered bytes are unchanged since they were signed.' });
    checks.push(...strength(signed), nameCheck(signed));

    const time = await signingTime(field, signed, coverage, context);
    checks.push(time.check);
    const pool = withSignature(context.pool, signed);
    const trust = await judgeSigner(signed.signer, pool, time.proven ? time.at : undefined);
    checks.push(...trust.checks);
    return {
      ...verdict,
      ...indicationOf(checks),
      level: levelOf(field, signed, coverage, context, time.proven, trust.revocationKnown),
      signer: factsOf(signed.signer),
      time: { source: time.source, ...(time.at !== undefined && { at: time.at.toISOString() }) },
    };
  } catch (thrown) {
    checks.push(failedCheck(step, thrown));
    return { ...verdict, ...indicationOf(checks), time: { source: 'none' } };
  }
}

function readDetached(field: SignatureField, { contents }: Coverage): SignedData {
  const kind = field.dict.name('SubFilter') ?? 'none';
  if (!detached.includes(kind))
    throw new Problem(`The kind of signature "${kind.slice(0, 60)}" is not supported.`, 'GENERIC');
  const signed = readSignedData(contents);
  if (signed.contentType !== data || signed.content !== undefined) {
    throw new Problem('The signature is over content of its own instead of the file.');
  }
  return signed;
}

function strength({ hash, signer }: SignedData): Check[] {
  const weak = weakness(hash, signer.x509.publicKey);
  return weak === undefined
    ? []
    : [against('algorithms', 'CRYPTO_CONSTRAINTS_FAILURE', `The signature is too weak: ${weak}.`)];
}

function nameCheck(signed: SignedData): Check {
  const name = 'signing-certificate';
  try {
    return namedCertificate(signed) === 'missing'
      ? { name, result: 'note', text: 'The signature does not name its certificate by hash, as PAdES asks for.' }
      : { name, result: 'pass', text: 'The signature names its certificate by hash.' };
  } catch (thrown) {
    return failedCheck(name, thrown);
  }
}

/** The earliest time a trusted authority gives, or else what the signer's computer claims. */
async function signingTime(
  field: SignatureField,
  signed: SignedData,
  coverage: Coverage,
  { pool, timestamps }: SignatureContext,
): Promise<SigningTime> {
  const name = 'time';
  const stamp = await signatureTimestamp(signed, pool);
  if (stamp instanceof Date) {
    const text = `A time-stamp on the signature says ${stamp.toISOString()}.`;
    return { source: 'signature-timestamp', at: stamp, proven: true, check: { name, result: 'pass', text } };
  }
  const covering = timestamps.filter(({ end }) => end > coverage.end).sort((a, b) => a.at.getTime() - b.at.getTime());
  const [first] = covering;
  if (first !== undefined) {
    const text = `A document time-stamp proves that the signature existed on ${first.at.toISOString()}.`;
    return { source: 'document-timestamp', at: first.at, proven: true, check: stamp ?? { name, result: 'pass', text } };
  }
  const written = field.dict.get('M');
  const at =
    claimedTime(signed) ?? (written instanceof PdfText ? readPdfDate(written.bytes.toString('latin1')) : undefined);
  const source = at === undefined ? 'none' : 'signer-clock';
  const text =
    at === undefined
      ? 'Nothing tells when the document was signed.'
      : `The time of signing, ${at.toISOString()}, is only what the signer's computer says.`;
  return { source, at, proven: false, check: stamp ?? { name, result: 'note', text } };
}

/** Time of a trusted time-stamp on the signature; a check when there is one that is not trusted. */
async function signatureTimestamp(signed: SignedData, pool: EvidencePool): Promise<Date | Check | undefined> {
  const attribute = signed.info.unsignedAttrs?.attributes.find(({ type }) => type === timestampAttribute);
  const [value] = attribute?.values ?? [];
  if (value === undefined) return undefined;
  try {
    const signature = Buffer.from(signed.info.signature.getValue());
    const trust = {
      ...pool.trust,
      intermediates: [...pool.certificates, ...signed.certificates].map(({ x509 }) => x509),
    };
    const token = await readToken(Buffer.from(value.toBER()), (hash) => digestOf(hash, signature), trust);
    return token.doubt === undefined ? token.at : against('time', token.doubt.subIndication, token.doubt.message);
  } catch (thrown) {
    // A broken time-stamp proves nothing about the time; the signature itself stands without it.
    const { text } = failedCheck('time', thrown);
    return against('time', 'TIMESTAMP_ORDER_FAILURE', `The time-stamp on the signature does not count. ${text}`);
  }
}

function levelOf(
  { dict }: SignatureField,
  signed: SignedData,
  { end }: Coverage,
  { timestamps, hasStore }: SignatureContext,
  proven: boolean,
  revocationKnown: boolean,
): SignatureLevel {
  if (dict.name('SubFilter') !== 'ETSI.CAdES.detached' || !namesCertificate(signed)) return 'PKCS7';
  if (!proven) return 'B-B';
  if (!hasStore || !revocationKnown) return 'B-T';
  return timestamps.some((stamp) => stamp.coversStore && stamp.end > end) ? 'B-LTA' : 'B-LT';
}

const namesCertificate = (signed: SignedData): boolean => nameCheck(signed).result === 'pass';
