/** A file read in pieces: its size never decides how much memory is used. */

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Problem } from '../problem';

const pageSize = 64 * 1024;
const pagesKept = 64;
const chunkSize = 1024 * 1024;
/** Bytes to be parsed or unpacked for one file: a hostile one could ask for the same work again and again. */
const mostWork = 4 * 1024 ** 3;

export class FileSource {
  /** Pages read last, the oldest first. */
  readonly #pages = new Map<number, Buffer>();
  #work = 0;

  private constructor(
    private readonly file: FileHandle,
    readonly size: number,
  ) {}

  /** @param path an existing file; @throws the file system's error */
  static async open(path: string): Promise<FileSource> {
    const file = await open(path, 'r');
    return new FileSource(file, (await file.stat()).size);
  }

  close(): Promise<void> {
    return this.file.close();
  }

  /**
   * Bytes from a position, fewer at the end of the file.
   *
   * @param length at most some MiB: the answer is in memory
   */
  async read(from: number, length: number): Promise<Buffer> {
    if (from < 0 || from > this.size) throw new Problem(`A position in the file is outside of it (${from}).`);
    const end = Math.min(this.size, from + length);
    this.spend(end - from);
    const pieces: Buffer[] = [];
    for (let at = from; at < end; ) {
      const index = Math.floor(at / pageSize);
      const page = await this.#page(index);
      const piece = page.subarray(at - index * pageSize, Math.min(page.length, end - index * pageSize));
      if (piece.length === 0) throw new Problem('The file became shorter while it was read.', 'GENERIC');
      pieces.push(piece);
      at += piece.length;
    }
    const [only] = pieces;
    return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
  }

  /** Counts work that grows with the file. @throws Problem GENERIC when it is too much */
  spend(bytes: number): void {
    this.#work += bytes;
    if (this.#work > mostWork) throw new Problem('The file is too complex to be examined.', 'GENERIC');
  }

  async #page(index: number): Promise<Buffer> {
    const known = this.#pages.get(index);
    if (known !== undefined) return known;
    const buffer = Buffer.alloc(Math.min(pageSize, this.size - index * pageSize));
    const page = buffer.subarray(0, await this.#fill(buffer, index * pageSize));
    this.#pages.set(index, page);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > pagesKept && oldest !== undefined) this.#pages.delete(oldest);
    return page;
  }

  async #fill(buffer: Buffer, position: number): Promise<number> {
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await this.file.read(buffer, filled, buffer.length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  }

  /** A part of the file in order, in chunks that are only valid until the next one. */
  async *chunks(from: number, to: number): AsyncGenerator<Buffer> {
    const buffer = Buffer.alloc(Math.min(chunkSize, Math.max(1, to - from)));
    for (let at = from; at < to; ) {
      const filled = await this.#fill(buffer.subarray(0, Math.min(buffer.length, to - at)), at);
      if (filled === 0) throw new Problem('The file became shorter while it was read.', 'GENERIC');
      yield buffer.subarray(0, filled);
      at += filled;
    }
  }

  /**
   * Hash over parts of the file.
   *
   * @param algorithm a name `node:crypto` knows
   * @param ranges start and end (exclusive) of each part
   */
  async digest(algorithm: string, ranges: readonly (readonly [number, number])[]): Promise<Buffer> {
    const hash = createHash(algorithm);
    for (const [from, to] of ranges) for await (const chunk of this.chunks(from, to)) hash.update(chunk);
    return hash.digest();
  }
}
