import { generateKeyPairSync } from 'node:crypto';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getMessaging } from 'firebase-admin/messaging';
import type { Json } from '../api/helpers';
import { PushSandbox } from './helpers';

/** Takes what is meant for Google to a server on this computer, without TLS. */
class DetourAgent extends https.Agent {
  constructor(private readonly port: number) {
    super({ keepAlive: false });
  }
  override createConnection(): Duplex {
    return net.connect(this.port, '127.0.0.1');
  }
}

const fcmError = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';
const unknownToken = `${'a'.repeat(22)}:APA91b${'b'.repeat(60)}`;

describe('push: FCM', () => {
  const sandbox = new PushSandbox();
  before(() => sandbox.start());
  after(() => sandbox.stop());
  beforeEach(() => sandbox.call('POST', '/sandbox/reset'));

  const errorOf = ({ status, body }: Json) => [status, body.error.status, body.error.details?.[0]?.errorCode];

  describe('the token endpoint', () => {
    it('gives a token for an assertion of the service account, also in the name of Google', async () => {
      const { status, body } = await sandbox.token();
      expect(status).to.equal(200);
      expect(body).to.include({ token_type: 'Bearer', expires_in: 3599 });
      expect((await sandbox.token({ aud: 'https://oauth2.googleapis.com/token' })).status).to.equal(200);
    });

    it('keeps the service account over a reset and a restart', async () => {
      const account = await sandbox.serviceAccount();
      expect(account).to.include({ type: 'service_account', token_uri: `${sandbox.url}/fcm/token` });
      await sandbox.call('POST', '/sandbox/reset');
      await sandbox.restart();
      expect(await sandbox.serviceAccount()).to.deep.equal(account);
    });

    const now = Math.floor(Date.now() / 1000);
    const wrong: [string, Json, string, RegExp][] = [
      ['another audience', { aud: 'https://else.example/token' }, 'invalid_grant', /audience/],
      ['another account', { iss: 'x@else.example' }, 'invalid_grant', /account not found/],
      ['an assertion that has expired', { iat: now - 7200, exp: now - 3700 }, 'invalid_grant', /short-lived/],
      ['an assertion for two hours', { exp: now + 7200 }, 'invalid_grant', /short-lived/],
      ['another scope', { scope: 'https://www.googleapis.com/auth/drive' }, 'invalid_scope', /scope/],
    ];
    for (const [name, claims, error, text] of wrong) {
      it(`refuses ${name}`, async () => {
        const answer = await sandbox.token(claims);
        expect(answer.status).to.equal(400);
        expect(answer.body.error).to.equal(error);
        expect(answer.body.error_description).to.match(text);
      });
    }

    it('refuses another key, and another grant', async () => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const answer = await sandbox.token({}, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
      expect(answer.body).to.deep.equal({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' });
      const other = await sandbox.call('POST', '/fcm/token', { grant_type: 'password', assertion: 'x' });
      expect(other.body.error).to.equal('unsupported_grant_type');
      expect((await sandbox.call('POST', '/fcm/token', {})).body.error).to.equal('invalid_request');
    });
  });

  it('shows a message to a token on its phone, and answers with its name', async () => {
    const { token } = await sandbox.device();
    const { status, body } = await sandbox.fcm({
      token,
      notification: { title: 'Please sign', body: 'by Friday' },
      data: { link: 'https://sign.example/s/1', envelopeId: 'env-1' },
      android: { priority: 'high', ttl: '3600s', collapse_key: 'env-1', notification: { tag: 'env-1' } },
    });
    expect(status).to.equal(200);
    expect(body.name).to.match(/^projects\/sandbox-project\/messages\/0:\d+%[0-9a-f]+$/);
    const [notification] = await sandbox.notifications();
    const link = 'https://sign.example/s/1';
    expect(notification).to.include({ title: 'Please sign', body: 'by Friday', link, topic: 'env-1', service: 'fcm' });
    const call = { service: 'fcm', status: 200, target: 'anna', ttl: 3600, urgency: 'high' };
    expect(await sandbox.lastCall()).to.include(call);
    const remind = async (to: string) => {
      await sandbox.fcm({
        token: to,
        notification: { title: 'Reminder' },
        android: { notification: { tag: 'env-1' } },
      });
    };
    const replaced = async () => (await sandbox.notifications()).map((one) => one.replaced);
    await remind((await sandbox.device('ben')).token);
    expect(await replaced()).to.deep.equal([false]);
    await remind(token);
    expect(await replaced()).to.deep.equal([false, true]);
  });

  it('reaches an installation id, a topic and a condition', async () => {
    const { fid } = await sandbox.device('anna');
    await sandbox.device('ben');
    await sandbox.control('PATCH', '/phones/anna', { topics: ['sales', 'north'] });
    await sandbox.control('PATCH', '/phones/ben', { topics: ['sales'] });
    const send = async (target: Json, title: string) => {
      expect((await sandbox.fcm({ ...target, notification: { title } })).status).to.equal(200);
    };
    await send({ fid }, 'fid');
    await send({ topic: 'sales' }, 'topic');
    await send({ topic: 'nobody' }, 'nobody');
    await send({ condition: "'sales' in topics && !('north' in topics)" }, 'south');
    await send({ condition: "('x' in topics || 'north' in topics) && 'sales' in topics" }, 'north');
    const titles = async (name: string) => (await sandbox.notifications(name)).map(({ title }) => title);
    expect(await titles('anna')).to.deep.equal(['north', 'topic', 'fid']);
    expect(await titles('ben')).to.deep.equal(['south', 'topic']);
  });

  it('checks everything of a dry run and shows nothing', async () => {
    const { token } = await sandbox.device();
    const { body } = await sandbox.fcm({ token, notification: { title: 'x' } }, { validate_only: true });
    expect(body.name).to.equal('projects/sandbox-project/messages/fake_message_id');
    expect(errorOf(await sandbox.fcm({ token: unknownToken }, { validateOnly: true }))).to.include('UNREGISTERED');
    expect(await sandbox.notifications()).to.deep.equal([]);
  });

  it('unregisters a token that was renewed or whose app is gone', async () => {
    const { token } = await sandbox.device();
    const { token: renewed } = await sandbox.device();
    expect(errorOf(await sandbox.fcm({ token }))).to.deep.equal([404, 'NOT_FOUND', 'UNREGISTERED']);
    expect((await sandbox.fcm({ token: renewed, data: { a: '1' } })).status).to.equal(200);
    await sandbox.control('DELETE', '/phones/anna/token');
    expect(errorOf(await sandbox.fcm({ token: renewed }))).to.deep.equal([404, 'NOT_FOUND', 'UNREGISTERED']);
  });

  it('refuses other credentials by 401 and other projects by 403; a token lives an hour of virtual time', async () => {
    const body = { message: { topic: 'x' } };
    for (const authorization of ['', 'Bearer ya29.9999999999.abc.def', 'Token sandbox-token']) {
      const answer = await sandbox.fcmWith(authorization, body);
      expect(errorOf(answer), authorization).to.deep.equal([401, 'UNAUTHENTICATED', undefined]);
    }
    const token = `Bearer ${(await sandbox.token()).body.access_token}`;
    expect(errorOf(await sandbox.fcmWith(token, body, 'else'))).to.deep.equal([403, 'PERMISSION_DENIED', undefined]);
    expect((await sandbox.fcmWith(token, body)).status).to.equal(200);
    await sandbox.advance('61m');
    expect((await sandbox.fcmWith(token, body)).status).to.equal(401);
  });

  describe('refuses by INVALID_ARGUMENT', () => {
    let token: string;
    beforeEach(async () => {
      token = (await sandbox.device()).token;
    });
    /** Without a field it is FCM's own complaint, with one it is about this field. */
    const check = async (message: Json, text: RegExp, field?: string) => {
      const { status, body } = await sandbox.fcm(message);
      expect([status, body.error?.status]).to.deep.equal([400, 'INVALID_ARGUMENT']);
      expect(body.error.message).to.match(text);
      const [detail] = body.error.details;
      if (field === undefined) expect(detail).to.deep.equal({ '@type': fcmError, errorCode: 'INVALID_ARGUMENT' });
      else expect(detail.fieldViolations[0].field).to.equal(field);
      expect(await sandbox.notifications()).to.deep.equal([]);
    };

    it('no target, two targets, a target that is none', async () => {
      await check({ notification: { title: 'x' } }, /Recipient of the message is not set/);
      await check({ token, topic: 'x' }, /oneof field 'target' is already set. Cannot set 'topic'/, 'message');
      await check({ token: 'nonsense' }, /not a valid FCM registration token/);
      await check({ topic: '/topics/x' }, /topic name/);
      await check({ condition: "'a' in topics &&" }, /condition/);
      await check({ condition: [...'abcdef'].map((one) => `'${one}' in topics`).join(' || ') }, /at most 5/);
    });

    it('unknown fields and wrong types, with their place', async () => {
      await check({ token, notifcation: {} }, /Unknown name "notifcation" at 'message'/, 'message');
      await check({ token, android: { collapseKeys: 'x' } }, /Unknown name "collapse_keys"/, 'message.android');
      await check({ token, data: { n: 5 } }, /'message.data.n' \(TYPE_STRING\), 5/, 'message.data.n');
      await check({ token, notification: { title: 5 } }, /TYPE_STRING/, 'message.notification.title');
      await check({ token, android: { ttl: 3600 } }, /Duration/, 'message.android.ttl');
      await check({ token, android: { priority: 'urgent' } }, /TYPE_ENUM/, 'message.android.priority');
      const webpush = { fcmOptions: { link: 'http://flows.example' } };
      await check({ token, webpush }, /HTTPS/, 'message.webpush.fcm_options.link');
    });

    it('reserved keys', async () => {
      for (const key of ['from', 'message_type', 'google.x', 'gcm.notification.x']) {
        await check({ token, data: { [key]: '1' } }, /Invalid data payload key/);
      }
    });

    it('too much: 4096 bytes for devices, 2048 for topics, four weeks, 64 bytes', async () => {
      const data = (bytes: number) => ({ d: 'x'.repeat(bytes - 1) });
      await check({ token, data: data(4097) }, /too big/);
      await check({ topic: 'x', data: data(2049) }, /too big/);
      await check({ token, android: { ttl: '2419201s' } }, /TTL/);
      await check({ token, apns: { headers: { 'apns-collapse-id': 'x'.repeat(65) } } }, /collapse-id/);
      expect((await sandbox.fcm({ topic: 'x', data: data(2048) })).status).to.equal(200);
      expect((await sandbox.fcm({ token, data: data(4096), android: { ttl: '2419200s' } })).status).to.equal(200);
    });

    it('a body that is not JSON', async () => {
      const authorization = `Bearer ${(await sandbox.token()).body.access_token}`;
      const answer = await sandbox.fcmWith(authorization, '{');
      expect(errorOf(answer)).to.deep.equal([400, 'INVALID_ARGUMENT', undefined]);
    });
  });

  const table: [string, string, number, string, string | null][] = [
    ['unregistered-1', 'UNREGISTERED', 404, 'NOT_FOUND', null],
    ['mismatch-1', 'SENDER_ID_MISMATCH', 403, 'PERMISSION_DENIED', null],
    ['thirdparty-1', 'THIRD_PARTY_AUTH_ERROR', 401, 'UNAUTHENTICATED', null],
    ['quota-1', 'QUOTA_EXCEEDED', 429, 'RESOURCE_EXHAUSTED', '60'],
    ['unavailable-1', 'UNAVAILABLE', 503, 'UNAVAILABLE', '5'],
    ['internal-1', 'INTERNAL', 500, 'INTERNAL', null],
  ];
  for (const [token, code, status, word, retryAfter] of table) {
    it(`answers ${code} to ${token}, and to any device on demand`, async () => {
      const answer = await sandbox.fcm({ token });
      expect(errorOf(answer)).to.deep.equal([status, word, code]);
      expect(answer.headers.get('retry-after')).to.equal(retryAfter);
      const device = await sandbox.device();
      await sandbox.faults({ push: [{ service: 'fcm', code, times: 1, match: device.token, retryAfter: 3 }] });
      expect((await sandbox.fcm({ topic: 'x' })).status).to.equal(200);
      const demanded = await sandbox.fcm({ token: device.token });
      expect([...errorOf(demanded), demanded.headers.get('retry-after')]).to.deep.equal([status, word, code, '3']);
      expect((await sandbox.fcm({ token: device.token })).status).to.equal(200);
    });
  }

  it('answers a status without a code of FCM on demand', async () => {
    await sandbox.faults({ push: [{ service: 'fcm', status: 401, times: 1 }] });
    expect(errorOf(await sandbox.fcm({ topic: 'x' }))).to.deep.equal([401, 'UNAUTHENTICATED', undefined]);
  });

  it('serves the Admin SDK of Google', async () => {
    const { token } = await sandbox.device();
    const httpAgent = new DetourAgent(Number(new URL(sandbox.url).port));
    // The SDK takes Google's token endpoint for granted, so its credential is one of our own.
    const credential = { getAccessToken: async () => (await sandbox.token()).body };
    const app = initializeApp({ credential, projectId: 'sandbox-project', httpAgent }, 'sdk');
    try {
      const messaging = getMessaging(app);
      messaging.enableLegacyHttpTransport();
      const link = 'https://sign.example/s/2';
      const id = await messaging.send({
        token,
        notification: { title: 'From the SDK' },
        data: { link },
        android: { priority: 'high', ttl: 3_600_000, notification: { tag: 'env-2', notificationCount: 1 } },
        apns: { headers: { 'apns-priority': '10' }, payload: { aps: { badge: 1, threadId: 'env-2' } } },
        webpush: { headers: { TTL: '60' }, fcmOptions: { link } },
      });
      expect(id).to.match(/^projects\/sandbox-project\/messages\//);
      expect((await sandbox.notifications())[0]).to.include({ title: 'From the SDK', topic: 'env-2', badge: 1, link });
      const failure = await messaging.send({ token: unknownToken, notification: { title: 'x' } }).catch((e) => e);
      expect(failure.code).to.equal('messaging/registration-token-not-registered');
    } finally {
      await deleteApp(app);
    }
  });
});
