import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { EcmFiles } from './files';
import type { StoredFile } from './model';

/**
 * Streams a stored content. Uploaded HTML must not run in the sandbox's own pages, hence the policy.
 *
 * @param damage `corrupt`: the right length with wrong bytes · `truncate`: hangs up after half of it
 */
export async function sendFile(
  files: EcmFiles,
  request: Request,
  response: Response,
  { file, size }: StoredFile,
  damage?: 'corrupt' | 'truncate',
): Promise<void> {
  response.set({
    'Content-Length': String(size),
    'Content-Security-Policy': 'sandbox',
    'X-Content-Type-Options': 'nosniff',
  });
  if (request.method === 'HEAD' || size === 0) {
    response.end();
    return;
  }
  const half = Math.floor(size / 2);
  if (damage === 'truncate') {
    for await (const chunk of files.read(file, half)) response.write(chunk);
    response.write('', () => request.socket.destroy());
    return;
  }
  const source = files.read(file);
  const done = damage === 'corrupt' ? pipeline(source, damaged(half), response) : pipeline(source, response);
  // A client that stops reading is its own business.
  await done.catch(() => request.socket.destroy());
}

/** Turns over the bits of one byte. */
function damaged(at: number) {
  return async function* (chunks: AsyncIterable<Buffer>) {
    let offset = 0;
    for await (const chunk of chunks) {
      const copy = Buffer.from(chunk);
      const place = at - offset;
      if (place >= 0 && place < copy.length) copy[place] = (copy[place] ?? 0) ^ 0xff;
      offset += copy.length;
      yield copy;
    }
  };
}
