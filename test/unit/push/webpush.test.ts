import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import net from 'node:net';
import { expect } from 'chai';
import { PushApiModel } from 'web-push-testing/src/PushApiModel.js';
import WebPushTestingServer from 'web-push-testing/src/server.js';
import { createProvider } from '../../../dist/lib/push/provider';
import { createVapidKeys, webPushPayload } from '../../../dist/lib/push/providers/webpush';
import { parseRecipient, type Recipient } from '../../../dist/lib/push/recipients';
import type { ProviderSettings } from '../../../dist/lib/push/settings';
import { type Answer, ScriptedServer } from '../core-signature/scripted-server';
import { expectClean, notificationOf, now, subscriptionAt, thrownBy, toolsAt } from './fixtures';

const vapid = { subject: 'mailto:ops@acme.example', ...createVapidKeys() };
const context = { idempotencyKey: 'key-1' };

const provider = (overrides: Partial<ProviderSettings> = {}, tools = toolsAt()) =>
  createProvider(
    {
      kind: 'webpush',
      vapid,
      hosts: ['127.0.0.1', 'localhost'],
      allowPrivateAddresses: true,
      ...overrides,
    } as ProviderSettings,
    tools,
  );

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0);
  await once(probe, 'listening');
  const { port } = probe.address() as net.AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

describe('Web Push against a push service that decrypts', () => {
  const model = new PushApiModel();
  const seen: IncomingHttpHeaders[] = [];
  let service: WebPushTestingServer;

  before(async () => {
    const log = console.log;
    service = new WebPushTestingServer(model, await freePort());
    console.log = () => {};
    service.startServer();
    await once(service._server, 'listening');
    console.log = log;
    service._server.prependListener('request', ({ headers }) => seen.push({ ...headers }));
  });
  after(async () => {
    service._server.closeAllConnections();
    await new Promise((resolve) => service._server.close(resolve));
  });

  const subscribe = async (applicationServerKey = vapid.publicKey) => {
    const { clientHash, endpoint, keys } = await model.subscribe({ userVisibleOnly: 'true', applicationServerKey });
    const rules = { hosts: ['localhost'], allowPrivateAddresses: true };
    return { clientHash, endpoint, recipient: parseRecipient({ kind: 'webPush', endpoint, keys }, rules) };
  };

  it('delivers the text, encrypted for this browser, with the headers of the message', async () => {
    const { clientHash, recipient } = await subscribe();
    const notification = notificationOf({
      title: 'Bitte unterschreiben: “NDA” ✍️',
      dueAt: now + 3_600_000,
      badge: 2,
      data: { a: 1 },
    });
    expect(await provider().send(notification, recipient, context)).to.deep.equal({ state: 'sent' });
    const { messages } = model.getNotifications({ clientHash });
    expect(messages.map((text) => JSON.parse(text))).to.deep.equal([
      {
        title: 'Bitte unterschreiben: “NDA” ✍️',
        body: 'Your signature is needed.',
        link: 'https://sign.example/s/SECRETLINK',
        badge: 2,
        tag: 'env-1',
        dueAt: '2030-05-30T19:00:00.000Z',
        envelopeId: 'env-1',
        data: { a: '1' },
      },
    ]);
    const headers = seen.at(-1)!;
    expect(headers).to.include({
      ttl: '3600',
      urgency: 'high',
      topic: 'env-1',
      'content-type': 'application/octet-stream',
    });
    const [, claims = ''] = String(headers.authorization).match(/t=[^.]+\.([^.]+)\./) ?? [];
    const jwt = JSON.parse(Buffer.from(claims, 'base64url').toString());
    expect(jwt).to.include({ sub: vapid.subject, aud: `http://${headers.host}` });
    expect(jwt.exp - Date.now() / 1000).to.be.within(1, 86_400);
  });

  it('finds an unsubscribed browser dead', async () => {
    const { clientHash, recipient, endpoint } = await subscribe();
    model.expireSubscription(clientHash);
    const result = await provider().send(notificationOf(), recipient, context);
    expect(result.state).to.equal('dead');
    expectClean(result, endpoint, clientHash);
  });

  it('is refused with the keys of another sender', async () => {
    const { recipient, clientHash } = await subscribe(createVapidKeys().publicKey);
    expect(await provider().send(notificationOf(), recipient, context)).to.include({
      state: 'failed',
      code: 'REFUSED',
    });
    expect(model.getNotifications({ clientHash }).messages).to.have.length(0);
  });
});

