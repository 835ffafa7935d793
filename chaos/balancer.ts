import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dice } from './dice';

/** A request that came through, for the timeline. */
export interface Passage {
  real: number;
  path: string;
  runtime: string;
  status: number;
  body: string;
}

/** A runtime behind the proxy. */
export interface Target {
  name: string;
  port: number;
  isUp: boolean;
}

/** Shorter than the service waits, so that a runtime that stands still costs one attempt. */
const patienceMs = 1_000;

/**
 * The one public address of all runtimes, as a load balancer gives it: each request goes to one that is up, chosen by the
 * dice; one that cannot be reached is passed over, one that does not answer in time is answered for with 504.
 */
export class Balancer {
  readonly passages: Passage[] = [];
  readonly #server: Server;

  private constructor(
    readonly url: string,
    server: Server,
  ) {
    this.#server = server;
  }

  static async open(targets: () => Target[], dice: Dice): Promise<Balancer> {
    const server = createServer((incoming, answer) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const up = targets().filter(({ isUp }) => isUp);
        const first = dice.whole(0, Math.max(0, up.length - 1));
        const order = up.map((_, index) => up[(first + index) % up.length]).filter((one) => one !== undefined);
        void proxy.#pass(incoming, Buffer.concat(chunks), answer, order);
      });
      incoming.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const proxy = new Balancer(`http://127.0.0.1:${port}`, server);
    return proxy;
  }

  async #pass(incoming: IncomingMessage, body: Buffer, answer: ServerResponse, targets: Target[]): Promise<void> {
    const path = incoming.url ?? '/';
    const note = (runtime: string, status: number): void => {
      this.passages.push({
        real: Date.now(),
        path,
        runtime,
        status,
        body: body.length < 20_000 ? body.toString() : '',
      });
    };
    for (const target of targets) {
      const result = await forward(incoming, body, target);
      if (result === 'nobody') continue;
      if (result === 'silence') break;
      note(target.name, result.status);
      answer.writeHead(result.status, { 'content-type': 'application/json' }).end(result.body);
      return;
    }
    const status = targets.length === 0 ? 502 : 504;
    note(targets[0]?.name ?? '', status);
    answer.writeHead(status, { 'content-length': 0 }).end();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

type Result = { status: number; body: Buffer } | 'nobody' | 'silence';

/** `nobody`: nothing has been sent, so another one may be asked. `silence`: it may have been taken. */
function forward({ method, url, headers }: IncomingMessage, body: Buffer, { port }: Target): Promise<Result> {
  return new Promise((resolve) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path: url,
        agent: false,
        headers: { 'content-type': headers['content-type'] ?? 'application/json', 'content-length': body.length },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 502, body: Buffer.concat(chunks) }));
        incoming.on('error', () => resolve('silence'));
      },
    );
    // An order is answered when it is sent, which may take its time.
    outgoing.setTimeout(url?.startsWith('/core-signature/') ? patienceMs : 6 * patienceMs, () => {
      outgoing.destroy();
      resolve('silence');
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' ? 'nobody' : 'silence'),
    );
    outgoing.end(body);
  });
}
