/** SHA-256 and size of a stream or a file, a piece at a time. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { HttpStream } from '../../http/client';
import type { Digest } from './types';

/** @param onChunk called with each piece when it was read, for example to keep a time limit from running out */
export async function digestOf(chunks: AsyncIterable<Buffer>, onChunk?: (chunk: Buffer) => void): Promise<Digest> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    hash.update(chunk);
    onChunk?.(chunk);
  }
  return { sha256: hash.digest('hex'), size };
}

/** Bytes that are read from disk at once: large enough that the reading does not cost more than the work on it. */
export const readBytes = 256 * 1024;

/** Throws the file system's error, for example ENOENT. */
export async function digestOfFile(path: string): Promise<Digest> {
  const file = await open(path);
  try {
    const hash = createHash('sha256');
    // One buffer for the whole file: what a stream allocates for each piece stays in memory until it is collected.
    const buffer = Buffer.allocUnsafeSlow(readBytes);
    for (let size = 0; ; ) {
      const { bytesRead } = await file.read(buffer, 0, readBytes);
      if (bytesRead === 0) return { sha256: hash.digest('hex'), size };
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Reads an open answer to its end. @throws SignatureError UNREACHABLE when the connection breaks */
export async function digestOfAnswer(answer: HttpStream): Promise<Digest> {
  try {
    return await digestOf(answer.body, (chunk) => {
      answer.alive();
      free(chunk);
    });
  } catch (thrown) {
    answer.body.destroy();
    throw answer.failure(thrown);
  } finally {
    answer.end();
  }
}

/** Gives a piece back to the system at once; else tens of megabytes of them lie about until they are collected. */
function free({ buffer, byteLength }: Buffer): void {
  // Not one that shares its memory with others.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

export const sameDigest = (one: Digest, other: Digest): boolean =>
  one.sha256 === other.sha256 && one.size === other.size;
