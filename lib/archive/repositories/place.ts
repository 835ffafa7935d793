/**
 * Puts a document under its name where names are unique, and settles what happens when the name is taken. The same
 * bytes under the same name are never stored twice; so an upload whose answer was lost is found again here.
 */
import { SignatureError } from '../../errors';
import { sameDigest } from './digest';
import { type NameRules, numberedName } from './names';
import type { ArchiveFile, Collision, Digest, Filed, Placed } from './types';

/** A container as `place` sees it. */
export interface Shelf {
  rules: NameRules;
  /** Stores the file under a name that must be free; `taken` when it is not. */
  create(name: string): Promise<Filed | 'taken'>;
  /** What has the name now. */
  occupant(name: string): Promise<Filed | null>;
  digest(document: Filed): Promise<Digest | null>;
  /** Only where the repository keeps versions. */
  addVersion?(document: Filed): Promise<Filed>;
}

const mostNames = 100;

/**
 * @param file what is to be stored
 * @param collision what happens when other bytes have the name
 * @throws SignatureError NAME_NOT_ALLOWED when the name is taken and the policy finds no way; whatever the shelf throws
 */
export async function place(shelf: Shelf, file: ArchiveFile, collision: Collision): Promise<Placed> {
  for (let n = 1; n <= mostNames; n += 1) {
    const name = numberedName(file.name, n, shelf.rules);
    let occupant = await shelf.occupant(name);
    if (occupant === null) {
      const created = await shelf.create(name);
      if (created !== 'taken') return { ...created, how: 'created' };
      // Somebody else was quicker, or our own request of an earlier attempt.
      occupant = await shelf.occupant(name);
      if (occupant === null) throw vanished(shelf, name);
    }
    if (await holds(shelf, occupant, file)) return { ...occupant, how: 'adopted' };
    if (collision === 'version' && shelf.addVersion !== undefined) {
      return { ...(await shelf.addVersion(occupant)), how: 'versioned' };
    }
    if (collision !== 'rename') throw taken(shelf, name);
  }
  throw taken(shelf, numberedName(file.name, mostNames, shelf.rules));
}

/** Whether a document has the file's bytes; sizes are compared first, as reading back can be long. */
export async function holds(shelf: Pick<Shelf, 'digest'>, document: Filed, file: ArchiveFile): Promise<boolean> {
  if (document.size !== undefined && document.size !== file.size) return false;
  const digest = await shelf.digest(document);
  return digest !== null && sameDigest(digest, file);
}

const taken = ({ rules: { service } }: Shelf, name: string): SignatureError =>
  new SignatureError(
    'NAME_NOT_ALLOWED',
    `name ${JSON.stringify(name)} is taken by another document in ${service}. Choose another name, or "version" or "rename" as the policy.`,
    { field: 'name' },
  );

const vanished = ({ rules: { service } }: Shelf, name: string): SignatureError =>
  new SignatureError(
    'REMOTE_FAULT',
    `${service} says that ${JSON.stringify(name)} exists, but shows no such document. Check that the credentials may see all of the container.`,
    { field: 'name' },
  );
