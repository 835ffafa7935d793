/** What is asked of archiving, what it works with, and what it answers. */
import type { WrittenPackage } from '../../archive/evidence/types';
import type {
  ArchiveFile,
  Collision,
  ContainerSpec,
  Metadata,
  RecordOptions,
  Repository,
} from '../../archive/repositories/types';
import type { ArchivePolicy, Conclusion, Decision, RevocationRule } from '../../archive/verification/types';
import type { SignatureAccount } from '../account';

/** What a node says about archiving; everything in it is plain JSON. */
export interface ArchiveRequest {
  container: ContainerSpec;
  /** Name of the signed PDF without extension. */
  name: string;
  /** The name is a title of ours, not chosen by anybody, so it is made to fit the repository. */
  isNameDerived?: boolean;
  collision: Collision;
  metadata: Metadata;
  record?: RecordOptions;
  form: 'documents' | 'zip' | 'both';
  /** Trusted certificates, PEM. */
  trust: string;
  tsaUrl: string;
  policy: ArchivePolicy;
  /** What missing revocation data means; default `if-named`. */
  revocation?: RevocationRule;
  maxBytes: number;
  deleteAtProvider: boolean;
  retryForMs: number;
}

/** Where an archive node works. */
export interface ArchiveContext {
  account: SignatureAccount;
  repository: Repository;
  /** Id of the repository's configuration, part of the idempotency key. */
  repositoryId: string;
  /** Folder for work in progress. */
  workFolder: string;
  /** Folder for what does not verify. */
  quarantineFolder: string;
}

export interface ArchiveJob {
  node: string;
  envelope: string;
  request: ArchiveRequest;
  /** The message as `encodeMessage` writes it. */
  message: string;
}

/** `msg.archive`. */
export interface ArchiveResult {
  items: ArchivedItem[];
  package: { name: string; manifestSha256: string; timestamped: boolean } | null;
  verification: Verification;
  repository: string;
  container: string | null;
  /** Where the files of a quarantined envelope are. */
  quarantine?: string;
}

/** What verification found, as `msg.archive.verification`. */
export interface Verification {
  conclusion: Conclusion;
  subIndication?: string;
  level?: string;
  decision: Decision;
  /** Whether each file has the hash the service gives; `none` where it gives none. */
  hashes: { file: string; sha256: string; result: 'equal' | 'different' | 'none' }[];
  /** What is not simply good, in sentences. */
  reasons: string[];
}

/** Everything about an executed envelope on local disk, ready to be filed. */
export interface Evidence {
  verification: Verification;
  bag: WrittenPackage;
  zip: ArchiveFile;
  files: { role: string; file: ArchiveFile }[];
}

/** One document as `msg.archive.items` tells it. */
export interface ArchivedItem {
  role: string;
  id: string;
  name: string;
  version?: string;
  url?: string;
  sha256: string;
  size: number;
  outcome: string;
}
