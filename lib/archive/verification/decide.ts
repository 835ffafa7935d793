import type { ArchivePolicy, Decision, PdfVerdict } from './types';
import { levels } from './verdict';

const order: readonly Decision[] = ['archive', 'warn', 'quarantine'];

/**
 * What to do with a verified PDF.
 *
 * A hash that is not the provider's is quarantined whatever the policy says: the file is not the one that was signed.
 *
 * @param policy defaults: TOTAL-FAILED is quarantined; INDETERMINATE and no signature are archived with a warning, without
 *   one when there is no signature but the provider's hash fits; no minimum level
 */
export function decide(verdict: PdfVerdict, policy: ArchivePolicy = {}): Decision {
  if (verdict.hash?.matches === false) return 'quarantine';
  if (verdict.conclusion === 'TOTAL-FAILED') return policy.failed ?? 'quarantine';
  if (verdict.conclusion === 'NO-SIGNATURE') {
    return policy.noSignature ?? (verdict.hash?.matches === true ? 'archive' : 'warn');
  }
  const byWord = verdict.conclusion === 'INDETERMINATE' ? (policy.indeterminate ?? 'warn') : 'archive';
  const { minimumLevel } = policy;
  const tooLow = minimumLevel !== undefined && levels.indexOf(verdict.level ?? 'PKCS7') < levels.indexOf(minimumLevel);
  return worst(byWord, tooLow ? 'warn' : 'archive');
}

/** The stricter of two decisions: for several PDFs of one case the worst one counts. */
export const worst = (a: Decision, b: Decision): Decision => (order.indexOf(a) >= order.indexOf(b) ? a : b);
