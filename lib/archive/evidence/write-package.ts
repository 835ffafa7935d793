/** Writes an evidence package: a BagIt bag as a folder or in one ZIP file, there completely or not at all. */
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { SignatureError } from '../../errors';
import {
  bagDeclaration,
  bagInfoText,
  manifestText,
  payloadManifest,
  tagManifest,
  timestampLabel,
  tokenFile,
} from './manifest';
import { checkNames, shown } from './names';
import type { PackageContent, PackageFile, PackageInput, PackageTarget, WrittenPackage } from './types';
import { writeZip } from './zip-writer';

type Written = WrittenPackage['files'][number];

/**
 * Writes a package. Files are copied in pieces and hashed on the way. A failure leaves nothing behind.
 *
 * @param input files, facts and an optional sealer
 * @param target where to, and in which form
 * @throws SignatureError BAD_INPUT (name unsafe or taken, no file), BAD_DOCUMENT (a file is missing, empty or not the one
 *   its hash says), and whatever the sealer throws
 */
export async function writePackage(input: PackageInput, target: PackageTarget): Promise<WrittenPackage> {
  checkNames([input.name]);
  if (input.name.includes('/')) throw badInput('name', 'The name of a package cannot have a "/". Give another name.');
  checkNames(input.files.map(({ name }) => name));
  if (input.files.length === 0) throw badInput('files', 'A package needs at least one file.');
  const final = path.join(target.path, target.kind === 'zip' ? `${input.name}.zip` : input.name);
  const draft = path.join(target.path, `.${input.name.slice(0, 100)}.${randomUUID()}`);
  await mkdir(path.join(draft, 'data'), { recursive: true });
  try {
    await checkFree(final);
    const written = await writeBag(draft, input);
    if (target.kind === 'zip') {
      await writeZip(
        `${draft}.zip`,
        written.files.map(({ name }) => ({ name: `${input.name}/${name}`, path: path.join(draft, name) })),
        input.at,
      );
      await rename(`${draft}.zip`, final);
    } else {
      await syncFolders(draft, written.files);
      await rename(draft, final);
    }
    await syncFolder(target.path);
    return { path: final, ...written };
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(`${draft}.zip`, { force: true });
  }
}

const badInput = (field: string, text: string): SignatureError => new SignatureError('BAD_INPUT', text, { field });

async function checkFree(final: string): Promise<void> {
  const taken = await access(final).then(
    () => true,
    () => false,
  );
  if (taken)
    throw badInput('name', `There is a package "${shown(path.basename(final))}" already. It is never written over.`);
}

async function writeBag(draft: string, input: PackageInput): Promise<Omit<WrittenPackage, 'path'>> {
  const payload: Written[] = [];
  for (const file of input.files) payload.push(await writePayload(draft, file));
  const size = payload.reduce((sum, file) => sum + file.size, 0);
  const info = {
    'Bagging-Date': input.at.toISOString().slice(0, 10),
    'External-Identifier': input.name,
    'Payload-Oxum': `${size}.${payload.length}`,
    // So that a time-stamp taken away is missed.
    ...(input.timestamp !== undefined && { [timestampLabel]: tokenFile }),
  };
  const manifest = await writeText(draft, payloadManifest, manifestText(payload));
  const tags = [
    manifest,
    await writeText(draft, 'bagit.txt', bagDeclaration),
    await writeText(draft, 'bag-info.txt', bagInfoText({ ...input.info, ...info })),
  ];
  const seal = await writeText(draft, tagManifest, manifestText(tags));
  const token = await input.timestamp?.(Buffer.from(seal.sha256, 'hex'));
  const last = token === undefined ? [] : [await writeFrom(draft, tokenFile, Readable.from([token]))];
  return {
    manifestSha256: manifest.sha256,
    files: [...payload, ...tags, seal, ...last],
    timestamped: token !== undefined,
  };
}

async function writePayload(draft: string, { name, content, sha256 }: PackageFile): Promise<Written> {
  const bad = (what: string): SignatureError =>
    new SignatureError('BAD_DOCUMENT', `The file for "${shown(name)}" ${what}. Fetch it again.`, { field: 'files' });
  const written = await writeFrom(draft, `data/${name}`, await readableOf(content, bad));
  if (written.size === 0) throw bad('is empty');
  if (sha256 !== undefined && sha256.toLowerCase() !== written.sha256) throw bad('is not the one its SHA-256 says');
  return written;
}

async function readableOf(content: PackageContent, bad: (what: string) => SignatureError): Promise<Readable> {
  if ('json' in content) return Readable.from([`${JSON.stringify(content.json, null, 2) ?? 'null'}\n`]);
  const file = await open(content.path, 'r').catch(() => undefined);
  if (file === undefined) throw bad('is missing or cannot be read');
  if ((await file.stat()).isFile()) return file.createReadStream();
  await file.close();
  throw bad('is not a file');
}

const writeText = (draft: string, name: string, text: string): Promise<Written> =>
  writeFrom(draft, name, Readable.from([text]));

/** Copies a stream to a new file, on disk for good when this returns. */
async function writeFrom(draft: string, name: string, from: Readable): Promise<Written> {
  const to = path.join(draft, ...name.split('/'));
  await mkdir(path.dirname(to), { recursive: true });
  const hash = createHash('sha256');
  let size = 0;
  const file = await open(to, 'wx');
  try {
    for await (const piece of from) {
      const chunk = Buffer.from(piece);
      hash.update(chunk);
      size += chunk.length;
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    from.destroy();
    await file.close();
  }
  return { name, size, sha256: hash.digest('hex') };
}

async function syncFolders(draft: string, files: readonly Written[]): Promise<void> {
  const folders = new Set(files.map(({ name }) => path.dirname(path.join(draft, name))));
  for (const folder of [...folders, draft]) await syncFolder(folder);
}

/** Makes new names durable. Windows cannot open folders; there the file system sees to it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
