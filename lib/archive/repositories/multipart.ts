/** A multipart/form-data body (RFC 7578) of texts and files with a known length, read from disk while it is sent. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ArchiveFile } from './types';

export type Part =
  | { name: string; text: string; contentType?: string }
  | { name: string; file: ArchiveFile; filename: string };

export interface MultipartBody {
  headers: { 'content-type': string; 'content-length': string };
  /** A new stream for each try. */
  stream(): Readable;
}

/** As the WHATWG form encoding does it. */
const quoted = (text: string): string =>
  `"${text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}"`;

function headOf(part: Part, boundary: string): string {
  const lines = [`--${boundary}`];
  if ('file' in part) {
    lines.push(`Content-Disposition: form-data; name=${quoted(part.name)}; filename=${quoted(part.filename)}`);
    lines.push(`Content-Type: ${part.file.mimeType.replace(/[\r\n]/g, '')}`);
  } else {
    lines.push(`Content-Disposition: form-data; name=${quoted(part.name)}`);
    if (part.contentType !== undefined) lines.push(`Content-Type: ${part.contentType}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** @param parts in the order in which they are sent */
export function multipartBody(parts: readonly Part[]): MultipartBody {
  const boundary = `------------------------${randomUUID().replaceAll('-', '')}`;
  const tail = `--${boundary}--\r\n`;
  const length = parts.reduce(
    (sum, part) =>
      sum +
      Buffer.byteLength(headOf(part, boundary)) +
      ('file' in part ? part.file.size : Buffer.byteLength(part.text)) +
      2,
    tail.length,
  );
  const chunks = async function* () {
    for (const part of parts) {
      yield Buffer.from(headOf(part, boundary));
      if ('file' in part) yield* createReadStream(part.file.path);
      else yield Buffer.from(part.text);
      yield Buffer.from('\r\n');
    }
    yield Buffer.from(tail);
  };
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': String(length) },
    stream: () => Readable.from(chunks()),
  };
}
