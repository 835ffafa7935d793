import { appendFileSync } from 'node:fs';

/** One line of a recording: a request to the API with its answer, or a callback. */
export interface Exchange {
  kind: 'api' | 'callback';
  method: string;
  path: string;
  query: string;
  request: unknown;
  status: number | null;
  response: unknown;
}

const secretKeys = new Set(['password', 'client_secret', 'access_token', 'key', 'event_hash']);

/** Writes down what goes over the wire, so that a test can hold it against the contract. No secret is written. */
export class Recorder {
  /** @param file path of the recording, which is appended to; without it nothing is recorded */
  constructor(private readonly file: string | undefined) {}

  add(exchange: Exchange): void {
    if (this.file === undefined) return;
    appendFileSync(this.file, `${JSON.stringify(exchange, shorten)}\n`);
  }
}

function shorten(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (secretKeys.has(key)) return '<secret>';
  if (key === 'file_from_content') return `<base64 ${Math.floor((value.length * 3) / 4)} bytes>`;
  return value;
}
