/** Judges a signer's certificate: chain, validity at the time of signing, purpose and revocation. */
import { type Certificate, extensionOf, nameOf, purposesOf } from './cms/certificate';
import { buildChain, checkConstraints, outOfTime } from './cms/chain';
import { namesRevocation, revocationStatus } from './cms/revocation';
import type { EvidencePool } from './evidence-pool';
import { against, failedCheck } from './problem';
import type { Check } from './types';

/** Purposes that allow signing a document, besides any purpose; RFC 9336, Adobe and Microsoft, mail, client. */
const documentPurposes = [
  '2.5.29.37.0',
  '1.3.6.1.5.5.7.3.36',
  '1.2.840.113583.1.1.5',
  '1.3.6.1.4.1.311.10.3.12',
  '1.3.6.1.5.5.7.3.4',
  '1.3.6.1.5.5.7.3.2',
];

export interface SignerTrust {
  checks: Check[];
  /** Whether every certificate below the anchor is shown not to have been revoked. */
  revocationKnown: boolean;
}

/**
 * @param signer its certificate
 * @param provenAt time of signing by a trusted time-stamp; undefined when only the moment of verification counts
 */
export async function judgeSigner(signer: Certificate, pool: EvidencePool, provenAt?: Date): Promise<SignerTrust> {
  const chain = buildChain(signer, pool.certificates, pool.anchors);
  if (chain === undefined) {
    const text = `No chain leads from ${nameOf(signer)} to a certificate of the trust store.`;
    return { checks: [against('chain', 'NO_CERTIFICATE_CHAIN_FOUND', text)], revocationKnown: false };
  }
  const revocation = await judgeRevocation(chain, pool, provenAt);
  return {
    checks: [constraints(chain), validity(chain, pool.now, provenAt), purpose(signer), ...revocation.checks],
    revocationKnown: revocation.known,
  };
}

function constraints(chain: readonly Certificate[]): Check {
  const name = 'chain';
  try {
    checkConstraints(chain);
    const anchor = chain.at(-1);
    return { name, result: 'pass', text: `The chain leads to ${anchor ? nameOf(anchor) : ''} in the trust store.` };
  } catch (thrown) {
    return failedCheck(name, thrown);
  }
}

function validity(chain: readonly Certificate[], now: Date, provenAt?: Date): Check {
  const name = 'validity';
  const wrong = outOfTime(chain, provenAt ?? now);
  if (wrong === undefined) {
    const when = provenAt === undefined ? 'at the time of verification' : 'at the time of signing';
    return { name, result: 'pass', text: `The certificates were valid ${when}.` };
  }
  const who = `The certificate of ${nameOf(wrong.certificate)}`;
  const what = wrong.early ? 'was not valid yet' : 'had expired';
  if (provenAt !== undefined) {
    return against(name, wrong.early ? 'NOT_YET_VALID' : 'EXPIRED', `${who} ${what} when the document was signed.`);
  }
  return against(
    name,
    'OUT_OF_BOUNDS_NO_POE',
    `${who} ${what} at the time of verification, and no time-stamp proves that it was used while it was valid.`,
  );
}

function purpose(signer: Certificate): Check {
  const name = 'purpose';
  const purposes = purposesOf(signer);
  const usage = extensionOf(signer, '2.5.29.15')?.parsedValue;
  const bits: unknown = usage === undefined ? undefined : new Uint8Array(usage.valueBlock.valueHexView)[0];
  const signs = typeof bits !== 'number' || (bits & 0b1100_0000) !== 0;
  if (signs && (purposes === undefined || purposes.some((id) => documentPurposes.includes(id)))) {
    return { name, result: 'pass', text: 'The certificate may sign documents.' };
  }
  return against(
    name,
    'CHAIN_CONSTRAINTS_FAILURE',
    `The certificate of ${nameOf(signer)} is not for signing documents.`,
  );
}

async function judgeRevocation(
  chain: readonly Certificate[],
  pool: EvidencePool,
  provenAt?: Date,
): Promise<{ checks: Check[]; known: boolean }> {
  const checks: Check[] = [];
  let known = chain.length > 1;
  for (const [depth, certificate] of chain.entries()) {
    const issuer = chain[depth + 1];
    if (issuer === undefined) break;
    const check = await judgeOne(certificate, issuer, pool, provenAt);
    known &&= check.result === 'pass';
    checks.push(check);
  }
  return { checks, known };
}

async function judgeOne(
  certificate: Certificate,
  issuer: Certificate,
  { revocation, rule, now }: EvidencePool,
  provenAt?: Date,
): Promise<Check> {
  const name = 'revocation';
  const who = nameOf(certificate);
  const found = await revocationStatus(certificate, issuer, revocation, provenAt ?? now, now);
  if (found.status === 'good') return { name, result: 'pass', text: `${who} was not revoked (${found.from}).` };
  if (found.status === 'revoked') {
    const day = found.at.toISOString();
    if (provenAt !== undefined && provenAt < found.at) {
      return {
        name,
        result: 'pass',
        text: `${who} was revoked on ${day}, after the document was signed (${found.from}).`,
      };
    }
    return provenAt === undefined
      ? against(name, 'REVOKED_NO_POE', `${who} was revoked on ${day}, and no time-stamp proves an earlier signature.`)
      : against(name, 'REVOKED', `${who} had been revoked on ${day}, before the document was signed.`);
  }
  const named = namesRevocation(certificate);
  const text = named
    ? `The file does not show whether ${who} was revoked.`
    : `The file does not show whether ${who} was revoked, and the certificate names no place to ask.`;
  if (rule === 'required' || (rule === 'if-named' && named)) return against(name, 'TRY_LATER', text);
  return { name, result: 'note', text };
}
