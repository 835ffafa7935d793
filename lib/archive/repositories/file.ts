/**
 * Files one document: look up → upload → read back and re-hash → metadata → record declaration. Each step is noted before
 * the next begins, so that a durable caller repeats the whole after a crash at any point and ends with exactly one copy.
 */
import { SignatureError } from '../../errors';
import { digestOfFile, sameDigest } from './digest';
import type {
  ArchiveFile,
  Collision,
  Container,
  ContainerSpec,
  Filed,
  Metadata,
  Placed,
  RecordOptions,
  Repository,
} from './types';

export interface FilingItem {
  container: ContainerSpec;
  file: ArchiveFile;
  /** Unique per document and stable over all attempts, for example `sig_<envelope>_<role>_<manifest hash>`. */
  key: string;
  collision: Collision;
  metadata?: Metadata;
  record?: RecordOptions;
}

/** What earlier attempts noted; plain JSON. Empty at first. */
export interface FilingProgress {
  container?: Container;
  /** An upload was begun: what is found from now on is ours. */
  uploading?: true;
  /** Partial results of uploads of several requests. */
  parts?: Readonly<Record<string, string>>;
  filed?: Filed & { outcome: Outcome };
  /** Whether the bytes were read back and found equal; `unreadable` where the repository lets nobody read. */
  verified?: 'equal' | 'unreadable';
  metadata?: true;
  record?: true;
}

export type Outcome = 'created' | 'versioned' | 'adopted' | 'duplicate';

export interface FilingResult extends Filed {
  outcome: Outcome;
  sha256: string;
  verified: 'equal' | 'unreadable';
  container: Container;
  /** Whether a record was declared. */
  record: boolean;
}

/** Makes progress durable before it resolves. */
export type NoteProgress = (progress: FilingProgress) => Promise<void>;

/**
 * @param repository where to file
 * @param item what, where and how
 * @param progress what earlier attempts noted
 * @param note called after each step with the whole progress so far
 * @returns `outcome` says `duplicate` when an earlier filing under the key was found
 * @throws SignatureError BAD_DOCUMENT (empty, missing or changed on disk), NAME_NOT_ALLOWED, UNKNOWN_TYPE,
 *   MISSING_ATTRIBUTE, BAD_CONFIG, NO_CONTAINER, QUOTA_FULL, RETENTION, HASH_MISMATCH (the repository gives other bytes
 *   back), and what HTTP brings along
 */
export async function fileOne(
  repository: Repository,
  item: FilingItem,
  progress: FilingProgress,
  note: NoteProgress,
): Promise<FilingResult> {
  let state = { ...progress };
  const record = async (more: FilingProgress) => {
    state = { ...state, ...more };
    await note(state);
  };
  const file = { ...item.file, name: item.file.name.normalize('NFC') };

  if (state.filed === undefined) {
    assertPossible(repository, item);
    await assertIntact(file);
    await repository.prepare({ name: file.name, metadata: item.metadata, record: item.record });
  }
  const container = state.container ?? (await repository.resolveContainer(item.container));
  if (state.container === undefined) await record({ container });

  if (state.filed === undefined) {
    const found = await repository.find(container, item.key, file.name);
    const same = found !== null && (await isSame(repository, found, file));
    if (found !== null && same) {
      await record({ filed: { ...found, outcome: state.uploading ? 'created' : 'duplicate' }, verified: 'equal' });
    } else {
      if (!state.uploading) await record({ uploading: true });
      const placed = await repository.upload(container, file, item.key, {
        collision: item.collision,
        metadata: item.metadata,
        ...(found !== null && { replaces: found }),
        parts: state.parts,
        notePart: (name, value) => record({ parts: { ...state.parts, [name]: value } }),
      });
      await record({ filed: outcomeOf(placed, progress.uploading === true) });
    }
  }
  const filed = state.filed;
  if (filed === undefined) throw new Error('unreachable: filed is noted above');

  if (state.verified === undefined) {
    const digest = await repository.readBack(filed);
    if (digest !== null && !sameDigest(digest, file)) {
      await record({ filed: undefined, uploading: undefined });
      throw mismatch(file.name, digest.size, file.size);
    }
    await record({ verified: digest === null ? 'unreadable' : 'equal' });
  }
  if (item.metadata !== undefined && state.metadata === undefined) {
    await tolerating(filed.outcome, () => repository.setMetadata(filed, item.metadata as Metadata));
    await record({ metadata: true });
  }
  if (item.record !== undefined && state.record === undefined) {
    await repository.declareRecord(filed, item.record);
    await record({ record: true });
  }
  return {
    ...filed,
    sha256: file.sha256,
    verified: state.verified ?? 'unreadable',
    container,
    record: state.record === true,
  };
}

/** What was taken over may be the upload of an attempt whose answer was lost: then it is ours. */
const outcomeOf = ({ how, ...filed }: Placed, begunEarlier: boolean): Filed & { outcome: Outcome } => ({
  ...filed,
  outcome: how === 'adopted' && begunEarlier ? 'created' : how,
});

async function isSame(repository: Repository, found: Filed, file: ArchiveFile): Promise<boolean> {
  if (found.size !== undefined && found.size !== file.size) return false;
  const digest = await repository.readBack(found);
  // Where nobody may read, what was stored under the key has to be believed.
  return digest === null || sameDigest(digest, file);
}

/** A declared record got its metadata before the declaration, so a duplicate that is locked needs none. */
async function tolerating(outcome: Outcome, setMetadata: () => Promise<void>): Promise<void> {
  try {
    await setMetadata();
  } catch (thrown) {
    if (!(outcome === 'duplicate' && thrown instanceof SignatureError && thrown.code === 'RETENTION')) throw thrown;
  }
}

function assertPossible({ features, kind }: Repository, item: FilingItem): void {
  if (item.collision === 'version' && !features.versions) {
    throw new SignatureError(
      'BAD_CONFIG',
      `collision is "version", but a repository of kind "${kind}" keeps no versions. Choose "rename" or "adopt".`,
      { field: 'collision' },
    );
  }
  const wanted = Object.entries(item.record ?? {}).filter(([, value]) => value !== undefined && value !== false);
  const impossible = wanted.find(([name]) => !features.record.some((possible) => possible === name))?.[0];
  if (impossible !== undefined) {
    throw new SignatureError(
      'BAD_CONFIG',
      `record.${impossible} cannot be set in a repository of kind "${kind}". Remove it from the node.`,
      { field: `record.${impossible}` },
    );
  }
}

/** The file on disk is what was announced, before anything of it leaves. */
async function assertIntact(file: ArchiveFile): Promise<void> {
  if (file.size === 0) {
    throw new SignatureError('BAD_DOCUMENT', `${file.name} is empty (0 bytes). Nothing was filed.`, { field: 'file' });
  }
  const digest = await digestOfFile(file.path).catch(() => undefined);
  if (digest === undefined || !sameDigest(digest, file)) {
    throw new SignatureError(
      'BAD_DOCUMENT',
      `${file.name} is ${digest === undefined ? 'missing from' : 'not what it was when it was stored on'} the local disk. Nothing was filed. Fetch it again.`,
      { field: 'file' },
    );
  }
}

const mismatch = (name: string, got: number, sent: number): SignatureError =>
  new SignatureError(
    'HASH_MISMATCH',
    `${name} came back from the repository with other bytes (${got} instead of ${sent}, or another SHA-256). Check whether the repository or a proxy changes documents, then repeat the message.`,
    { field: 'file' },
  );
