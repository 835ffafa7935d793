/** What the content repositories keep. Times are milliseconds of virtual time. */

export const ecmServices = ['content-server', 'otds', 'core-content', 'webdav', 'http', 'tsa'] as const;
export type EcmServiceName = (typeof ecmServices)[number];

/** What a request is about, so that a fault can hit one step of filing. */
export const ecmSteps = [
  'auth',
  'container',
  'find',
  'upload',
  'read',
  'metadata',
  'record',
  'types',
  'stamp',
] as const;
export type EcmStep = (typeof ecmSteps)[number];

/** The content of a file that was taken in. */
export interface StoredFile {
  /** Name in the folder of contents. */
  file: string;
  /** Bytes. */
  size: number;
  /** Lower-case hex. */
  sha256: string;
}

export interface FileVersion extends StoredFile {
  number: number;
  /** As the client called it. */
  name: string;
  mimeType: string;
  description: string;
  at: number;
}

export type AttributeValue = string | number | boolean | null | (string | number | boolean)[];

/** Records Management details of a node of Content Server. */
export interface RecordDetails {
  classification: number;
  fileNumber: string;
  fileStatus: string;
  official: boolean;
  rsi: string | null;
  essential: string | null;
  storage: string | null;
  recordDate: number;
  /** Changes with each change: the optimistic lock. */
  token: string;
}

/** A node of Content Server; `uuid` is its number as text. */
export interface ContentNode {
  uuid: string;
  parent: number;
  /** 0 folder · 144 document · 848 business workspace · 141 volume and others. */
  type: number;
  name: string;
  description: string;
  createdAt: number;
  modifiedAt: number;
  externalCreateDate: string | null;
  versions: FileVersion[];
  /** Values by category, by flat key (`12508_2`). */
  categories: Record<string, Record<string, AttributeValue>>;
  classifications: number[];
  nickname: string | null;
  record: RecordDetails | null;
  holds: number[];
  workspaceType: number | null;
  businessObjects: { system: string; type: string; id: string }[];
}

/** A blob of Content Storage. */
export interface Blob extends StoredFile {
  uuid: string;
  name: string;
  mimeType: string;
  at: number;
}

/** An instance of Content Metadata. `given` is what the client may write, as it came over the wire. */
export interface CmsInstance {
  uuid: string;
  category: 'file' | 'folder';
  type: string;
  given: {
    name: string;
    parent_folder_id?: string;
    acl_id?: string;
    description?: string;
    properties: Record<string, unknown>;
    traits: Record<string, unknown>;
    renditions: Rendition[];
  };
  versions: { number: number; renditions: Rendition[]; at: number }[];
  createdAt: number;
  modifiedAt: number;
}

export interface Rendition {
  name: string;
  rendition_type: string;
  source: string;
  blob_id: string;
  mime_type?: string;
}

/** A resource in one of the trees that are addressed by path; `uuid` is tree and path. */
export interface PathResource {
  uuid: string;
  tree: 'webdav' | 'http';
  /** Decoded, starts with a slash, without one at the end. */
  path: string;
  /** Null for a collection. */
  content: (StoredFile & { mimeType: string }) | null;
  etag: string;
  /** Properties of others (WebDAV), or what came along with the document (HTTP). */
  properties: { space: string; name: string; text: string }[];
  /** `Idempotency-Key` of the request that made it. */
  key: string | null;
  createdAt: number;
  modifiedAt: number;
}
