/**
 * What a verification of a signed PDF says. The words are those of ETSI EN 319 102-1, 5.1.3 (status indications and
 * sub-indications), so that a reader can compare the report with that of any other validator.
 */
import type { X509Certificate } from 'node:crypto';

/** Overall status of one signature. */
export type Indication = 'TOTAL-PASSED' | 'INDETERMINATE' | 'TOTAL-FAILED';

/** Status of a file. A PDF without any signature is neither good nor bad: the provider's hash carries the proof then. */
export type Conclusion = Indication | 'NO-SIGNATURE';

export type SubIndication =
  | 'FORMAT_FAILURE'
  | 'HASH_FAILURE'
  | 'SIG_CRYPTO_FAILURE'
  | 'REVOKED'
  | 'EXPIRED'
  | 'NOT_YET_VALID'
  | 'SIG_CONSTRAINTS_FAILURE'
  | 'CHAIN_CONSTRAINTS_FAILURE'
  | 'CERTIFICATE_CHAIN_GENERAL_FAILURE'
  | 'CRYPTO_CONSTRAINTS_FAILURE'
  | 'NO_SIGNING_CERTIFICATE_FOUND'
  | 'NO_CERTIFICATE_CHAIN_FOUND'
  | 'REVOKED_NO_POE'
  | 'OUT_OF_BOUNDS_NO_POE'
  | 'TIMESTAMP_ORDER_FAILURE'
  | 'TRY_LATER'
  | 'SIGNED_DATA_NOT_FOUND'
  | 'GENERIC';

/**
 * One examined property. `pass` it holds · `note` a person may want to know, without weight · `unknown` it could not be
 * established, INDETERMINATE · `fail` it does not hold, TOTAL-FAILED.
 */
export interface Check {
  /** Short stable name, for example `byte-range`. */
  name: string;
  result: 'pass' | 'note' | 'unknown' | 'fail';
  /** One English sentence. */
  text: string;
  /** Given with `unknown` and `fail`. */
  subIndication?: SubIndication;
}

/** `PKCS7`: a signature that is not PAdES (`adbe.pkcs7.detached`). From B-B upwards: ETSI EN 319 142-1. */
export type SignatureLevel = 'PKCS7' | 'B-B' | 'B-T' | 'B-LT' | 'B-LTA';

/** Where the time of signing is known from, the strongest first. */
export type TimeSource = 'signature-timestamp' | 'document-timestamp' | 'signer-clock' | 'none';

export interface CertificateFacts {
  subject: string;
  issuer: string;
  /** Hexadecimal. */
  serialNumber: string;
  /** ISO 8601, UTC. */
  validFrom: string;
  validTo: string;
  /** Of the DER encoding, lower-case hex. */
  sha256: string;
}

export interface SignatureVerdict {
  /** Full name of the form field. */
  field: string;
  kind: 'signature' | 'document-timestamp';
  indication: Indication;
  subIndication?: SubIndication;
  /** Only of a `signature`. */
  level?: SignatureLevel;
  signer?: CertificateFacts;
  time: { source: TimeSource /** ISO 8601, UTC. */; at?: string };
  /** As written in the file; empty when it cannot be read. */
  byteRange: number[];
  checks: Check[];
}

export interface PdfVerdict {
  conclusion: Conclusion;
  /** The first reason against TOTAL-PASSED. */
  subIndication?: SubIndication;
  /** Lowest level of all signatures. */
  level?: SignatureLevel;
  /** Moment the certificates were judged for, ISO 8601, UTC. */
  at: string;
  file: { size: number /** Lower-case hex. */; sha256: string };
  /** Comparison with the provider's hash, when there is one. */
  hash?: { expected: string; matches: boolean };
  /** In the order they were made. */
  signatures: SignatureVerdict[];
  /** Of the file as a whole. */
  checks: Check[];
}

/** Whom the caller trusts. */
export interface TrustStore {
  /** Certificates a signer's chain has to end in: roots, or intermediates trusted directly. */
  anchors: readonly X509Certificate[];
  /** The same for time-stamp authorities; default `anchors`. */
  timestampAnchors?: readonly X509Certificate[];
  /** Certificates that help to build a chain and are not trusted by themselves. */
  intermediates?: readonly X509Certificate[];
}

/**
 * What missing revocation data means. `required`: INDETERMINATE. `if-named` (default): INDETERMINATE when the certificate
 * says where its revocation status is published. `ignored`: a note.
 */
export type RevocationRule = 'required' | 'if-named' | 'ignored';

export interface VerifyPdfOptions {
  trust: TrustStore;
  /** Moment for which certificates without a trusted time-stamp are judged. */
  at: Date;
  /** SHA-256 the provider gives for the file, hex of either case. */
  hash?: string;
  revocation?: RevocationRule;
}

/** What the flow's author wants done with each conclusion. Every field has a careful default, see `decide`. */
export interface ArchivePolicy {
  indeterminate?: Decision;
  noSignature?: Decision;
  failed?: Decision;
  /** A signature below this level gives at least a warning. */
  minimumLevel?: SignatureLevel;
}

export type Decision = 'archive' | 'warn' | 'quarantine';
