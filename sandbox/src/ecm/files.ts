import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, type ReadStream, readdirSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { StoredFile } from './model';

const unfinished = '.part';

/** Bytes between disk and network at once: large enough that the passing on does not cost more than the work. */
const pieceBytes = 256 * 1024;

/** The contents of what was filed: streamed to disk and hashed on the way, so that size does not cost memory. */
export class EcmFiles {
  /** @param folder made when missing; what an ended process left unfinished is removed */
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) if (name.endsWith(unfinished)) rmSync(join(folder, name));
  }

  /**
   * Takes in a content, whole or not at all.
   *
   * @throws what the source throws, for example when the client hangs up
   */
  async take(source: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    const file = randomUUID();
    const draft = this.#path(file + unfinished);
    const hash = createHash('sha256');
    let size = 0;
    const measured = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    };
    try {
      await pipeline(source, measured, createWriteStream(draft, { flush: true, highWaterMark: pieceBytes }));
      await rename(draft, this.#path(file));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    return { file, size, sha256: hash.digest('hex') };
  }

  /** @param end last byte, for a content that is to be cut off */
  read(file: string, end?: number): ReadStream {
    return createReadStream(this.#path(file), { highWaterMark: pieceBytes, ...(end !== undefined && { end }) });
  }

  async remove(...files: string[]): Promise<void> {
    for (const file of files) await rm(this.#path(file), { force: true });
  }

  /** Removes everything. */
  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
  }

  #path(file: string): string {
    if (!/^[\w-]+(?:\.part)?$/.test(file)) throw new Error(`"${file}" is not a file name.`);
    return join(this.folder, file);
  }
}
