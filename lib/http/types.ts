/** What is asked over HTTP, and what comes back. */
import type { Readable } from 'node:stream';

export interface HttpRequest {
  method: string;
  /** Absolute, or relative to `baseUrl`. */
  url: string;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  headers?: Readonly<Record<string, string>>;
  json?: unknown;
  form?: Readonly<Record<string, string>>;
  /** Any other body; give its `content-type` in `headers`. A stream is never sent twice. */
  body?: Buffer | string | Readable;
  /** Whether repeating it can do no harm; default true for GET and HEAD only. */
  idempotent?: boolean;
  /** Statuses besides 2xx that are handed back instead of thrown. */
  accept?: readonly number[];
  /** How the answer is read; default `json`. */
  read?: 'json' | 'text' | 'bytes';
  /** Values that must not appear in an error, besides the credentials in `authorization`. */
  secrets?: readonly string[];
  /** Instead of the client's. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Parsed JSON (null when there is no body), text, or a Buffer, as asked for. */
  data: unknown;
}

/** The head of an answer whose body is still to be read. */
export interface HttpStream {
  status: number;
  headers: Record<string, string>;
  body: Readable;
  /** Tells that data arrived, so that only a standstill counts against the time limit. */
  alive(): void;
  /** To be called at the end, also after a failure. */
  end(): void;
  /** What a failure of `body` means. */
  failure(thrown: unknown): unknown;
}
