import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server saw it. */
export interface Seen {
  method: string;
  /** Path with query. */
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** What the server does with a request. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Text and Buffers go out as they are, anything else as JSON. */
  body?: unknown;
  /** Without `content-length`. */
  chunked?: boolean;
  /** `hang`: never answers · `reset`: breaks the connection · `truncate`: breaks it within the body */
  fault?: 'hang' | 'reset' | 'truncate';
}

type Script = Answer | ((seen: Seen) => Answer | Promise<Answer>);

/** An HTTP server on loopback that answers from a script and remembers what it was asked. */
export class ScriptedServer {
  readonly seen: Seen[] = [];
  readonly #rules: { method: string; path: string; answers: Script[] }[] = [];
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  static async start(): Promise<ScriptedServer> {
    const server = new ScriptedServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers in turn; the last one is repeated. `path` is compared without the query. */
  on(method: string, path: string, ...answers: Script[]): this {
    this.#rules.unshift({ method, path, answers: [...answers] });
    return this;
  }

  count(method: string, path?: string): number {
    return this.seen.filter((seen) => seen.method === method && (path === undefined || bare(seen.path) === path))
      .length;
  }

  /** Forgets script and memory. */
  reset(): void {
    this.#rules.length = 0;
    this.seen.length = 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const seen: Seen = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    this.seen.push(seen);
    const answers = this.#rules.find(({ method, path }) => method === seen.method && path === bare(seen.path))?.answers;
    const script = (answers !== undefined && answers.length > 1 ? answers.shift() : answers?.[0]) ?? {
      status: 404,
      body: { detail: 'Not found.' },
    };
    const answer = typeof script === 'function' ? await script(seen) : script;
    if (answer.fault === 'hang') return;
    if (answer.fault === 'reset') return void request.socket.destroy();
    const raw = typeof answer.body === 'string' || Buffer.isBuffer(answer.body);
    const body =
      answer.body === undefined
        ? Buffer.alloc(0)
        : Buffer.from(raw ? (answer.body as string) : JSON.stringify(answer.body));
    response.writeHead(answer.status ?? 200, {
      'content-type': raw ? 'text/html' : 'application/json',
      ...(answer.chunked !== true && { 'content-length': body.length }),
      ...answer.headers,
    });
    if (answer.fault !== 'truncate') return void response.end(body);
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => request.socket.destroy());
  }
}

const bare = (path: string): string => path.replace(/\?.*$/, '');
