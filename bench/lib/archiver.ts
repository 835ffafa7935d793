/** Downloads and files a document in a process of its own, so that its memory can be told from all other. */
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { fileOne } from '../../dist/lib/archive/repositories/file';
import { openRepository } from '../../dist/lib/archive/repositories/open';
import { download, writeBytes } from '../../dist/lib/http/download';
import { serveTasks } from './helper';
import { memoryMb } from './stage';

export interface ArchiveTask {
  /** A small document. */
  warmUp: string;
  /** Where the document is. */
  source: string;
  /** Of the WebDAV server, with its user. */
  target: string;
  username: string;
  password: string;
  folder: string;
  name: string;
}

export interface ArchiveResult {
  downloadMs: number;
  fileMs: number;
  /** The most memory meanwhile beyond that at the start, in MB. */
  grownMb: number;
}

const maxBytes = 1024 ** 3;

/** One small document first, so that loading code does not count as growth. */
async function work(task: ArchiveTask): Promise<ArchiveResult> {
  await archive({ ...task, source: task.warmUp, name: `small-${task.name}` });
  return archive(task);
}

async function archive({ source, target, username, password, folder, name }: ArchiveTask): Promise<ArchiveResult> {
  const repository = openRepository(
    { kind: 'webdav', url: target, credentials: { kind: 'basic', username, password } },
    { userAgent: 'bench' },
  );
  const before = memoryMb(process.pid);
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, memoryMb(process.pid));
  }, 20);
  const began = performance.now();
  const file = path.join(folder, name);
  const { size, sha256 } = await download(source, createWriteStream(file, { highWaterMark: writeBytes }), {
    userAgent: 'bench',
    maxBytes,
    allowPrivateAddresses: true,
  });
  const downloaded = performance.now();
  await fileOne(
    repository,
    {
      container: { by: 'path', path: 'Contracts' },
      file: { path: file, size, sha256, name, mimeType: 'application/pdf' },
      key: `bench-${name}`,
      collision: 'adopt',
    },
    {},
    async () => {},
  );
  const ended = performance.now();
  clearInterval(watch);
  return { downloadMs: downloaded - began, fileMs: ended - downloaded, grownMb: most - before };
}

serveTasks({}, work);
