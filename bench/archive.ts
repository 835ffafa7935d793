import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { anyPort } from '../scripts/lib/ports';
import { startSandbox } from '../scripts/lib/sandbox';
import type { ArchiveResult, ArchiveTask } from './lib/archiver';
import { startHelper } from './lib/helper';
import { type Bench, median } from './lib/row';
import { inFolder } from './lib/stage';

const megabytes = 200;
const rounds = 5;
const [username, password] = ['sandbox-user', 'sandbox-password'];

const shell = promisify(execFile);

/** Milliseconds of a shell command. */
async function timed(command: string): Promise<number> {
  await quietDisk();
  const began = performance.now();
  await shell('bash', ['-o', 'pipefail', '-c', command]);
  return performance.now() - began;
}

/** What was written before must not be paid for by what is measured next. */
const quietDisk = () => shell('sync');

function writeDocument(file: string, megabytes: number): void {
  const descriptor = openSync(file, 'w');
  for (let written = 0; written < megabytes; written += 1) writeSync(descriptor, randomBytes(1024 * 1024));
  closeSync(descriptor);
}

/** 200 MB to a WebDAV server, beside what curl and sha256sum need for the same transfers. */
export const archive: Bench = () =>
  inFolder(async (folder) => {
    const documents = path.join(folder, 'documents');
    mkdirSync(documents);
    writeDocument(path.join(documents, 'large.pdf'), megabytes);
    writeDocument(path.join(documents, 'small.pdf'), 1);
    const sandbox = await startSandbox({ port: await anyPort(), data: path.join(folder, 'sandbox') });
    const host = await startHelper<{ url: string }>('files', { folder: documents });
    const source = `${host.first.url}/large.pdf`;
    const target = `${sandbox.url}/webdav/`;
    const user = `-u ${username}:${password}`;
    const work = path.join(folder, 'work');
    mkdirSync(work);
    const results: (ArchiveResult & { curlMs: number; readBackMs: number })[] = [];
    try {
      for (let round = 0; round < rounds; round += 1) {
        const copy = path.join(work, 'curl.pdf');
        const url = `${target}curl-${round}.pdf`;
        const hashed = await timed(`curl -sf ${source} | tee ${copy} | sha256sum`);
        const uploaded = await timed(`curl -sf ${user} -T ${copy} ${url}`);
        const readBackMs = await timed(`curl -sf ${user} ${url} | sha256sum`);
        // A fresh process each time: the growth of a second run in the same would look smaller than it is.
        const archiver = await startHelper('archiver');
        const task: ArchiveTask = {
          warmUp: `${host.first.url}/small.pdf`,
          source,
          target,
          username,
          password,
          folder: work,
          name: `ours-${round}.pdf`,
        };
        await quietDisk();
        const result = await archiver.ask<ArchiveResult>(task);
        await archiver.end();
        results.push({ ...result, curlMs: hashed + uploaded, readBackMs });
        // Each round finds the machine as the one before did: fresh memory for the page cache is slower than used one.
        for (const name of [copy, path.join(work, task.name)]) rmSync(name);
        await shell('curl', ['-sf', ...user.split(' '), '-X', 'DELETE', url, `${target}Contracts/${task.name}`]);
      }
    } finally {
      await Promise.all([sandbox.end(), host.end()]);
    }
    const of = (read: (result: (typeof results)[number]) => number) => median(results.map(read));
    const seconds = (read: (result: (typeof results)[number]) => number) => (of(read) / 1000).toFixed(2);
    return [
      {
        bench: 'archive',
        what: '200 MB fetched, filed and read back, beside curl | sha256sum and upload by curl',
        value: of((one) => one.curlMs / (one.downloadMs + one.fileMs)),
        unit: '×',
        mark: { at: 0.6, best: 'high' },
        from: `${seconds((one) => one.downloadMs)} + ${seconds((one) => one.fileMs)} / ${seconds((one) => one.curlMs)} s`,
      },
      {
        bench: 'archive',
        what: 'the same when curl reads back too',
        value: of((one) => (one.curlMs + one.readBackMs) / (one.downloadMs + one.fileMs)),
        unit: '×',
      },
      {
        bench: 'archive',
        what: 'memory growth',
        value: Math.max(...results.map(({ grownMb }) => grownMb)),
        unit: 'MB',
        mark: { at: 80, best: 'low' },
      },
    ];
  });
