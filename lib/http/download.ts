/** Fetches a file from a pre-signed URL: without credentials, hashed and measured on the way, never held in memory. */
import { createHash } from 'node:crypto';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SignatureError } from '../errors';
import { createHttpClient, type HttpStream } from './client';

export interface DownloadOptions {
  userAgent: string;
  /** Plain name of the other side for messages; default `The file host`. */
  service?: string;
  /** Largest file; default 100 MiB. */
  maxBytes?: number;
  /** Longest standstill; default 30,000. */
  timeoutMs?: number;
  /** Default false. */
  allowPrivateAddresses?: boolean;
  /** Redirects to follow, each address checked; default 3. */
  redirects?: number;
  signal?: AbortSignal;
}

export interface Downloaded {
  /** Bytes. */
  size: number;
  /** SHA-256 in lower-case hex. */
  sha256: string;
  /** `content-type` of the answer, empty when missing. */
  contentType: string;
}

/** Bytes that a file may take in before the network has to wait for the disk. */
export const writeBytes = 1024 * 1024;

const redirectStatuses = [301, 302, 303, 307, 308];

/**
 * Streams a URL into a writable, which is ended, or destroyed on failure.
 *
 * @param url pre-signed or public URL; no Authorization header is sent, because it would leak and some stores refuse it
 * @param sink receives the bytes
 * @param options see `DownloadOptions`
 * @throws SignatureError BAD_INPUT (private address), FORBIDDEN or REFUSED with `status` (expired URL: read the document
 *   again), DOCUMENT_TOO_LARGE, UNREACHABLE (also when the connection breaks midway), REMOTE_FAULT (truncated)
 */
export async function download(url: string, sink: Writable, options: DownloadOptions): Promise<Downloaded> {
  const most = options.maxBytes ?? 100 * 1024 * 1024;
  const tooLarge = () =>
    new SignatureError(
      'DOCUMENT_TOO_LARGE',
      `The file is larger than ${Math.floor(most / 1024)} KiB. Raise the size limit.`,
    );
  let answer: HttpStream | undefined;
  try {
    answer = await opened(url, options);
    const expected = answer.headers['content-encoding'] === undefined ? Number(answer.headers['content-length']) : NaN;
    if (expected > most) throw tooLarge();
    const hash = createHash('sha256');
    let size = 0;
    const { alive } = answer;
    // A transform and not a generator, which costs as much per piece as the hash.
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        alive();
        size += chunk.length;
        if (size > most) return done(tooLarge());
        hash.update(chunk);
        done(null, chunk);
      },
      flush(done) {
        if (Number.isNaN(expected) || size === expected) return done();
        done(new SignatureError('REMOTE_FAULT', `The file ended after ${size} of ${expected} bytes. Try again.`));
      },
    });
    await pipeline(answer.body, measure, sink);
    return { size, sha256: hash.digest('hex'), contentType: answer.headers['content-type'] ?? '' };
  } catch (thrown) {
    answer?.body.destroy();
    sink.destroy();
    throw thrown instanceof SignatureError || answer === undefined ? thrown : answer.failure(thrown);
  } finally {
    answer?.end();
  }
}

/** The answer after redirects, its body unread. */
async function opened(url: string, options: DownloadOptions): Promise<HttpStream> {
  const http = createHttpClient({
    service: options.service ?? 'The file host',
    userAgent: options.userAgent,
    timeoutMs: options.timeoutMs,
    allowPrivateAddresses: options.allowPrivateAddresses ?? false,
  });
  let target = url;
  for (let left = options.redirects ?? 3; ; left -= 1) {
    const answer = await http.open({
      method: 'GET',
      url: target,
      headers: { accept: '*/*', 'accept-encoding': 'identity' },
      accept: left > 0 ? redirectStatuses : [],
      signal: options.signal,
    });
    const next = answer.headers.location;
    if (answer.status < 300) return answer;
    answer.body.destroy();
    answer.end();
    if (next === undefined || !URL.canParse(next, target)) {
      throw new SignatureError('REMOTE_FAULT', 'The file host redirects to nowhere. Check the URL.', {
        status: answer.status,
      });
    }
    target = new URL(next, target).href;
  }
}
