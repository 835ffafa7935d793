/** A request on its way out, and an answer's body on its way in. */
import { SignatureError } from '../errors';
import type { ExchangeAnswer } from './exchange';
import { type Failed, unreadable } from './failures';
import { hostOf } from './redact';
import type { HttpRequest } from './types';

/**
 * The absolute URL of a request, query included.
 *
 * @throws SignatureError BAD_INPUT when it cannot be read or leaves the origin of `baseUrl`, to which credentials belong
 */
export function urlOf(request: HttpRequest, baseUrl: string | undefined): string {
  if (!URL.canParse(request.url, baseUrl)) {
    throw new SignatureError('BAD_INPUT', 'The URL cannot be read. Use an absolute http or https URL.', {
      field: 'url',
    });
  }
  const url = new URL(request.url, baseUrl);
  if (baseUrl !== undefined && url.origin !== new URL(baseUrl).origin) {
    throw new SignatureError('BAD_INPUT', `The URL leads to ${url.host} instead of ${hostOf(baseUrl)}.`, {
      field: 'url',
    });
  }
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** The secret part of an `authorization` header. */
export const credentialsIn = (headers: HttpRequest['headers'] = {}): string[] =>
  Object.entries(headers)
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .flatMap(([, value]) => [value, value.replace(/^\S+\s+/, '')]);

/** Headers and body as they go over the wire. */
export function encoded(request: HttpRequest, userAgent: string) {
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': userAgent };
  const body =
    request.form !== undefined
      ? new URLSearchParams(request.form).toString()
      : request.json !== undefined
        ? JSON.stringify(request.json)
        : request.body;
  if (request.form !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
  else if (request.json !== undefined) headers['content-type'] = 'application/json';
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  return { headers, body };
}

/** The whole body. @throws SignatureError REMOTE_FAULT when it is larger than `most` bytes */
export async function readAll(answer: ExchangeAnswer, failed: Failed, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    if (size > most) throw unreadable(failed, answer.status, `more than ${Math.round(most / 1024)} KiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The body as the request wants it. @throws SignatureError REMOTE_FAULT for a success that is not JSON */
export function dataOf(bytes: Buffer, status: number, request: HttpRequest, failed: Failed): unknown {
  if (request.read === 'bytes') return bytes;
  if (request.read === 'text') return bytes.toString('utf8');
  if (bytes.length === 0) return null;
  const data = parsed(bytes);
  if (data === undefined && status < 300) throw unreadable(failed, status, 'something that is not JSON');
  return data ?? null;
}

/** Parsed JSON, or undefined when it is none. */
export function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
