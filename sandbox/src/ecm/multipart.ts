import type { Request } from 'express';
import type { StoredFile } from './model';

/** A text or a file of a multipart/form-data body. */
export type FormPart =
  | { name: string; text: string }
  | { name: string; filename: string; mimeType: string; stored: StoredFile };

/** A body that cannot be read. */
export class MalformedBody extends Error {}

const mostText = 1024 * 1024;
const mostHead = 16 * 1024;
const mostParts = 100;

/**
 * Reads a multipart/form-data body part by part; files go to disk while they arrive. Source: RFC 7578, RFC 2046 5.1.
 *
 * @param take stores a file's content
 * @throws MalformedBody, or what `take` throws
 */
export async function readMultipart(
  request: Request,
  take: (content: AsyncIterable<Uint8Array>) => Promise<StoredFile>,
): Promise<FormPart[]> {
  const boundary = /boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(request.headers['content-type'] ?? '');
  if (boundary === null) throw new MalformedBody('The multipart body has no boundary.');
  const source = new Splitter(request, `\r\n--${boundary[1] ?? boundary[2]}`);
  const parts: FormPart[] = [];
  await source.skipPreamble();
  while (await source.hasPart()) {
    if (parts.length === mostParts) throw new MalformedBody('The multipart body has too many parts.');
    const { name, filename, mimeType } = await source.head();
    if (filename !== undefined) parts.push({ name, filename, mimeType, stored: await take(source.content()) });
    else parts.push({ name, text: await textOf(source.content()) });
  }
  return parts;
}

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > mostText) throw new MalformedBody('A text part is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Cuts a stream at a delimiter while it arrives; never holds more than a piece and a delimiter. */
class Splitter {
  readonly #source: AsyncIterator<Buffer>;
  readonly #delimiter: Buffer;
  // The first delimiter has no line break before it.
  #held: Buffer = Buffer.from('\r\n');

  constructor(source: AsyncIterable<Buffer>, delimiter: string) {
    this.#source = source[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(delimiter);
  }

  async skipPreamble(): Promise<void> {
    await textOf(this.content());
  }

  /** Whether a part follows the delimiter just read; after the last one the rest is read and dropped. */
  async hasPart(): Promise<boolean> {
    while (this.#held.length < 2) await this.#more();
    const mark = this.#held.toString('latin1', 0, 2);
    this.#held = this.#held.subarray(2);
    if (mark === '\r\n') return true;
    if (mark !== '--') throw new MalformedBody('A delimiter of the multipart body is broken.');
    while (!(await this.#source.next()).done) this.#held = Buffer.alloc(0);
    return false;
  }

  async head(): Promise<{ name: string; filename?: string; mimeType: string }> {
    let end = this.#held.indexOf('\r\n\r\n');
    while (end < 0) {
      if (this.#held.length > mostHead) throw new MalformedBody('The head of a part is too large.');
      await this.#more();
      end = this.#held.indexOf('\r\n\r\n');
    }
    const lines = this.#held.toString('utf8', 0, end).split('\r\n');
    this.#held = this.#held.subarray(end + 4);
    const header = (name: string): string =>
      lines
        .find((line) => line.toLowerCase().startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim() ?? '';
    const disposition = header('content-disposition');
    const name = parameter(disposition, 'name');
    if (name === undefined) throw new MalformedBody('A part has no name.');
    const filename = parameter(disposition, 'filename');
    return { name, filename, mimeType: header('content-type') || 'application/octet-stream' };
  }

  /** The bytes up to the next delimiter, which is read too. */
  async *content(): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(this.#delimiter);
      if (at >= 0) {
        const last = this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at + this.#delimiter.length);
        if (last.length > 0) yield last;
        return;
      }
      const safe = this.#held.length - this.#delimiter.length + 1;
      if (safe > 0) {
        const piece = this.#held.subarray(0, safe);
        this.#held = this.#held.subarray(safe);
        yield piece;
      }
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#source.next();
    if (done) throw new MalformedBody('The multipart body ends too early.');
    this.#held = this.#held.length === 0 ? value : Buffer.concat([this.#held, value]);
  }
}

/** A parameter of a Content-Disposition, decoded as the WHATWG form encoding writes it. */
function parameter(disposition: string, name: string): string | undefined {
  const extended = new RegExp(`;\\s*${name}\\*=UTF-8''([^;\\s]+)`, 'i').exec(disposition)?.[1];
  if (extended !== undefined) return decodeURIComponent(extended);
  const [, quoted, bare] =
    new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i').exec(disposition) ?? [];
  if (quoted === undefined) return bare;
  return quoted.replace(/\\(["\\])/g, '$1').replace(/%22|%0D|%0A/gi, (code) => decodeURIComponent(code));
}
