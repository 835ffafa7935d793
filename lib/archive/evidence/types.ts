/** The evidence package: one BagIt bag (RFC 8493) that explains a signature process without any other system. */
import type { Conclusion, PdfVerdict, TrustStore } from '../verification/types';

/** A payload file: on disk, or a value kept as JSON. */
export type PackageContent = { path: string } | { json: unknown };

export interface PackageFile {
  /** Path below `data/`, with `/` between folders, for example `attachments/id.png`. */
  name: string;
  content: PackageContent;
  /** SHA-256 the file has to have, hex of either case; checked while it is copied. */
  sha256?: string;
}

export interface PackageInput {
  /** Name of the bag, usually the envelope's id. */
  name: string;
  files: readonly PackageFile[];
  /** For `bag-info.txt`, besides what is always there. */
  info?: Readonly<Record<string, string>>;
  /** Moment of packing. */
  at: Date;
  /** Seals the finished package: gets the SHA-256 of the tag manifest and answers with a time-stamp token (DER). */
  timestamp?: (digest: Buffer) => Promise<Buffer>;
}

/** `folder`: `<path>/<name>/` is made. `zip`: the file `<path>/<name>.zip` is made. */
export interface PackageTarget {
  kind: 'folder' | 'zip';
  /** Folder, made when missing. */
  path: string;
}

export interface WrittenPackage {
  /** The folder or ZIP file made. */
  path: string;
  /** SHA-256 of `manifest-sha256.txt`: with the envelope's id the idempotency key of filing. */
  manifestSha256: string;
  /** Every file of the bag with `/` between folders, tag files included. */
  files: { name: string; size: number; sha256: string }[];
  timestamped: boolean;
}

export interface VerifyPackageOptions {
  /** Without it signatures can be no better than INDETERMINATE. */
  trust?: TrustStore;
  /** Moment of the check; PDFs in a package with a trusted time-stamp are judged for the moment of that. */
  at: Date;
  /** Largest unpacked size in bytes; default 4 GiB. */
  maxBytes?: number;
}

export interface PackageProblem {
  /** Path in the bag; empty for the bag as a whole. */
  file: string;
  /** One English sentence. */
  text: string;
}

export interface PackageVerdict {
  /** `VALID`: complete and unchanged, and no signature failed. `QUESTIONABLE`: something could not be established. */
  verdict: 'VALID' | 'QUESTIONABLE' | 'INVALID';
  name: string;
  /** Payload files with a right hash. */
  filesVerified: number;
  /** What makes it INVALID. */
  problems: PackageProblem[];
  /** What makes it QUESTIONABLE. */
  doubts: PackageProblem[];
  /** Of each PDF with a signature and of the signed PDF in any case. */
  pdfs: { file: string; conclusion: Conclusion; verdict: PdfVerdict }[];
  /** Time-stamp over the tag manifest. */
  timestamp?: {
    at?: string;
    authority?: string;
    result: 'TOTAL-PASSED' | 'INDETERMINATE' | 'TOTAL-FAILED';
    text: string;
  };
}