describe('Web Push', () => {
  let server: ScriptedServer;
  let recipient: Recipient;

  before(async () => {
    server = await ScriptedServer.start();
    recipient = subscriptionAt(`${server.url}/push/SECRETENDPOINT`);
  });
  after(() => server.close());
  beforeEach(() => server.reset());

  const answered = (answer: Answer, notification = notificationOf()) => {
    server.on('POST', '/push/SECRETENDPOINT', answer);
    return provider().send(notification, recipient, context);
  };

  it('reads the table of answers', async () => {
    const table: [Answer, Record<string, unknown>][] = [
      [{ status: 201, headers: { location: 'https://push.example/m/SECRET' } }, { state: 'sent' }],
      [{ status: 202 }, { state: 'sent' }],
      [{ status: 404 }, { state: 'dead' }],
      [{ status: 410, body: 'gone: SECRETENDPOINT' }, { state: 'dead' }],
      [{ status: 413 }, { state: 'failed', code: 'PAYLOAD_TOO_LARGE' }],
      [
        { status: 429, headers: { 'retry-after': '120' } },
        { state: 'retry', afterMs: 120_000 },
      ],
      [{ status: 429 }, { state: 'retry' }],
      [{ status: 406 }, { state: 'retry', afterMs: 60_000 }],
      [{ status: 401 }, { state: 'failed', code: 'UNAUTHORIZED' }],
      [
        { status: 403, body: { reason: 'BadJwtToken', message: 'SECRETENDPOINT' } },
        { state: 'failed', code: 'FORBIDDEN' },
      ],
      [
        { status: 400, body: { message: 'no' } },
        { state: 'failed', code: 'REFUSED' },
      ],
      [
        { status: 307, headers: { location: 'http://127.0.0.1:1/x' } },
        { state: 'failed', code: 'REFUSED' },
      ],
      [{ status: 500 }, { state: 'retry' }],
      [
        { status: 503, headers: { 'retry-after': '9' } },
        { state: 'retry', afterMs: 9000 },
      ],
      [{ fault: 'reset' }, { state: 'retry' }],
    ];
    for (const [answer, expected] of table) {
      const result = await answered(answer);
      expect(result, JSON.stringify(answer)).to.include(expected);
      expectClean(result, `${server.url}/push/SECRETENDPOINT`, new URL(server.url).host, vapid.privateKey);
    }
  });

  it('hides the endpoint and the link, should the service repeat them', async () => {
    const body = { message: `Bad ${server.url}/push/SECRETENDPOINT to https://sign.example/s/SECRETLINK` };
    const result = await answered({ status: 400, body });
    expect(result).to.have.property('reason').that.includes('Bad ***');
    expectClean(result, 'SECRETENDPOINT', 'SECRETLINK');
  });

  it('hides parts of the endpoint, too', async () => {
    const result = await answered({ status: 400, body: { message: 'No subscription SECRETENDPOINT here.' } });
    expect(result).to.have.property('reason').that.includes('No subscription *** here.');
  });

  it('repeats a message of unknown outcome only when it would replace itself', async () => {
    const single = notificationOf();
    delete single.collapseKey;
    const result = await answered({ fault: 'reset' }, single);
    expect(result).to.include({ state: 'failed', code: 'OUTCOME_UNKNOWN' });
    expectClean(result, new URL(server.url).host);
    expect(server.seen[0]!.headers).to.not.have.property('topic');
  });

  it('shortens keys to what a topic may be', async () => {
    const id = '8a6f2c1e-7d0b-4b8e-9a51-000000000001';
    await answered({ status: 201 }, notificationOf({ collapseKey: id, priority: 'normal' }));
    expect(server.seen[0]!.headers.topic).to.match(/^[\w-]{32}$/);
    expect(server.seen[0]!.headers.urgency).to.equal('normal');
  });

  it('refuses more than 3,800 bytes, to the byte, and sends nothing', async () => {
    const room = 3800 - Buffer.byteLength(webPushPayload(notificationOf({ body: 'x' }))) + 1;
    expect(Buffer.byteLength(webPushPayload(notificationOf({ body: 'x'.repeat(room) })))).to.equal(3800);
    provider().check(notificationOf({ body: 'x'.repeat(room) }), recipient);
    const large = notificationOf({ body: `${'x'.repeat(room - 1)}é` });
    expect(thrownBy(() => provider().check(large, recipient))).to.include({ code: 'PAYLOAD_TOO_LARGE' });
    expect(await answered({ status: 201 }, large)).to.include({ state: 'failed', code: 'PAYLOAD_TOO_LARGE' });
    expect(server.seen).to.have.length(0);
  });

  it('adds what only browsers know', () => {
    const notification = notificationOf({
      webpush: { notification: { icon: 'https://cdn.example/i.png', title: 'Own' } },
    });
    expect(JSON.parse(webPushPayload(notification))).to.include({ icon: 'https://cdn.example/i.png', title: 'Own' });
  });

  it('does not bother with a subscription that has expired', async () => {
    server.on('POST', '/push/SECRETENDPOINT', { status: 201 });
    const expired = { ...recipient, expirationTime: now - 1 } as Recipient;
    expect(await provider().send(notificationOf(), expired, context)).to.include({ state: 'dead' });
    expect(server.seen).to.have.length(0);
  });

  it('sends nowhere but to push services, also when a recipient was stored under looser rules', async () => {
    for (const overrides of [{ hosts: [] }, { allowPrivateAddresses: false }]) {
      const result = await provider(overrides as never).send(notificationOf(), recipient, context);
      expect(result).to.include({ state: 'failed', code: 'BAD_RECIPIENT' });
    }
    expect(server.seen).to.have.length(0);
  });

  it('takes matching keys only, and a subject', () => {
    const bad = (change: object) => thrownBy(() => provider({ vapid: { ...vapid, ...change } } as never));
    expect(bad({ subject: 'ops' })).to.include({ code: 'BAD_CONFIG', field: 'vapid.subject' });
    expect(bad({ subject: 'http://acme.example' })).to.include({ field: 'vapid.subject' });
    expect(bad({ publicKey: 'MARKER' })).to.include({ field: 'vapid.publicKey' });
    expect(bad({ privateKey: createVapidKeys().privateKey })).to.include({ field: 'vapid.privateKey' });
    expect(bad({ privateKey: 'MARKER' }).message).to.not.include('MARKER');
    expect(thrownBy(() => provider({ vapid: undefined } as never))).to.include({ field: 'vapid' });
  });

  it('makes keys of the right size', () => {
    const { publicKey, privateKey } = createVapidKeys();
    expect(Buffer.from(publicKey, 'base64url')).to.have.length(65);
    expect(Buffer.from(privateKey, 'base64url')).to.have.length(32);
  });
});
