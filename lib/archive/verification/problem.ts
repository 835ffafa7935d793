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

/** The check that a thrown problem stands for. Anything else thrown is passed on, file system errors for example. */
export function failedCheck(name: string, thrown: unknown): Check {
  // A hostile file may exhaust a limit inside a parser; that is no fault of the caller.
  const problem = thrown instanceof RangeError ? new Problem('The file cannot be read.') : thrown;
  if (!(problem instanceof Problem)) throw thrown;
  return against(name, problem.subIndication, problem.message);
}

/** A check that did not pass. */
export const against = (name: string, subIndication: SubIndication, text: string): Check => ({
  name,
  result: failing.has(subIndication) ? 'fail' : 'unknown',
  text,
  subIndication,
});
