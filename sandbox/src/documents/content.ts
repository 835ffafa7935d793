import { extname } from 'node:path';
import { invalid } from '../http/errors';

/** The largest file that is fetched from a `file_from_url`. */
const maxBytes = 32 * 1024 * 1024;
const fetchTimeoutMs = 10_000;
const extensions: Record<string, string> = {
  'application/pdf': '.pdf',
  'text/plain': '.txt',
  'text/html': '.html',
  'text/markdown': '.md',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': '.docx',
};

export interface Content {
  name: string;
  bytes: Buffer;
}

/**
 * Takes the file out of a body.
 *
 * @returns undefined when the body has no content but an address
 * @throws ApiError 400 when the name is missing or has no extension
 */
export function inlineContent(body: {
  file_from_content?: Buffer | null;
  file_from_content_name?: string | null;
}): Content | undefined {
  if (!body.file_from_content) return undefined;
  const name = body.file_from_content_name ?? '';
  if (name === '') throw invalid('file_from_content_name', 'This field is required with file_from_content.');
  if (extname(name) === '') throw invalid('file_from_content_name', 'The file name needs an extension, such as .pdf.');
  return { name, bytes: body.file_from_content };
}

/**
 * Fetches the file of a `file_from_url`; its name comes from the path, its extension, when missing, from the type.
 *
 * @throws Error when the address does not answer with a file within ten seconds, or it is too large
 */
export async function fetchContent(address: string, signal: AbortSignal): Promise<Content> {
  const response = await fetch(address, { signal: AbortSignal.any([signal, AbortSignal.timeout(fetchTimeoutMs)]) });
  if (!response.ok) throw new Error(`The address answered ${response.status}.`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error('The file is too large.');
    chunks.push(chunk);
  }
  const last = decodeURIComponent(new URL(address).pathname.split('/').pop() ?? '') || 'document';
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const name = extname(last) === '' ? `${last}${extensions[type] ?? ''}` : last;
  return { name, bytes: Buffer.concat(chunks) };
}
