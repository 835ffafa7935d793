import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { SignatureError, toError } from '../errors';

/** Where the document of an envelope comes from. */
export type DocumentSource =
  | { kind: 'content'; name: string; bytes: Buffer }
  | { kind: 'url'; name: string; url: string }
  | { kind: 'template'; template: string };

export interface SourceOptions {
  /** Name of the field, for errors. */
  field: string;
  /** File name with extension; empty to take the one that fits. */
  name: string;
  maxBytes: number;
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(bytes < 10_485_760 ? 2 : 0)} MB`;

/**
 * A document given as bytes.
 *
 * @param value Buffer, Uint8Array or base64 text (line breaks and a data-URI prefix are accepted)
 * @throws SignatureError `NO_DOCUMENT`, `BAD_DOCUMENT`, `DOCUMENT_TOO_LARGE`
 */
export function contentSource(value: unknown, options: SourceOptions): DocumentSource {
  const { field } = options;
  if (value === undefined || value === null || value === '') {
    throw new SignatureError('NO_DOCUMENT', `${field}: there is no document. Give a Buffer or base64 text.`, { field });
  }
  const bytes = bytesOf(value, field);
  const name = fileName(options.name, bytes);
  checkContent(bytes, name, options);
  return { kind: 'content', name, bytes };
}

/**
 * A document read from a file of this machine.
 *
 * @throws SignatureError `NO_DOCUMENT` for an empty path, `BAD_DOCUMENT` when it cannot be read, `DOCUMENT_TOO_LARGE`
 */
export async function fileSource(value: unknown, options: SourceOptions): Promise<DocumentSource> {
  const { field } = options;
  if (typeof value !== 'string' || value.trim() === '') {
    throw new SignatureError('NO_DOCUMENT', `${field}: there is no file path.`, { field });
  }
  const bytes = await readLimited(value, options);
  const name = fileName(options.name || path.basename(value), bytes);
  checkContent(bytes, name, options);
  return { kind: 'content', name, bytes };
}

/**
 * A document that the service fetches itself.
 *
 * @throws SignatureError `NO_DOCUMENT`, `BAD_INPUT` when it is no http(s) URL
 */
export function urlSource(value: unknown, { field, name }: SourceOptions): DocumentSource {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new SignatureError('NO_DOCUMENT', `${field}: there is no URL of a document.`, { field });
  }
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new SignatureError('BAD_INPUT', `${field}: "${value}" is not an http or https URL.`, { field });
  }
  return { kind: 'url', name, url: url.href };
}

/**
 * A template of the account.
 *
 * @param value its URL or its uuid
 * @throws SignatureError `NO_DOCUMENT`
 */
export function templateSource(value: unknown, { field }: SourceOptions): DocumentSource {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new SignatureError('NO_DOCUMENT', `${field}: no template is chosen.`, { field });
  }
  return { kind: 'template', template: value.trim() };
}

function bytesOf(value: unknown, field: string): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === 'string') {
    if (value.startsWith('%PDF-')) throw readAsText(field);
    const base64 = value.replace(/^data:[^,]*;base64,/, '').replace(/\s+/g, '');
    if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64))
      return Buffer.from(base64, 'base64');
  }
  throw new SignatureError('BAD_DOCUMENT', `${field}: must be a Buffer or base64 text, not ${describe(value)}.`, {
    field,
  });
}

/** `http in` reads `application/pdf` as UTF-8 text unless it is told not to, and a PDF does not survive that. */
const readAsText = (field: string): SignatureError =>
  new SignatureError(
    'BAD_DOCUMENT',
    `${field}: the PDF was read as text and is damaged. Tick "do not parse the body" in the http in node, or send it as application/octet-stream.`,
    { field },
  );

const describe = (value: unknown): string =>
  typeof value === 'string' ? 'other text' : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;

async function readLimited(file: string, { field, maxBytes }: SourceOptions): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > maxBytes) throw tooLarge(size, field, maxBytes);
    return await readFile(file);
  } catch (thrown) {
    if (thrown instanceof SignatureError) throw thrown;
    const { code } = toError(thrown) as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EACCES' ? 'may not be read' : 'cannot be read';
    throw new SignatureError('BAD_DOCUMENT', `${field}: the file "${file}" ${why}.`, { field });
  }
}

/** The service reads the content type off the extension, so a name without one gets the one of a PDF if it is one. */
function fileName(given: string, bytes: Buffer): string {
  const name = path.basename(given.trim()) || 'document';
  return path.extname(name) === '' && isPdf(bytes) ? `${name}.pdf` : name;
}

/** A PDF may have up to 1024 bytes before its header (ISO 32000-1, implementation note 13). */
const isPdf = (bytes: Buffer): boolean => bytes.subarray(0, 1024).includes('%PDF-');

function checkContent(bytes: Buffer, name: string, { field, maxBytes }: SourceOptions): void {
  if (bytes.length === 0) {
    throw new SignatureError('BAD_DOCUMENT', `${field}: the document "${name}" is empty (0 bytes).`, { field });
  }
  if (bytes.length > maxBytes) throw tooLarge(bytes.length, field, maxBytes);
  if (/\.pdf$/i.test(name) && !isPdf(bytes)) {
    throw new SignatureError('BAD_DOCUMENT', `${field}: "${name}" is not a PDF, whatever its name says.`, { field });
  }
  if (path.extname(name) === '') {
    throw new SignatureError(
      'BAD_DOCUMENT',
      `${field}: give the document a file name with an extension, such as "offer.docx".`,
      {
        field,
      },
    );
  }
}

const tooLarge = (size: number, field: string, limit: number): SignatureError =>
  new SignatureError(
    'DOCUMENT_TOO_LARGE',
    `${field}: the document has ${megabytes(size)}; the limit of this node is ${megabytes(limit)}.`,
    { field },
  );
