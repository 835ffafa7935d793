/** SHA-256 and size of a stream or a file, a piece at a time. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { HttpStream } from '../../http/client';
import type { Digest } from './types';

/** @param onChunk called for each piece, for example to keep a time limit from running out */
export async function digestOf(chunks: AsyncIterable<Buffer>, onChunk?: () => void): Promise<Digest> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of chunks) {
    onChunk?.();
    size += chunk.length;
    hash.update(chunk);
  }
  return { sha256: hash.digest('hex'), size };
}

/** Bytes that are read from disk at once: large enough that the reading does not cost more than the work on it. */
export const readBytes = 256 * 1024;

/** Throws the file system's error, for example ENOENT. */
export const digestOfFile = (path: string): Promise<Digest> =>
  digestOf(createReadStream(path, { highWaterMark: readBytes }));

/** Reads an open answer to its end. @throws SignatureError UNREACHABLE when the connection breaks */
export async function digestOfAnswer(answer: HttpStream): Promise<Digest> {
  try {
    return await digestOf(answer.body, answer.alive);
  } catch (thrown) {
    answer.body.destroy();
    throw answer.failure(thrown);
  } finally {
    answer.end();
  }
}

export const sameDigest = (one: Digest, other: Digest): boolean =>
  one.sha256 === other.sha256 && one.size === other.size;
