/** Everything that helps to judge a certificate, from the trust store and from the file itself. */
import * as asn1js from 'asn1js';
import { type Certificate, readableCertificates, readCertificate } from './cms/certificate';
import type { RevocationData } from './cms/revocation';
import { type SignedData, signedAttribute } from './cms/signed-data';
import type { SecurityStore } from './pdf/security-store';
import type { RevocationRule, TrustStore } from './types';

const revocationArchival = '1.2.840.113583.1.1.8';

export interface EvidencePool {
  trust: TrustStore;
  anchors: Certificate[];
  /** Not trusted by themselves. */
  certificates: Certificate[];
  revocation: RevocationData;
  rule: RevocationRule;
  /** Moment of the verification. */
  now: Date;
}

/** @throws Problem when an anchor cannot be read */
export function poolOf(
  { trust, at, revocation = 'if-named' }: { trust: TrustStore; at: Date; revocation?: RevocationRule },
  store: SecurityStore,
): EvidencePool {
  const helpers = [...(trust.intermediates ?? []).map(({ raw }) => raw), ...store.certificates];
  return {
    trust,
    anchors: trust.anchors.map(({ raw }) => readCertificate(raw)),
    certificates: readableCertificates(helpers),
    revocation: store,
    rule: revocation,
    now: at,
  };
}

/** The pool with what one signature carries. */
export function withSignature(pool: EvidencePool, signed: SignedData): EvidencePool {
  const archival = archived(signed);
  return {
    ...pool,
    certificates: [...signed.certificates, ...pool.certificates],
    revocation: {
      crls: [...pool.revocation.crls, ...signed.crls, ...archival.crls],
      ocsps: [...pool.revocation.ocsps, ...archival.ocsps],
    },
  };
}

/** Revocation data within the signed attributes (ISO 32000-1, 12.8.3.3.2). */
function archived(signed: SignedData): { crls: Buffer[]; ocsps: Buffer[] } {
  const attribute = signedAttribute(signed, revocationArchival);
  const parts = attribute instanceof asn1js.Sequence ? attribute.valueBlock.value : [];
  const list = (tag: number): Buffer[] => {
    const part = parts.find(({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === tag);
    const [items] = part instanceof asn1js.Constructed ? part.valueBlock.value : [];
    const found = items instanceof asn1js.Sequence ? items.valueBlock.value : [];
    return found.map((item) => Buffer.from(item.toBER()));
  };
  return { crls: list(0), ocsps: list(1) };
}
