/** From single checks to one word: the worst check decides. */
import type { Check, Indication, SignatureLevel, SubIndication } from './types';

/** @returns the indication, with the sub-indication of the first check that stands against TOTAL-PASSED */
export function indicationOf(checks: readonly Check[]): { indication: Indication; subIndication?: SubIndication } {
  const failed = checks.find(({ result }) => result === 'fail');
  const open = checks.find(({ result }) => result === 'unknown');
  if (failed !== undefined) return { indication: 'TOTAL-FAILED', subIndication: failed.subIndication };
  if (open !== undefined) return { indication: 'INDETERMINATE', subIndication: open.subIndication };
  return { indication: 'TOTAL-PASSED' };
}

/** From the lowest to the highest. */
export const levels: readonly SignatureLevel[] = ['PKCS7', 'B-B', 'B-T', 'B-LT', 'B-LTA'];

/** The lowest of several levels; undefined when there are none. */
export const lowest = (found: readonly SignatureLevel[]): SignatureLevel | undefined =>
  levels.find((level) => found.includes(level));
