import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import { type App, deleteApp, initializeApp } from 'firebase-admin/app';
import { getMessaging, type Message, type Messaging } from 'firebase-admin/messaging';
import type { NotificationInput } from '../../../dist/lib/push/message';
import { createProvider } from '../../../dist/lib/push/provider';
import type { Recipient } from '../../../dist/lib/push/recipients';
import { ScriptedServer } from '../core-signature/scripted-server';
import { deviceToken, notificationOf, now, serviceAccount, toolsAt } from './fixtures';

/** Takes what is meant for Google to a server on this computer, without TLS. */
class DetourAgent extends https.Agent {
  constructor(private readonly port: number) {
    super({ keepAlive: false });
  }
  override createConnection(): Duplex {
    return net.connect(this.port, '127.0.0.1');
  }
}

const path = '/v1/projects/demo-project/messages:send';
const expiry = (seconds: number) => String(now / 1000 + seconds);

/** What we are given, the recipient, and the same message in the words of Google's SDK. */
const cases: { name: string; input: Partial<NotificationInput>; recipient: Recipient; message: Message }[] = [
  {
    name: 'token, everything',
    input: {
      title: 'Please sign',
      body: 'Ünïcode',
      link: 'https://sign.example/s/1',
      image: 'https://cdn.example/i.png',
      badge: 3,
      sound: 'default',
      ttl: '1 hour',
      priority: 'high',
      data: { matter: 7 },
      android: { restricted_package_name: 'com.example.app', notification: { color: '#112233' } },
      apns: { payload: { aps: { 'content-available': 1 } } },
      webpush: { notification: { icon: 'https://cdn.example/icon.png', requireInteraction: true }, data: { w: '1' } },
    },
    recipient: { kind: 'fcmToken', token: deviceToken },
    message: {
      token: deviceToken,
      notification: { title: 'Please sign', body: 'Ünïcode', imageUrl: 'https://cdn.example/i.png' },
      data: { link: 'https://sign.example/s/1', envelopeId: 'env-1', matter: '7' },
      android: {
        collapseKey: 'env-1',
        priority: 'high',
        ttl: 3_600_000,
        restrictedPackageName: 'com.example.app',
        notification: {
          tag: 'env-1',
          clickAction: 'OPEN',
          channelId: 'signatures',
          sound: 'default',
          notificationCount: 3,
          color: '#112233',
        },
      },
      apns: {
        headers: { 'apns-priority': '10', 'apns-expiration': expiry(3600), 'apns-collapse-id': 'env-1' },
        payload: {
          aps: {
            badge: 3,
            sound: 'default',
            category: 'SIGN',
            threadId: 'env-1',
            mutableContent: true,
            contentAvailable: true,
          },
        },
        fcmOptions: { imageUrl: 'https://cdn.example/i.png' },
      },
      webpush: {
        headers: { TTL: '3600', Urgency: 'high', Topic: 'env-1' },
        data: { w: '1' },
        notification: { tag: 'env-1', icon: 'https://cdn.example/icon.png', requireInteraction: true },
        fcmOptions: { link: 'https://sign.example/s/1' },
      },
    },
  },
  {
    name: 'topic, little',
    input: { title: 'T', body: '', link: '', ttl: 60, priority: 'normal' },
    recipient: { kind: 'topic', topic: 'sales' },
    message: {
      topic: 'sales',
      notification: { title: 'T' },
      data: { envelopeId: 'env-1' },
      android: {
        collapseKey: 'env-1',
        priority: 'normal',
        ttl: 60_000,
        notification: { tag: 'env-1', clickAction: 'OPEN', channelId: 'signatures' },
      },
      apns: {
        headers: { 'apns-priority': '5', 'apns-expiration': expiry(60), 'apns-collapse-id': 'env-1' },
        payload: { aps: { category: 'SIGN', threadId: 'env-1' } },
      },
      webpush: { headers: { TTL: '60', Urgency: 'normal', Topic: 'env-1' }, notification: { tag: 'env-1' } },
    },
  },
  {
    name: 'condition, app link, until the due date',
    input: { title: 'T', link: 'myapp://sign/1', dueAt: now + 120_000 },
    recipient: { kind: 'condition', condition: "'a' in topics && 'b' in topics" },
    message: {
      condition: "'a' in topics && 'b' in topics",
      notification: { title: 'T', body: 'Your signature is needed.' },
      data: { link: 'myapp://sign/1', dueAt: new Date(now + 120_000).toISOString(), envelopeId: 'env-1' },
      android: {
        collapseKey: 'env-1',
        priority: 'high',
        ttl: 120_000,
        notification: { tag: 'env-1', clickAction: 'OPEN', channelId: 'signatures' },
      },
      apns: {
        headers: { 'apns-priority': '10', 'apns-expiration': expiry(120), 'apns-collapse-id': 'env-1' },
        payload: { aps: { category: 'SIGN', threadId: 'env-1' } },
      },
      webpush: { headers: { TTL: '120', Urgency: 'high', Topic: 'env-1' }, notification: { tag: 'env-1' } },
    },
  },
];

