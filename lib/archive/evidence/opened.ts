/** Opens a package for reading: a folder as it is, a ZIP file unpacked to a temporary folder. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { unpackZip, ZipProblem } from './zip-reader';

const mostFiles = 10_000;
const deepest = 20;

export interface OpenedPackage {
  /** Folder with `bagit.txt`. */
  root: string;
  name: string;
  /** Regular files below the root, `/` between folders. */
  files: string[];
  /** Links and other things that are no files. */
  strange: string[];
  /** Takes the temporary folder away. */
  close(): Promise<void>;
}

/**
 * @param file folder or ZIP file
 * @param maxBytes largest unpacked size
 * @throws ZipProblem when it cannot be unpacked safely; the file system's error when it does not exist
 */
export async function openPackage(file: string, maxBytes: number): Promise<OpenedPackage> {
  if ((await stat(file)).isDirectory())
    return { ...(await listed(file, path.basename(path.resolve(file)))), close: async () => {} };
  const folder = await mkdtemp(path.join(os.tmpdir(), 'core-signature-evidence-'));
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    await unpackZip(file, folder, maxBytes);
    const [only, ...others] = await readdir(folder, { withFileTypes: true });
    if (only === undefined || others.length > 0 || !only.isDirectory()) {
      throw new ZipProblem('The ZIP file does not hold exactly one folder.');
    }
    return { ...(await listed(path.join(folder, only.name), only.name)), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function listed(root: string, name: string): Promise<Omit<OpenedPackage, 'close'>> {
  const files: string[] = [];
  const strange: string[] = [];
  const queue = [{ folder: '', depth: 0 }];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const entry of await readdir(path.join(root, next.folder), { withFileTypes: true })) {
      const inside = next.folder === '' ? entry.name : `${next.folder}/${entry.name}`;
      if (entry.isFile()) files.push(inside);
      else if (entry.isDirectory() && next.depth < deepest) queue.push({ folder: inside, depth: next.depth + 1 });
      else strange.push(inside);
      if (files.length > mostFiles) throw new ZipProblem(`The package has more than ${mostFiles} files.`);
    }
  }
  return { root, name, files: files.sort(), strange };
}

/** Hash and size of a regular file, read in pieces; undefined when there is none. */
export async function measured(file: string): Promise<{ sha256: string; size: number } | undefined> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { sha256: hash.digest('hex'), size };
}
