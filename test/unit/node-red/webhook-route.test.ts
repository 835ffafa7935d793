import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Express, RequestHandler } from 'express';
import type { NodeAPI } from 'node-red';
import { WebhookRoute } from '../../../dist/lib/node-red/webhook-route';

/** The Express that Node-RED brings. */
const express = createRequire(require.resolve('node-red'))('express') as () => Express;

const refuse: RequestHandler = (_request, response) => {
  response.sendStatus(403);
};

/** What an integrator, another node or an embedding application can put in front of the flows' routes. */
interface Guards {
  settings?: object;
  /** On the admin app, as Node-RED does with `httpAdminMiddleware`. */
  admin?(app: Express): void;
  /** Before Node-RED's apps are mounted. */
  root?(app: Express): void;
  /** Between the admin app and the flows' app, as `httpNodeAuth` is. */
  between?(app: Express): void;
  /** On the flows' app before the package is loaded. */
  flows?(app: Express): void;
}

describe('the webhook route', () => {
  let server: Server;
  let url: string;
  let bodies: string[];
  let walked: number;

  /** Apps as Node-RED has them: what nodes get as admin app is mounted on one that is mounted on the root. */
  const listen = async ({ settings = {}, admin: onAdmin, root, between, flows }: Guards): Promise<void> => {
    const [top, admin, httpAdmin, httpNode] = [express(), express(), express(), express()];
    bodies = [];
    walked = 0;
    admin.use((_request, _response, next) => {
      walked += 1;
      next();
    });
    admin.use(httpAdmin);
    onAdmin?.(admin);
    root?.(top);
    top.use('/', admin);
    between?.(top);
    top.use('/', httpNode);
    flows?.(httpNode);
    const route = new WebhookRoute({ httpNode, httpAdmin, settings } as unknown as NodeAPI);
    route.open('secret', async (body) => {
      bodies.push(body.toString());
      return { status: 200 };
    });
    server = createServer(top);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/core-signature/events/`;
  };
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const post = async (path: string): Promise<number> => {
    const headers = { 'content-type': 'application/json', connection: 'close' };
    return (await fetch(url + path, { method: 'POST', body: '{"a":1}', headers })).status;
  };

  it('answers at once where nothing is in between', async () => {
    await listen({});
    expect([await post('secret'), await post('secret?x=1')]).to.deep.equal([200, 200]);
    expect(bodies).to.deep.equal(['{"a":1}', '{"a":1}']);
    expect(walked).to.equal(0);
    expect(await post('wrong')).to.equal(404);
    expect(await post('secret/more')).to.equal(404);
  });

  it('goes through all apps when the middleware of the settings lets everything pass', async () => {
    const pass: RequestHandler = (_request, _response, next) => next();
    await listen({ settings: { httpNodeMiddleware: pass }, between: (app) => app.use(pass) });
    expect([await post('secret'), bodies, walked]).to.deep.equal([200, ['{"a":1}'], 1]);
  });

  const guards: Record<string, Guards> = {
    httpNodeMiddleware: { settings: { httpNodeMiddleware: refuse } },
    httpAdminMiddleware: { settings: { httpAdminMiddleware: refuse }, admin: (app) => app.use(refuse) },
    httpNodeAuth: { between: (app) => app.use('/', refuse) },
    'middleware of an embedding application': { root: (app) => app.use(refuse) },
    'an app of an embedding application': { root: (app) => app.use('/', express().use(refuse)) },
    'middleware of another node': { flows: (app) => app.use(refuse) },
    'a route of another node': { flows: (app) => app.all('*', refuse) },
  };
  for (const [name, guard] of Object.entries(guards)) {
    it(`lets ${name} refuse a webhook`, async () => {
      await listen(guard);
      expect([await post('secret'), bodies]).to.deep.equal([403, []]);
    });
  }
});
