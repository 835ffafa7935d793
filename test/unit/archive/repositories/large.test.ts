import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import { expect } from 'chai';
import { fileOne } from '../../../../dist/lib/archive/repositories/file';
import { openRepository } from '../../../../dist/lib/archive/repositories/open';
import type { ArchiveFile } from '../../../../dist/lib/archive/repositories/types';
import { itemOf, Notes, scratch, tools } from './support';

/** What is left after it is really in use. */
v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc') as () => void;

const size = 200 * 1024 * 1024;

/** A file of 200 MiB, written in pieces. */
async function largeFile(folder: string): Promise<ArchiveFile> {
  const where = path.join(folder, 'large');
  const piece = Buffer.alloc(1024 * 1024, 'signature ');
  const hash = createHash('sha256');
  const handle = await open(where, 'w');
  for (let written = 0; written < size; written += piece.length) {
    piece.writeUInt32BE(written, 0);
    hash.update(piece);
    await handle.write(piece);
  }
  await handle.close();
  return { path: where, size, sha256: hash.digest('hex'), name: 'large.pdf', mimeType: 'application/pdf' };
}

describe('200 MiB', function () {
  this.timeout(180_000);
  const folder = scratch();

  /** Files and tells by how much memory grew at most meanwhile. */
  async function growth(settings: unknown): Promise<number> {
    const file = await largeFile(folder.path);
    collectGarbage();
    const before = process.memoryUsage();
    let most = 0;
    const watch = setInterval(() => {
      collectGarbage();
      const { external, heapUsed } = process.memoryUsage();
      most = Math.max(most, external + heapUsed - before.external - before.heapUsed);
    }, 500);
    try {
      const item = itemOf(file, { container: { by: 'path' } });
      const result = await fileOne(openRepository(settings, tools()), item, {}, new Notes().note);
      expect(result).to.include({ verified: 'equal', sha256: file.sha256 });
    } finally {
      clearInterval(watch);
    }
    return most;
  }

  it('go into a folder without being held in memory', async () => {
    expect(await growth({ kind: 'folder', folder: path.join(folder.path, 'archive') })).to.be.below(64 * 1024 * 1024);
  });

  for (const method of ['PUT', 'POST']) {
    it(`go over HTTP by ${method} and back without being held in memory`, async () => {
      const stored = path.join(folder.path, 'stored');
      let there = false;
      const server = http.createServer(async (request, response) => {
        if (request.method === 'PUT' || request.method === 'POST') {
          // A form's head and tail are cut off by what is known of their size.
          const sink = createWriteStream(stored);
          await pipeline(request, sink);
          there = true;
          response.writeHead(201, { location: '/store/large.pdf' }).end();
        } else if (!there) response.writeHead(404).end();
        else {
          const length = (await open(stored).then(async (handle) => {
            const stats = await handle.stat();
            await handle.close();
            return stats.size;
          })) as number;
          const tail = method === 'POST' ? 2 + 24 + 32 + 4 + 2 : 0;
          const start = length - tail - size;
          response.writeHead(200, { 'content-length': size });
          if (request.method === 'HEAD') response.end();
          else await pipeline(createReadStream(stored, { start, end: start + size - 1 }), response);
        }
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/store`;
        const most = await growth({ kind: 'http', url, method, credentials: { kind: 'none' } });
        expect(most).to.be.below(64 * 1024 * 1024);
      } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    });
  }
});
