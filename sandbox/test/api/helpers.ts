import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type RunningSandbox, startSandbox } from '../../dist';
import { checkExchanges } from '../contract';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field
export type Json = any;

export interface Reply {
  status: number;
  body: Json;
  headers: Headers;
}

/** A sandbox in a folder of its own, with the calls that tests make. */
export class TestSandbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  readonly recording = join(this.folder, 'recording.jsonl');
  /** Breaches of the contract that a test makes on purpose. */
  tolerated?: RegExp;
  running!: RunningSandbox;

  async start(port = 0): Promise<void> {
    this.running = await startSandbox({ port, data: join(this.folder, 'data'), record: this.recording });
  }

  /** Stops and starts again on the same port with the same data. */
  async restart(): Promise<void> {
    const port = Number(new URL(this.url).port);
    await this.running.close();
    await this.start(port);
  }

  /** Stops for good; whatever was said on the way has to keep the contract. */
  async stop(): Promise<void> {
    await this.running.close();
    const violations = checkExchanges(this.recording).filter((text) => !this.tolerated?.test(text));
    rmSync(this.folder, { recursive: true, force: true });
    if (violations.length > 0) throw new Error(`The contract was broken:\n${violations.slice(0, 20).join('\n')}`);
  }

  get url(): string {
    return this.running.url;
  }

  /** A call with any path or absolute URL. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(new URL(path, this.url), {
      method,
      redirect: 'manual',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: parsed(text), headers: response.headers };
  }

  /** A call of the API with the first team's token; `path` is below `/api/v1`, or an absolute URL. */
  api(method: string, path: string, body?: unknown, token = 'Token sandbox-token'): Promise<Reply> {
    return this.call(method, path.startsWith('/') ? `/api/v1${path}` : path, body, { authorization: token });
  }

  async get(path: string): Promise<Json> {
    return (await this.api('GET', path)).body;
  }

  async post(path: string, body: unknown = {}): Promise<Json> {
    const { status, body: answer } = await this.api('POST', path, body);
    if (status !== 201) throw new Error(`POST ${path} answered ${status}: ${JSON.stringify(answer)}`);
    return answer;
  }

  faults(settings: unknown): Promise<Reply> {
    return this.call('PUT', '/sandbox/faults', settings);
  }

  async state(): Promise<Json> {
    return (await this.call('GET', '/sandbox/state')).body;
  }

  async advance(by: string): Promise<void> {
    const { status, body } = await this.call('POST', '/sandbox/clock', { advance: by });
    if (status !== 200) throw new Error(JSON.stringify(body));
  }

  /** Creates and sends a request, and waits until it is out. */
  async send(fields: Record<string, unknown> = {}): Promise<{ request: Json; document: Json }> {
    const request = await this.post('/signature-request-quick-create/', {
      ...textFile('Please sign here: [[s|0|r:1]]'),
      signers: [{ email: 'a@example.com', full_name: 'A. Alpha' }],
      ...fields,
    });
    return { request, document: await this.documentWith(request.document, (document) => document.status !== 'co') };
  }

  /** Reads a document until it is as wanted. */
  async documentWith(url: string, wanted: (document: Json) => boolean): Promise<Json> {
    return until(async () => {
      const document = await this.get(url);
      return wanted(document) ? document : undefined;
    }, `document ${url}`);
  }

  /** A document that is over and rendered. */
  finished(url: string): Promise<Json> {
    return this.documentWith(url, (document) => Boolean(document.pdf) && !document.processing);
  }

  /** The signing page's base path for a signer, as the inbox shows it. */
  async link(document: string, email: string): Promise<string> {
    const state = await this.state();
    const shown = state.documents.find((one: Json) => one.uuid === document);
    const signer = shown.signers.findLast((one: Json) => one.email === email);
    return `${new URL(signer.link).pathname}/api`;
  }

  /** Opens the page and signs with a typed name, ticking and filling whatever is there. */
  async sign(document: string, email: string, extra: Record<string, unknown> = {}): Promise<Reply> {
    const link = await this.link(document, email);
    const view = (await this.call('GET', link)).body;
    const fields = Object.fromEntries(
      view.fields
        .filter((field: Json) => field.type !== 's')
        .map((field: Json) => [field.id, field.type === 'c' ? true : (field.value ?? 'some text')]),
    );
    return this.call('POST', `${link}/sign`, { signature: { kind: 'typed', text: email }, fields, ...extra });
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Fields of a body for a small text file. */
export function textFile(text: string, name = 'letter.txt') {
  return { file_from_content: Buffer.from(text).toString('base64'), file_from_content_name: name };
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Asks again until there is an answer, for ten seconds at most. */
export async function until<T>(ask: () => Promise<T | undefined> | T | undefined, what: string): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await wait(15);
  }
}

/** A receiver of callbacks that keeps what it got and answers as told. */
export async function startReceiver(answer: (count: number) => number = () => 200) {
  const received: Json[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(answer(received.length)).end('OK');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    types: () => received.map((event) => event.event_type),
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
