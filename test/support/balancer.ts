import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One public address in front of several servers, as a load balancer is. */
export interface Balancer {
  url: string;
  /** Requests go to these in turn; one that does not answer is passed over. */
  targets: string[];
  /** How many requests each target has answered. */
  answered: Map<string, number>;
  close(): Promise<void>;
}

/** A server that does not answer within this time is passed over. */
const patienceMs = 2_000;

/** Starts a balancer on a free port of the loopback interface. */
export async function startBalancer(targets: string[] = []): Promise<Balancer> {
  let turn = 0;
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    turn += 1;
    const { targets } = balancer;
    for (let index = 0; index < targets.length; index += 1) {
      const target = targets[(turn + index) % targets.length] ?? '';
      const status = await fetch(`${target}${request.url}`, {
        method: request.method,
        headers: { 'content-type': request.headers['content-type'] ?? '' },
        body,
        signal: AbortSignal.timeout(patienceMs),
      }).then(
        (answer) => answer.status,
        () => undefined,
      );
      if (status === undefined) continue;
      balancer.answered.set(target, (balancer.answered.get(target) ?? 0) + 1);
      response.writeHead(status).end();
      return;
    }
    response.writeHead(502).end();
  };
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const balancer: Balancer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets,
    answered: new Map(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return balancer;
}
