import { createHmac, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { pauseBefore } from '../../../dist/lib/push/outcome';
import { createProvider } from '../../../dist/lib/push/provider';
import type { Recipient } from '../../../dist/lib/push/recipients';
import type { ProviderSettings } from '../../../dist/lib/push/settings';
import { webhookHeaders, webhookId, webhookSecret } from '../../../dist/lib/push/standard-webhooks';
import { type Answer, ScriptedServer } from '../core-signature/scripted-server';
import { expectClean, notificationOf, thrownBy, toolsAt } from './fixtures';

const key = randomBytes(32);
const secret = `whsec_${key.toString('base64')}`;
const context = { idempotencyKey: 'env-1:sign:7' };
const path = '/hooks/SECRETPATH';

describe('webhook', () => {
  let server: ScriptedServer;
  let recipient: Recipient;
  let tools: ReturnType<typeof toolsAt>;

  before(async () => {
    server = await ScriptedServer.start();
    recipient = { kind: 'url', url: `${server.url}${path}` };
  });
  after(() => server.close());
  beforeEach(() => {
    server.reset();
    tools = toolsAt();
  });

  const provider = (overrides: object = {}) =>
    createProvider({ kind: 'webhook', secret, allowPrivateAddresses: true, ...overrides } as ProviderSettings, tools);
  const answered = (answer: Answer) => {
    server.on('POST', path, answer);
    return provider({ headers: { 'x-api-key': 'MARKER-key' } }).send(notificationOf(), recipient, context);
  };

  it('posts the notification, signed, with the same id and body for each try', async () => {
    server.on('POST', path, { status: 204 });
    const webhook = provider({ headers: { 'x-api-key': 'MARKER-key', 'Webhook-Id': 'forged' } });
    expect(await webhook.send(notificationOf({ dueAt: '1 day' }), recipient, context)).to.deep.equal({ state: 'sent' });
    await tools.pace.advance(60_000);
    await webhook.send(notificationOf({ dueAt: '1 day' }), recipient, context);
    const [first, second] = server.seen;
    expect(JSON.parse(first!.body)).to.deep.equal({
      type: 'signature.notification',
      data: {
        title: 'Please sign: NDA',
        body: 'Your signature is needed.',
        link: 'https://sign.example/s/SECRETLINK',
        dueAt: '2030-05-31T18:00:00.000Z',
        expiresAt: '2030-05-31T18:00:00.000Z',
        priority: 'high',
        collapseKey: 'env-1',
        envelopeId: 'env-1',
        data: { link: 'https://sign.example/s/SECRETLINK', dueAt: '2030-05-31T18:00:00.000Z', envelopeId: 'env-1' },
      },
    });
    expect(first!.headers).to.include({
      'x-api-key': 'MARKER-key',
      'content-type': 'application/json',
      'webhook-id': 'env-1:sign:7',
    });
    for (const { headers, body } of [first!, second!]) {
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
      expect(headers['webhook-signature']).to.equal(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    }
    expect(second!.body).to.equal(first!.body);
    expect(second!.headers['webhook-id']).to.equal(first!.headers['webhook-id']);
    expect(Number(second!.headers['webhook-timestamp']) - Number(first!.headers['webhook-timestamp'])).to.equal(60);
  });

  it('does without a signature when there is no secret', async () => {
    server.on('POST', path, {});
    await provider({ secret: '' }).send(notificationOf(), recipient, context);
    expect(server.seen[0]!.headers)
      .to.include.keys('webhook-id', 'webhook-timestamp')
      .and.not.include.keys('webhook-signature');
  });

  it('signs as the example of the specification', () => {
    const example = webhookSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    const headers = webhookHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330_000, '{"test": 2432232314}', example);
    expect(headers['webhook-signature']).to.equal('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('reads answers', async () => {
    const table: [Answer, Record<string, unknown>][] = [
      [{ status: 410 }, { state: 'dead' }],
      [{ status: 404 }, { state: 'failed', code: 'REFUSED' }],
      [{ status: 401 }, { state: 'failed', code: 'UNAUTHORIZED' }],
      [{ status: 403 }, { state: 'failed', code: 'FORBIDDEN' }],
      [{ status: 413 }, { state: 'failed', code: 'PAYLOAD_TOO_LARGE' }],
      [
        { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
        { state: 'failed', code: 'REFUSED' },
      ],
      [{ status: 409 }, { state: 'retry' }],
      [
        { status: 429, headers: { 'retry-after': '7' } },
        { state: 'retry', afterMs: 7000 },
      ],
      [{ status: 500, body: { message: 'MARKER-key SECRETPATH' } }, { state: 'retry' }],
      [
        { status: 400, body: { message: 'MARKER-key' } },
        { state: 'failed', code: 'REFUSED' },
      ],
      [{ fault: 'reset' }, { state: 'retry' }],
    ];
    for (const [answer, expected] of table) {
      const result = await answered(answer);
      expect(result, JSON.stringify(answer)).to.include(expected);
      expectClean(result, 'SECRETPATH', new URL(server.url).host, 'MARKER-key', secret);
    }
  });

  it('stays out of private networks unless allowed', async () => {
    const webhook = provider({ allowPrivateAddresses: false });
    expect(thrownBy(() => webhook.check(notificationOf(), recipient)).code).to.equal('BAD_RECIPIENT');
    expect(await webhook.send(notificationOf(), recipient, context)).to.include({
      state: 'failed',
      code: 'BAD_RECIPIENT',
    });
    expect(server.seen).to.have.length(0);
  });

  it('refuses more than 20 KiB', () => {
    const large = notificationOf({ body: 'x'.repeat(20 * 1024) });
    expect(thrownBy(() => provider().check(large, recipient)).code).to.equal('PAYLOAD_TOO_LARGE');
  });

  it('names what is wrong with the configuration', () => {
    expect(thrownBy(() => provider({ secret: 'MARKER' }))).to.include({ code: 'BAD_CONFIG', field: 'secret' });
    expect(thrownBy(() => provider({ headers: { a: 'x\r\ny' } }))).to.include({ code: 'BAD_CONFIG' });
    expect(thrownBy(() => provider({ headers: { 'a b': 'x' } }))).to.include({ code: 'BAD_CONFIG' });
    expect(thrownBy(() => createProvider({ kind: 'pigeon' } as never, tools))).to.include({
      code: 'BAD_CONFIG',
      field: 'kind',
    });
  });

  it('makes any key fit a header', () => {
    expect(webhookId('env-1:sign:7')).to.equal('env-1:sign:7');
    for (const odd of ['a.b', 'a b', 'ü', 'x'.repeat(129), 'a\r\nb', ''])
      expect(webhookId(odd)).to.match(/^[\w-]{43}$/);
  });
});

describe('pause before another try', () => {
  it('doubles, never falls below what the service asked for, and ends at an hour', () => {
    expect([1, 2, 3].map((tries) => pauseBefore(tries, 60_000, 0.999999))).to.deep.equal([60_000, 120_000, 240_000]);
    expect(pauseBefore(1, 60_000, 0)).to.equal(60_000);
    expect(pauseBefore(3, 60_000, 0)).to.equal(120_000);
    expect(pauseBefore(1, undefined, 0)).to.equal(1000);
    expect(pauseBefore(1000, 1000, 0.999999)).to.be.within(3_599_000, 3_600_000);
    expect(pauseBefore(2, 7_200_000, 0)).to.equal(7_200_000);
  });
});
