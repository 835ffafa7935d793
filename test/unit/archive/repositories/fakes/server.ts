import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Incoming {
  method: string;
  /** As sent, without the query. */
  path: string;
  query: URLSearchParams;
  search: string;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** Text and Buffers go out as they are, anything else as JSON. */
  body?: unknown;
}

type Matcher = (request: Incoming) => boolean;

/** A server on loopback that remembers what it was asked, and breaks on demand. */
export abstract class FakeServer {
  readonly seen: Incoming[] = [];
  #lose: Matcher[] = [];
  #instead: { matches: Matcher; reply: Reply }[] = [];
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  protected abstract answer(request: Incoming): Reply | Promise<Reply>;

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next matching request takes effect, but its answer is lost. */
  loseAnswer(matches: Matcher): void {
    this.#lose.push(matches);
  }

  /** The next matching request has no effect and gets this answer. */
  refuse(matches: Matcher, reply: Reply): void {
    this.#instead.push({ matches, reply });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return;
    }
    const url = new URL(request.url ?? '/', 'http://fake');
    const seen: Incoming = {
      method: request.method ?? '',
      path: (request.url ?? '').replace(/\?.*$/, ''),
      query: url.searchParams,
      search: url.search,
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    this.seen.push(seen);
    const instead = this.#instead.findIndex(({ matches }) => matches(seen));
    const reply = instead >= 0 ? this.#instead.splice(instead, 1)[0]!.reply : await this.answer(seen);
    const lost = this.#lose.findIndex((matches) => matches(seen));
    if (lost >= 0) {
      this.#lose.splice(lost, 1);
      return void request.socket.destroy();
    }
    const raw = typeof reply.body === 'string' || Buffer.isBuffer(reply.body);
    const body =
      reply.body === undefined
        ? Buffer.alloc(0)
        : Buffer.from(raw ? (reply.body as string) : JSON.stringify(reply.body));
    response.writeHead(reply.status ?? 200, {
      'content-type': raw ? 'text/plain' : 'application/json',
      'content-length': body.length,
      ...reply.headers,
    });
    response.end(seen.method === 'HEAD' ? undefined : body);
  }
}

export interface FormPart {
  name: string;
  filename?: string;
  type?: string;
  data: Buffer;
}

/** Parts of a multipart/form-data body, strictly: CRLF, the announced boundary, and its end. */
export function partsOf({ headers, body }: Incoming): FormPart[] {
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) throw new Error('no boundary');
  const text = body.toString('latin1');
  const pieces = text.split(`--${boundary}`);
  if (pieces[0] !== '' || pieces.at(-1) !== '--\r\n') throw new Error('not a whole form');
  return pieces.slice(1, -1).map((piece) => {
    const [, head = '', data = ''] = /^\r\n(.*?)\r\n\r\n(.*)\r\n$/s.exec(piece) ?? [];
    const utf8 = Buffer.from(head, 'latin1').toString('utf8');
    return {
      name: /form-data; name="([^"]*)"/.exec(utf8)?.[1] ?? '',
      filename: /; filename="([^"]*)"/.exec(utf8)?.[1],
      type: /Content-Type: (.*)/.exec(utf8)?.[1],
      data: Buffer.from(data, 'latin1'),
    };
  });
}

export const formOf = ({ body }: Incoming): URLSearchParams => new URLSearchParams(body.toString('utf8'));
