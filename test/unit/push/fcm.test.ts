import { verify } from 'node:crypto';
import { expect } from 'chai';
import { createProvider } from '../../../dist/lib/push/provider';
import type { Recipient } from '../../../dist/lib/push/recipients';
import type { ProviderSettings } from '../../../dist/lib/push/settings';
import { type Answer, ScriptedServer, type Seen } from '../core-signature/scripted-server';
import { failing } from '../http/failing';
import {
  deviceToken,
  expectClean,
  notificationOf,
  now,
  privateKeyPem,
  rsaPublicKey,
  serviceAccount,
  thrownBy,
  toolsAt,
} from './fixtures';

const sendPath = '/v1/projects/demo-project/messages:send';
const device: Recipient = { kind: 'fcmToken', token: deviceToken };
const context = { idempotencyKey: 'key-1' };
const fcmError = (status: number, errorCode: string, more: object = {}): Answer => ({
  status,
  body: {
    error: {
      code: status,
      message: `Trouble with ${deviceToken} and https://sign.example/s/SECRETLINK.`,
      status: 'WHATEVER',
      details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }, more],
    },
  },
});

describe('FCM', () => {
  let server: ScriptedServer;
  let tools: ReturnType<typeof toolsAt>;
  let tokens = 0;

  before(async () => {
    server = await ScriptedServer.start();
  });
  after(() => server.close());
  beforeEach(() => {
    server.reset();
    tokens = 0;
    tools = toolsAt();
    server.on('POST', '/token', () => {
      tokens += 1;
      return { body: { access_token: `ACCESS-${tokens}`, expires_in: 3600, token_type: 'Bearer' } };
    });
    server.on('POST', sendPath, { body: { name: 'projects/demo-project/messages/1' } });
  });

  const provider = (overrides: Partial<ProviderSettings> = {}) =>
    createProvider(
      {
        kind: 'fcm',
        serviceAccount,
        baseUrl: server.url,
        tokenUrl: `${server.url}/token`,
        ...overrides,
      } as ProviderSettings,
      tools,
    );
  const sends = (): Seen[] => server.seen.filter(({ path }) => path === sendPath);
  const messageSent = () => JSON.parse(sends().at(-1)!.body);
  const answered = (...answers: Answer[]) => {
    server.on('POST', sendPath, ...answers);
    return provider().send(notificationOf(), device, context);
  };

  it('logs on with an assertion signed by the service account', async () => {
    expect(await provider().send(notificationOf(), device, context)).to.deep.equal({
      state: 'sent',
      id: 'projects/demo-project/messages/1',
    });
    const form = new URLSearchParams(server.seen[0]!.body);
    expect(form.get('grant_type')).to.equal('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head = '', claims = '', signature = ''] = form.get('assertion')!.split('.');
    expect(
      verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), rsaPublicKey, Buffer.from(signature, 'base64url')),
    ).to.equal(true);
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).to.deep.equal({
      alg: 'RS256',
      typ: 'JWT',
      kid: 'key-1',
    });
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).to.deep.equal({
      iss: serviceAccount.client_email,
      scope: 'https://www.googleapis.com/auth/firebase.messaging',
      aud: `${server.url}/token`,
      iat: now / 1000,
      exp: now / 1000 + 3600,
    });
    expect(sends()[0]!.headers.authorization).to.equal('Bearer ACCESS-1');
  });

  it('shares a token among all who send, and renews it shortly before it expires', async () => {
    const fcm = provider();
    await Promise.all([1, 2, 3].map(() => fcm.send(notificationOf(), device, context)));
    expect(tokens).to.equal(1);
    await tools.pace.advance(54 * 60_000);
    await fcm.send(notificationOf(), device, context);
    expect(tokens).to.equal(1);
    await tools.pace.advance(2 * 60_000);
    await fcm.send(notificationOf(), device, context);
    expect(tokens).to.equal(2);
  });

  it('renews a refused token once, not twice', async () => {
    const refused = { status: 401, body: { error: { status: 'UNAUTHENTICATED', message: 'Expired.' } } };
    expect(await answered(refused, { body: { name: 'm' } })).to.deep.equal({ state: 'sent', id: 'm' });
    expect(sends().map(({ headers }) => headers.authorization)).to.deep.equal(['Bearer ACCESS-1', 'Bearer ACCESS-2']);
    server.reset();
    server.on('POST', '/token', { body: { access_token: 'ACCESS' } });
    expect(await answered(refused)).to.include({ state: 'failed', code: 'UNAUTHORIZED' });
    expect(sends()).to.have.length(2);
    // A 401 about Apple's credentials is not about the token.
    await answered(fcmError(401, 'THIRD_PARTY_AUTH_ERROR'));
    expect(sends()).to.have.length(3);
  });

  it('sends nothing without a token, and says why', async () => {
    server.on('POST', '/token', {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' },
    });
    const fcm = provider();
    const result = await fcm.send(notificationOf(), device, context);
    expect(result).to.include({ state: 'failed', code: 'UNAUTHORIZED' });
    expect(result).to.have.property('reason').that.includes('Invalid JWT Signature');
    // Not asked again at once.
    await fcm.send(notificationOf(), device, context);
    expect(server.count('POST', '/token')).to.equal(1);
    expect(sends()).to.have.length(0);
    server.on('POST', '/token', { status: 503 });
    expect(await provider().send(notificationOf(), device, context)).to.include({ state: 'retry' });
  });

  it('shortens the time to live to the due date, for each platform in its own way', async () => {
    tools.pace = toolsAt(now - 86_400_000).pace;
    const fcm = provider();
    tools.clock.time = now + 60_000;
    await fcm.send(notificationOf({ dueAt: new Date(now + 3_660_000).toISOString() }), device, context);
    const { message } = messageSent();
    expect(message.android.ttl).to.equal('3600s');
    expect(message.webpush.headers.TTL).to.equal('3600');
    // A moment on Apple's clock, whatever the sandbox's shows.
    expect(message.apns.headers['apns-expiration']).to.equal(String((now - 86_400_000) / 1000 + 3600));
    expect(message.data.dueAt).to.equal('2030-05-30T19:01:00.000Z');
  });

  it('sends nothing when the time is over', async () => {
    const fcm = provider();
    const due = notificationOf({ dueAt: '1 hour' });
    const short = notificationOf({ ttl: '1 minute' });
    tools.clock.time = now + 3_600_000;
    expect(await fcm.send(due, device, context)).to.include({ state: 'failed', code: 'DUE_IN_PAST' });
    expect(await fcm.send(short, device, context)).to.include({ state: 'failed', code: 'DUE_IN_PAST' });
    expect(thrownBy(() => fcm.check(due, device)).field).to.equal('dueAt');
    expect(thrownBy(() => fcm.check(short, device)).field).to.equal('ttl');
    expect(server.seen).to.have.length(0);
  });

  it('reads the error table, FCM code first', async () => {
    const table: [Answer, Record<string, unknown>][] = [
      [fcmError(404, 'UNREGISTERED'), { state: 'dead' }],
      [fcmError(400, 'INVALID_ARGUMENT'), { state: 'failed', code: 'REFUSED' }],
      [
        fcmError(400, 'INVALID_ARGUMENT', { fieldViolations: [{ field: 'message.token' }] }),
        { state: 'failed', code: 'BAD_RECIPIENT' },
      ],
      [
        fcmError(400, 'INVALID_ARGUMENT', { fieldViolations: [{ field: 'message.data[0]' }] }),
        { state: 'failed', code: 'REFUSED' },
      ],
      [fcmError(403, 'SENDER_ID_MISMATCH'), { state: 'failed', code: 'FORBIDDEN' }],
      [fcmError(401, 'THIRD_PARTY_AUTH_ERROR'), { state: 'failed', code: 'UNAUTHORIZED' }],
      [fcmError(429, 'QUOTA_EXCEEDED'), { state: 'retry', afterMs: 60_000 }],
      [
        { ...fcmError(429, 'QUOTA_EXCEEDED'), headers: { 'retry-after': '5' } },
        { state: 'retry', afterMs: 5000 },
      ],
      [fcmError(503, 'UNAVAILABLE'), { state: 'retry', afterMs: 1000 }],
      [
        { ...fcmError(503, 'UNAVAILABLE'), headers: { 'retry-after': '30' } },
        { state: 'retry', afterMs: 30_000 },
      ],
      [fcmError(500, 'INTERNAL'), { state: 'retry' }],
      [fcmError(418, 'UNSPECIFIED_ERROR'), { state: 'failed', code: 'REFUSED' }],
      // Without FcmError, the canonical code and then the HTTP status decide; a wrong URL kills no device.
      [
        { status: 404, body: { error: { status: 'NOT_FOUND', message: 'x' } } },
        { state: 'failed', code: 'REFUSED' },
      ],
      [
        { status: 404, body: '<html>' },
        { state: 'failed', code: 'REFUSED' },
      ],
      [
        { status: 429, body: { error: { status: 'RESOURCE_EXHAUSTED' } } },
        { state: 'retry', afterMs: 60_000 },
      ],
      [
        { status: 403, body: { error: { status: 'PERMISSION_DENIED' } } },
        { state: 'failed', code: 'FORBIDDEN' },
      ],
      [
        { status: 400, body: { error: { status: 'INVALID_ARGUMENT', message: 'Message is too big' } } },
        { state: 'failed', code: 'PAYLOAD_TOO_LARGE' },
      ],
      [{ status: 502, body: '<html>' }, { state: 'retry' }],
      [
        { status: 302, body: '' },
        { state: 'failed', code: 'REFUSED' },
      ],
      [{ fault: 'reset' }, { state: 'retry' }],
    ];
    for (const [answer, expected] of table) {
      const result = await answered(answer);
      expect(result, JSON.stringify(answer)).to.include(expected);
      if (expected.afterMs === undefined) expect(result).to.not.have.property('afterMs');
      expectClean(result, deviceToken, 'SECRETLINK', 'ACCESS-', privateKeyPem.slice(40, 80));
    }
  });

  it('does not repeat a message of unknown outcome that nothing would replace', async () => {
    server.on('POST', sendPath, { fault: 'reset' });
    const single = notificationOf({}, '');
    delete single.collapseKey;
    expect(await provider().send(single, device, context)).to.include({ state: 'failed', code: 'OUTCOME_UNKNOWN' });
  });

  it('never declares a topic dead', async () => {
    server.on('POST', sendPath, fcmError(404, 'UNREGISTERED'));
    expect(await provider().send(notificationOf(), { kind: 'topic', topic: 'news' }, context)).to.include({
      state: 'failed',
    });
  });

  it('tests the connection without sending', async () => {
    expect(await provider().test()).to.equal(true);
    expect(messageSent()).to.include({ validate_only: true });
    server.on('POST', sendPath, { status: 403, body: { error: { status: 'PERMISSION_DENIED', message: 'No.' } } });
    expect(await failing(provider().test())).to.include({ code: 'FORBIDDEN' });
  });

  it('ends with the reason of the signal', async () => {
    const reason = new Error('stopped');
    const thrown = await provider()
      .send(notificationOf(), device, { ...context, signal: AbortSignal.abort(reason) })
      .catch((error: unknown) => error);
    expect(thrown).to.equal(reason);
  });
});
