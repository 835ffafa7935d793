/** Durable operations on a local or mounted file system: whatever has been done is on the disk when it returns. */
import { randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { type ErrorCode, SignatureError } from '../../../errors';

export const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';

const meanings: Readonly<Record<string, [ErrorCode, string]>> = {
  EACCES: ['FORBIDDEN', 'the process may not read or write there. Check the rights of the folder'],
  EPERM: ['FORBIDDEN', 'the process may not read or write there. Check the rights of the folder'],
  EROFS: ['FORBIDDEN', 'the file system is read-only'],
  ENOSPC: ['QUOTA_FULL', 'the disk is full. Free some space'],
  EDQUOT: ['QUOTA_FULL', 'the disk quota is used up. Raise it'],
  ENAMETOOLONG: ['NAME_NOT_ALLOWED', 'the name or path is too long. Shorten it'],
  EINVAL: ['NAME_NOT_ALLOWED', 'the file system does not take the name'],
  ENOENT: ['NO_CONTAINER', 'a folder does not exist'],
  ENOTDIR: ['NO_CONTAINER', 'a file is where a folder should be'],
};

/** A file system error as one of the package; anything else comes back as it is. */
export function diskFault(thrown: unknown): unknown {
  const [code, text] = meanings[codeOf(thrown)] ?? [];
  if (code === undefined) {
    const foreign = codeOf(thrown);
    if (thrown instanceof SignatureError || foreign === '') return thrown;
    return new SignatureError('UNREACHABLE', `The folder cannot be used (${foreign}). Check the disk or mount.`);
  }
  return new SignatureError(code, `The folder cannot be used: ${text}.`, { field: 'folder' });
}

/** Makes entries of a directory durable. Where directories cannot be opened (Windows), the system sees to it. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await fs.open(directory, 'r').catch((thrown) => {
    if (['EISDIR', 'EPERM', 'EACCES', 'EINVAL'].includes(codeOf(thrown))) return undefined;
    throw thrown;
  });
  if (handle === undefined) return;
  try {
    await handle.sync().catch((thrown) => {
      if (!['EINVAL', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeOf(thrown))) throw thrown;
    });
  } finally {
    await handle.close();
  }
}

/** Makes a directory and what is missing above it, durably. */
export async function makeDirectory(directory: string): Promise<void> {
  const first = await fs.mkdir(directory, { recursive: true });
  if (first === undefined) return;
  for (let made = directory; made.length >= first.length; made = path.dirname(made)) {
    await syncDirectory(path.dirname(made));
  }
}

/** Writes a new file, durably, and gives its path. */
export async function writeTemporary(
  directory: string,
  content: string | { copyOf: string },
  mode = 0o644,
): Promise<string> {
  await makeDirectory(directory);
  const target = path.join(directory, randomUUID());
  try {
    const handle = await fs.open(target, 'wx', mode);
    try {
      await handle.writeFile(typeof content === 'string' ? content : createReadStream(content.copyOf));
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    await fs.rm(target, { force: true });
    throw thrown;
  }
  return target;
}

/** Puts a finished file in the place of another, atomically and durably. */
export async function replaceFile(from: string, to: string): Promise<void> {
  await makeDirectory(path.dirname(to));
  await fs.rename(from, to);
  await syncDirectory(path.dirname(to));
}

const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK']);

/**
 * Gives a stored file a second name that must be free. Where the file system has no hard links, a finished copy is moved
 * there.
 *
 * @returns whether the name was free
 */
export async function linkNew(from: string, to: string, temporary: string): Promise<boolean> {
  try {
    await fs.link(from, to);
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false;
    if (!noLinks.has(codeOf(thrown))) throw thrown;
    if (await exists(to)) return false;
    await fs.rename(await writeTemporary(temporary, { copyOf: from }, 0o444), to);
  }
  await syncDirectory(path.dirname(to));
  return true;
}

export const exists = (target: string): Promise<boolean> =>
  fs.access(target, constants.F_OK).then(
    () => true,
    () => false,
  );
