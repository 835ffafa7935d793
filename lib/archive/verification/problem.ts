import type { Check, SubIndication } from './types';

/** Sub-indications that go with TOTAL-FAILED; all others go with INDETERMINATE (ETSI EN 319 102-1, table 5). */
const failing: ReadonlySet<SubIndication> = new Set([
  'FORMAT_FAILURE',
  'HASH_FAILURE',
  'SIG_CRYPTO_FAILURE',
  'REVOKED',
  'EXPIRED',
  'NOT_YET_VALID',
]);

/** A reason against TOTAL-PASSED; the message is one English sentence for people. */
export class Problem extends Error {
  constructor(
    message: string,
    /** GENERIC for limits and what is not supported: that says nothing against the file. */
    readonly subIndication: SubIndication = 'FORMAT_FAILURE',
  ) {
    super(message);
  }
}

/**
 * The check that a thrown problem stands for. Hostile bytes make the parsers of ASN.1 and keys throw anything, which counts
 * as a file that cannot be read; errors of the file system are passed on.
 */
export function failedCheck(name: string, thrown: unknown): Check {
  if (thrown instanceof Error && 'syscall' in thrown) throw thrown;
  const problem = thrown instanceof Problem ? thrown : new Problem('A part of the file cannot be read.');
  return against(name, problem.subIndication, problem.message);
}

/** A check that did not pass. */
export const against = (name: string, subIndication: SubIndication, text: string): Check => ({
  name,
  result: failing.has(subIndication) ? 'fail' : 'unknown',
  text,
  subIndication,
});
