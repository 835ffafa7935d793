/** Verifies a PDF on disk: hash, structure, every signature. */
import { poolOf } from './evidence-pool';
import { checkNothingRemoved } from './pdf/remains';
import { readSecurityStore } from './pdf/security-store';
import { type SignatureField, signatureFields } from './pdf/signature-fields';
import { FileSource } from './pdf/source';
import { PdfView } from './pdf/view';
import { failedCheck, Problem } from './problem';
import type { Check, Conclusion, PdfVerdict, SignatureVerdict, VerifyPdfOptions } from './types';
import { indicationOf, lowest } from './verdict';
import { verifySignature } from './verify-signature';
import { type DocumentTimestamp, verifyDocumentTimestamp } from './verify-timestamp';

const mostSignatures = 200;

/**
 * Verifies a PDF. Works offline and reads the file in pieces; what is wrong with the file is in the verdict.
 *
 * @param file path
 * @param options trust store, moment, and the provider's hash if there is one
 * @throws the file system's error when the file cannot be read
 */
export async function verifyPdf(file: string, options: VerifyPdfOptions): Promise<PdfVerdict> {
  const source = await FileSource.open(file);
  try {
    const sha256 = (await source.digest('sha256', [[0, source.size]])).toString('hex');
    const checks: Check[] = [];
    const hash =
      options.hash === undefined
        ? undefined
        : { expected: options.hash.toLowerCase(), matches: options.hash.toLowerCase() === sha256 };
    if (hash !== undefined) checks.push(hashCheck(hash.matches));
    const signatures = await verifyAll(source, options, checks);
    return {
      ...conclude(checks, signatures),
      level: lowest(signatures.flatMap(({ level }) => level ?? [])),
      at: options.at.toISOString(),
      file: { size: source.size, sha256 },
      ...(hash !== undefined && { hash }),
      signatures,
      checks,
    };
  } finally {
    await source.close();
  }
}

const hashCheck = (matches: boolean): Check =>
  matches
    ? { name: 'hash', result: 'pass', text: "The SHA-256 of the file is the provider's." }
    : {
        name: 'hash',
        result: 'fail',
        text: "The SHA-256 of the file is not the provider's.",
        subIndication: 'HASH_FAILURE',
      };

/** Signatures with their verdicts, in the order they were made; findings about the whole file go to `checks`. */
async function verifyAll(source: FileSource, options: VerifyPdfOptions, checks: Check[]): Promise<SignatureVerdict[]> {
  let step = 'structure';
  try {
    if (source.size === 0) throw new Problem('The file is empty.');
    if ((await source.read(0, 5)).toString('latin1') !== '%PDF-') throw new Problem('The file is not a PDF.');
    const whole = await PdfView.open(source, source.size);
    if (whole.trailer.get('Encrypt') !== null)
      throw new Problem('The PDF is encrypted and cannot be examined.', 'GENERIC');
    const fields = await signatureFields(whole);
    if (fields.length > mostSignatures)
      throw new Problem(`The PDF has more than ${mostSignatures} signatures.`, 'GENERIC');
    checks.push({ name: step, result: 'pass', text: 'The PDF can be read.' });
    step = 'removed-signatures';
    await checkNothingRemoved(whole, fields);
    checks.push({ name: step, result: 'pass', text: 'No signature was taken out.' });
    step = 'validation-data';
    const store = await readSecurityStore(whole);
    const pool = poolOf(options, store);

    const stamped: { verdict: SignatureVerdict; timestamp?: DocumentTimestamp }[] = [];
    for (const field of fields.filter(isTimestamp))
      stamped.push(await verifyDocumentTimestamp(whole, field, fields, options.trust));
    const timestamps = stamped.flatMap(({ timestamp }) => timestamp ?? []);
    const verdicts = stamped.map(({ verdict }) => verdict);
    for (const field of fields.filter((other) => !isTimestamp(other))) {
      verdicts.push(await verifySignature(field, { whole, fields, pool, timestamps, hasStore: store.present }));
    }
    return verdicts.sort((a, b) => endOf(a) - endOf(b));
  } catch (thrown) {
    checks.push(failedCheck(step, thrown));
    return [];
  }
}

const isTimestamp = ({ dict }: SignatureField): boolean => dict.name('SubFilter') === 'ETSI.RFC3161';

const endOf = ({ byteRange: [, , start = 0, length = 0] }: SignatureVerdict): number => start + length;

function conclude(
  checks: readonly Check[],
  signatures: readonly SignatureVerdict[],
): Pick<PdfVerdict, 'conclusion' | 'subIndication'> {
  const all = [...checks, ...signatures.flatMap((signature) => signature.checks)];
  const { indication, subIndication } = indicationOf(all);
  const signed = signatures.some(({ kind }) => kind === 'signature');
  const conclusion: Conclusion = indication === 'TOTAL-PASSED' && !signed ? 'NO-SIGNATURE' : indication;
  return { conclusion, ...(subIndication !== undefined && { subIndication }) };
}
