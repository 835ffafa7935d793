/** Verifies a document time-stamp: a signature of kind `ETSI.RFC3161` (ETSI EN 319 142-1, 5.4.3). */
import { factsOf, nameOf } from './cms/certificate';
import { readToken } from './cms/timestamp-token';
import { coverageOf, rangeOf } from './pdf/byte-range';
import type { SignatureField } from './pdf/signature-fields';
import type { PdfView } from './pdf/view';
import { against, failedCheck } from './problem';
import { signedRevision } from './revision';
import type { Check, SignatureVerdict, TrustStore } from './types';
import { indicationOf } from './verdict';

/** A document time-stamp that other signatures may rely on. */
export interface DocumentTimestamp {
  at: Date;
  /** Offset after the last byte it covers. */
  end: number;
  /** Whether it covers validation data. */
  coversStore: boolean;
}

/** @returns the verdict, and the time-stamp when it is valid and trusted */
export async function verifyDocumentTimestamp(
  whole: PdfView,
  field: SignatureField,
  fields: readonly SignatureField[],
  trust: TrustStore,
): Promise<{ verdict: SignatureVerdict; timestamp?: DocumentTimestamp }> {
  const checks: Check[] = [];
  const verdict = { field: field.name, kind: 'document-timestamp', byteRange: rangeOf(field), checks } as const;
  let step = 'byte-range';
  try {
    const coverage = await coverageOf(whole.source, field);
    checks.push({ name: step, result: 'pass', text: 'The only gap is the time-stamp itself.' });
    step = 'coverage';
    const { view, check } = await signedRevision(whole, field, fields, coverage);
    checks.push(check);
    step = 'signature';
    const token = await readToken(coverage.contents, (hash) => whole.source.digest(hash, coverage.parts), trust);
    const when = token.at.toISOString();
    checks.push({ name: step, result: 'pass', text: `The file has not been changed since ${when}.` });
    checks.push(
      token.doubt === undefined
        ? { name: 'chain', result: 'pass', text: `The authority ${nameOf(token.authority)} is trusted.` }
        : against('chain', token.doubt.subIndication, token.doubt.message),
    );
    const time = { source: 'document-timestamp', at: when } as const;
    const judged = { ...verdict, ...indicationOf(checks), signer: factsOf(token.authority), time };
    if (judged.indication !== 'TOTAL-PASSED') return { verdict: judged };
    const coversStore = (await view.catalog()).get('DSS') !== null;
    return { verdict: judged, timestamp: { at: token.at, end: coverage.end, coversStore } };
  } catch (thrown) {
    checks.push(failedCheck(step, thrown));
    return { verdict: { ...verdict, ...indicationOf(checks), time: { source: 'none' } } };
  }
}