/** Both spellings of a protobuf field are the same field (ProtoJSON); the SDK leaves some of them in camel case. */
const inOneSpelling = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOneSpelling);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key === 'fcmOptions' ? 'fcm_options' : key, inOneSpelling(item)]),
  );
};

describe("FCM request bodies against Google's Admin SDK", () => {
  let server: ScriptedServer;
  let app: App;
  let messaging: Messaging;

  before(async () => {
    server = await ScriptedServer.start();
    app = initializeApp(
      {
        projectId: 'demo-project',
        credential: { getAccessToken: async () => ({ access_token: 'x', expires_in: 3600 }) },
        httpAgent: new DetourAgent(Number(new URL(server.url).port)),
      },
      'oracle',
    );
    messaging = getMessaging(app);
    messaging.enableLegacyHttpTransport();
  });
  after(async () => {
    await deleteApp(app);
    await server.close();
  });
  beforeEach(() => {
    server.reset();
    server.on('POST', '/token', { body: { access_token: 'ACCESS' } });
    server.on('POST', path, { body: { name: 'projects/demo-project/messages/1' } });
  });
  const bodies = () =>
    server.seen.filter((seen) => seen.path === path).map(({ body }) => inOneSpelling(JSON.parse(body)));

  for (const { name, input, recipient, message } of cases) {
    for (const dryRun of [false, true]) {
      it(`${name}${dryRun ? ', dry run' : ''}`, async () => {
        await messaging.send(structuredClone(message), dryRun);
        const fcm = createProvider(
          {
            kind: 'fcm',
            serviceAccount,
            baseUrl: server.url,
            tokenUrl: `${server.url}/token`,
            clickAction: 'OPEN',
            channelId: 'signatures',
            category: 'SIGN',
          },
          toolsAt(),
        );
        const result = await fcm.send(notificationOf({ ...input, dryRun }), recipient, { idempotencyKey: 'k' });
        expect(result).to.include({ state: 'sent' });
        const [theirs, ours] = bodies() as [Record<string, unknown>, Record<string, unknown>];
        // The SDK leaves `validate_only` out when it is false, which is its default.
        expect(ours).to.deep.equal({ validate_only: false, ...theirs });
      });
    }
  }

  it('an installation id stands where a token would', async () => {
    const fcm = createProvider(
      { kind: 'fcm', serviceAccount, baseUrl: server.url, tokenUrl: `${server.url}/token` },
      toolsAt(),
    );
    const fid = 'c'.padEnd(22, '0');
    await fcm.send(notificationOf(), { kind: 'fcmToken', token: fid }, { idempotencyKey: 'k' });
    await fcm.send(notificationOf(), { kind: 'fid', fid }, { idempotencyKey: 'k' });
    const [byToken, byFid] = bodies() as { message: Record<string, unknown> }[];
    const { token, ...rest } = byToken!.message;
    expect(byFid!.message).to.deep.equal({ ...rest, fid: token });
  });
});
