/**
 * What a content repository is to the rest of the package. Every step can be repeated: the caller notes what is done and,
 * after a crash, goes on at the first step without a note.
 */
import type { Pace } from '../../http/retry';

export type RepositoryKind = 'content-server' | 'core-content' | 'cmis' | 'webdav' | 'http' | 'folder';

/**
 * What happens when another document has the wanted name. The same bytes are adopted in any case. `adopt`: nothing else
 * is, other bytes are refused · `version`: they become a new version of it · `rename`: ours is called `name (2)`.
 */
export type Collision = 'adopt' | 'version' | 'rename';

/** Where to file. `path` goes down from the place found, with names separated by `/`. */
export type ContainerSpec = ContainerRoot & {
  path?: string;
  /** Whether missing parts of `path` are made; default true. */
  create?: boolean;
};

export type ContainerRoot =
  | { by: 'path' }
  | { by: 'id'; id: string }
  | { by: 'nickname'; nickname: string }
  | { by: 'businessObject'; system: string; type: string; id: string }
  /** `type` is the name or the id of the workspace type. */
  | { by: 'workspace'; type: string; name: string };

export interface Container {
  /** Stable in the repository: node id, object id, or path. */
  id: string;
  name?: string;
}

/** A file on local disk that is to be filed. */
export interface ArchiveFile {
  path: string;
  /** Bytes. */
  size: number;
  /** Lower-case hex. */
  sha256: string;
  /** Name in the repository, with extension. */
  name: string;
  mimeType: string;
}

export interface Digest {
  /** Lower-case hex. */
  sha256: string;
  /** Bytes. */
  size: number;
}

/** A document in the repository. */
export interface Filed {
  id: string;
  name: string;
  /** Idempotency key under which it is, or is to be, found. */
  key: string;
  /** Number or label, where the repository keeps versions. */
  version?: string;
  /** For people, or for another system. */
  url?: string;
  /** Bytes, where the repository tells. */
  size?: number;
}

export interface Placed extends Filed {
  how: 'created' | 'versioned' | 'adopted';
}

export type AttributeValue = string | number | boolean | readonly (string | number | boolean)[];

export interface Metadata {
  /** Object type (CMIS, Core Content); default the repository's plain document. */
  type?: string;
  /** Secondary types (CMIS) or traits (Core Content). */
  aspects?: readonly string[];
  /** By attribute id, as `attributes()` of the repository lists them. */
  attributes: Readonly<Record<string, AttributeValue>>;
  description?: string;
  /** `YYYY-MM-DD`, where the repository keeps a date of origin. */
  createdOn?: string;
  /** Ids of classifications (Content Server). */
  classifications?: readonly string[];
}

export interface RecordOptions {
  /** Id of the records classification. */
  classification?: string;
  /** Marks the record official. */
  official?: boolean;
  /** Default `ACTIVE`. */
  fileStatus?: string;
  /** ISO 8601 date until which nothing may be deleted. */
  retainUntil?: string;
  /** Id or name of a hold. */
  hold?: string;
}

export interface UploadOptions {
  collision: Collision;
  /** Needed at once where attributes are mandatory. */
  metadata?: Metadata;
  /** What `find` found under the key, with other bytes. */
  replaces?: Filed;
  /** Partial results of earlier attempts, for uploads of several requests. */
  parts?: Readonly<Record<string, string>>;
  /** Notes partial results durably. */
  notePart?(name: string, value: string): Promise<void>;
}

export interface Features {
  /** A document can have versions; without, the policy `version` is refused. */
  versions: boolean;
  /** Which parts of `RecordOptions` can be honoured. */
  record: readonly (keyof RecordOptions)[];
  /** Ways to name a container. */
  containers: readonly ContainerSpec['by'][];
  /** `types()` and `attributes()` have something to tell. */
  types: boolean;
}

/** What is about to be filed, as far as it can be judged beforehand. */
export interface Intent {
  name: string;
  metadata?: Metadata;
  record?: RecordOptions;
}

export interface Choice {
  id: string;
  name: string;
}

export interface TypeChoice extends Choice {
  /** `type`: for `Metadata.type` · `aspect`: for `aspects` · `category`: its attributes are set directly */
  kind: 'type' | 'aspect' | 'category';
}

export interface Attribute extends Choice {
  type: 'text' | 'number' | 'boolean' | 'date';
  required: boolean;
  multiple: boolean;
  /** Characters. */
  maxLength?: number;
  choices?: readonly string[];
}

export interface Repository {
  readonly kind: RepositoryKind;
  readonly features: Features;
  /** Checks address and credentials without storing anything that stays. */
  test(): Promise<void>;
  /**
   * Checks name, types and attributes before anything is stored.
   *
   * @throws SignatureError NAME_NOT_ALLOWED, UNKNOWN_TYPE, MISSING_ATTRIBUTE, BAD_INPUT
   */
  prepare(intent: Intent): Promise<void>;
  /**
   * A name the repository takes, made of a title.
   *
   * @param room bytes to be left for what is appended
   * @returns an empty text when nothing of the title can stay
   */
  nameFor(title: string, room: number): string;
  /** @throws SignatureError NO_CONTAINER, BAD_CONFIG (the repository knows no such way), NAME_NOT_ALLOWED, FORBIDDEN */
  resolveContainer(spec: ContainerSpec): Promise<Container>;
  /** What was filed under the key earlier; where keys cannot be kept, what has the name. */
  find(container: Container, key: string, name: string): Promise<Filed | null>;
  /** @throws SignatureError NAME_NOT_ALLOWED (taken), QUOTA_FULL, RETENTION, FORBIDDEN, OUTCOME_UNKNOWN */
  upload(container: Container, file: ArchiveFile, key: string, options: UploadOptions): Promise<Placed>;
  /** Reads the document back and hashes it on the way; null when the repository lets nobody read. */
  readBack(filed: Filed): Promise<Digest | null>;
  setMetadata(filed: Filed, metadata: Metadata): Promise<void>;
  /** @throws SignatureError RETENTION, FORBIDDEN */
  declareRecord(filed: Filed, options: RecordOptions): Promise<void>;

  /**
   * For the dialog: containers below one, by default at the top.
   *
   * @param search finds those of this name anywhere instead, where the repository can search
   */
  containers(parent?: string, search?: string): Promise<Choice[]>;
  types(): Promise<TypeChoice[]>;
  /** @throws SignatureError UNKNOWN_TYPE */
  attributes(type: string): Promise<Attribute[]>;
}

export interface RepositoryTools {
  userAgent: string;
  /** Default the computer's; replaced in tests. */
  pace?: Pace;
  /** For one request, uploads apart, which get longer; for a download, its longest standstill. Default 30,000. */
  timeoutMs?: number;
  /** Default true, as an administrator wrote the address. Redirects are never followed. */
  allowPrivateAddresses?: boolean;
}
