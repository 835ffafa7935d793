import { expect } from 'chai';
import { createProvider } from '../../../dist/lib/push/provider';
import { tenantTokenUrl } from '../../../dist/lib/push/providers/opentext-auth';
import { type Recipient, recipientLabel } from '../../../dist/lib/push/recipients';
import type { ProviderSettings } from '../../../dist/lib/push/settings';
import { type Answer, ScriptedServer } from '../core-signature/scripted-server';
import { failing } from '../http/failing';
import { expectClean, notificationOf, now, thrownBy, toolsAt } from './fixtures';

const basic = { kind: 'basic', user: 'acme', password: 'MARKER-password' };
const template =
  '{"app":"sign","to":{{{devices}}},"alert":"{{title}}: {{body}}","url":"{{link}}","ttl":{{{ttlSeconds}}}}';
const context = { idempotencyKey: 'env-1:sign:7' };
const devices: Recipient = { kind: 'opentext', devices: ['device "1"', 'device-2'] };
const phone: Recipient = { kind: 'phone', phone: '+491701234567' };
const mail: Recipient = { kind: 'email', email: 'ada@acme.example' };
const whatsapp: Recipient = { kind: 'whatsapp', phone: '+491701234567' };
const smsPath = '/mra/v1/outbound/sms';

describe('OpenText messaging', () => {
  let server: ScriptedServer;
  let tools: ReturnType<typeof toolsAt>;

  before(async () => {
    server = await ScriptedServer.start();
  });
  after(() => server.close());
  beforeEach(() => {
    server.reset();
    tools = toolsAt();
  });

  const provider = (overrides: object = {}) =>
    createProvider(
      { kind: 'opentext', baseUrl: server.url, auth: basic, template, ...overrides } as ProviderSettings,
      tools,
    );
  const body = () => JSON.parse(server.seen.at(-1)!.body);
  const answered = (answer: Answer, recipient = phone) => {
    server.on('POST', smsPath, answer);
    return provider().send(notificationOf(), recipient, context);
  };

  it('submits a push job with the document of the template inside', async () => {
    server.on('POST', '/mra/v1/utils/parser', { body: { job_id: 'xsi-1' } });
    const notification = notificationOf({ title: 'Sign "NDA"', ttl: 90 });
    expect(await provider().send(notification, devices, context)).to.deep.equal({ state: 'sent', id: 'xsi-1' });
    const { domain, filename, data, ...rest } = body();
    expect({ domain, filename, rest }).to.deep.equal({ domain: 'MR', filename: 'env-1_sign_7.json', rest: {} });
    expect(JSON.parse(Buffer.from(data, 'base64').toString('utf8'))).to.deep.equal({
      app: 'sign',
      to: ['device "1"', 'device-2'],
      alert: 'Sign "NDA": Your signature is needed.',
      url: 'https://sign.example/s/SECRETLINK',
      ttl: 90,
    });
    const { headers } = server.seen[0]!;
    expect(headers.authorization).to.equal(`Basic ${Buffer.from('acme:MARKER-password').toString('base64')}`);
    expect(headers['x-mra-submitid']).to.equal('env-1:sign:7');
  });

  it('takes any success for one, as the reply is not documented', async () => {
    for (const reply of [{ status: 200 }, { status: 202, body: 'accepted' }, { body: [1] }]) {
      server.on('POST', '/mra/v1/utils/parser', reply);
      expect(await provider().send(notificationOf(), devices, context)).to.deep.equal({ state: 'sent' });
    }
  });

  it('needs a template for push jobs, and one that makes JSON', async () => {
    const missing = thrownBy(() => provider({ template: '' }).check(notificationOf(), devices));
    expect(missing).to.include({ code: 'BAD_CONFIG', field: 'template' });
    const broken = provider({ template: '{"a": {{title}}}' });
    expect(thrownBy(() => broken.check(notificationOf(), devices))).to.include({
      code: 'BAD_CONFIG',
      field: 'template',
    });
    expect(await broken.send(notificationOf(), devices, context)).to.include({ state: 'failed', code: 'BAD_CONFIG' });
    expect(server.seen).to.have.length(0);
    provider({ template: '' }).check(notificationOf(), phone);
  });

  it('sends SMS, e-mail and WhatsApp in their own bodies', async () => {
    const text = 'Please sign: NDA\nYour signature is needed.\nhttps://sign.example/s/SECRETLINK';
    for (const path of ['sms', 'emails', 'whatsapp', 'whatsapp/template_message']) {
      server.on('POST', `/mra/v1/outbound/${path}`, { body: { job_id: `xsi-${path}` } });
    }
    const opentext = provider({ billingCode: 'B7', fromName: 'Acme Legal' });
    expect(await opentext.send(notificationOf(), phone, context)).to.deep.equal({ state: 'sent', id: 'xsi-sms' });
    const options = { customer_reference: 'env-1:sign:7', billing_code: 'B7' };
    expect(body()).to.deep.equal({ options, destinations: [{ sms: '+491701234567' }], sms_text: text });

    await opentext.send(notificationOf(), mail, context);
    expect(body()).to.deep.equal({
      options: {
        ...options,
        email_options: { subject: 'Please sign: NDA', charset: 'UTF-8', from_display_name: 'Acme Legal' },
      },
      destinations: [{ email: 'ada@acme.example' }],
      body: [{ name: 'message.txt', type: 'text', charset: 'UTF-8', data: Buffer.from(text).toString('base64') }],
    });

    await opentext.send(notificationOf(), whatsapp, context);
    expect(body()).to.deep.equal({
      destinations: [{ whatsapp: '+491701234567' }],
      whatsapp_message: { text_message: { text } },
    });

    const whatsappTemplate = { id: 't1', language: 'de', parameters: { 'body[1]text': '{{title}}' } };
    await provider({ whatsappTemplate }).send(notificationOf(), whatsapp, context);
    expect(body()).to.deep.equal({
      destinations: [{ whatsapp: '+491701234567' }],
      whatsapp_template_message: {
        template_message: {
          channel_template: {
            WHATSAPP: { template_id: 't1', language_code: 'de', parameters: { 'body[1]text': 'Please sign: NDA' } },
          },
        },
      },
    });
  });

  it('reads answers, and never repeats what may have been sent', async () => {
    const table: [Answer, Record<string, unknown>][] = [
      [
        { status: 401, body: { message: 'bad MARKER-password' } },
        { state: 'failed', code: 'UNAUTHORIZED' },
      ],
      [{ status: 403 }, { state: 'failed', code: 'FORBIDDEN' }],
      [
        { status: 400, body: { message: 'bad number +491701234567' } },
        { state: 'failed', code: 'REFUSED' },
      ],
      [{ status: 413 }, { state: 'failed', code: 'PAYLOAD_TOO_LARGE' }],
      [
        { status: 429, headers: { 'retry-after': '3' } },
        { state: 'retry', afterMs: 3000 },
      ],
      [{ status: 503 }, { state: 'retry' }],
      [{ status: 500 }, { state: 'failed', code: 'OUTCOME_UNKNOWN' }],
      [
        { status: 502, body: '<html>' },
        { state: 'failed', code: 'OUTCOME_UNKNOWN' },
      ],
      [{ status: 504 }, { state: 'failed', code: 'OUTCOME_UNKNOWN' }],
      [{ fault: 'reset' }, { state: 'failed', code: 'OUTCOME_UNKNOWN' }],
      [
        { fault: 'truncate', body: { job_id: 'xsi-1' } },
        { state: 'failed', code: 'OUTCOME_UNKNOWN' },
      ],
    ];
    for (const [answer, expected] of table) {
      server.reset();
      const result = await answered(answer);
      expect(result, JSON.stringify(answer)).to.include(expected);
      expect(server.seen, JSON.stringify(answer)).to.have.length(1);
      expectClean(result, '1701234567', 'MARKER', 'SECRETLINK');
      if (expected.code === 'OUTCOME_UNKNOWN') expect(result).to.have.property('reason').that.includes('not repeated');
    }
  });

  it('hides addresses in whatever spelling the service repeats them', async () => {
    const repeated = { status: 400, body: { message: 'No Ada@Acme.example, ada@acme.example, device-2-token.' } };
    server.on('POST', '/mra/v1/outbound/emails', repeated).on('POST', '/mra/v1/utils/parser', repeated);
    const upper: Recipient = { kind: 'email', email: 'Ada@Acme.example' };
    expectClean(await provider().send(notificationOf(), upper, context), 'Ada@Acme', 'ada@acme');
    const nested: Recipient = { kind: 'opentext', devices: { list: [{ id: 'device-2-token' }] } };
    expectClean(await provider().send(notificationOf(), nested, context), 'device-2-token');
  });

  it('repeats what never arrived', async () => {
    const closed = await ScriptedServer.start();
    const { url } = closed;
    await closed.close();
    expect(await provider({ baseUrl: url }).send(notificationOf(), phone, context)).to.include({ state: 'retry' });
  });

  it('logs on with client credentials, and renews a refused token once', async () => {
    let issued = 0;
    const tokenUrl = `${server.url}/tenants/t/oauth2/token`;
    server.on('POST', '/tenants/t/oauth2/token', () => {
      issued += 1;
      return { body: { access_token: `TOKEN-${issued}`, expires_in: 900 } };
    });
    server.on('POST', smsPath, { status: 401 }, { body: { job_id: 'xsi-1' } });
    const auth = { kind: 'oauth', tokenUrl, clientId: 'my id', clientSecret: 's:/+' };
    expect(await provider({ auth }).send(notificationOf(), phone, context)).to.include({ state: 'sent' });
    expect(server.seen[0]).to.include({ body: 'grant_type=client_credentials' });
    expect(Buffer.from(server.seen[0]!.headers.authorization!.slice(6), 'base64').toString()).to.equal(
      'my+id:s%3A%2F%2B',
    );
    const sends = server.seen.filter(({ path }) => path === smsPath);
    expect(sends.map(({ headers }) => headers.authorization)).to.deep.equal(['Bearer TOKEN-1', 'Bearer TOKEN-2']);

    server.on('POST', '/tenants/t/oauth2/token', {
      status: 401,
      body: { error: 'invalid_client', error_description: 'MARKER-secret' },
    });
    const refused = await provider({ auth: { ...auth, clientSecret: 'MARKER-secret' } }).send(
      notificationOf(),
      phone,
      context,
    );
    expect(refused).to.include({ state: 'failed', code: 'UNAUTHORIZED' });
    expectClean(refused, 'MARKER-secret');
  });

  it('asks for the status of a job and tells it per destination, without addresses', async () => {
    const event = (status: string) => ({ sms_delivery_events: [{ event_time: '2030-01-01T00:00:00Z', status }] });
    server.on('GET', `${smsPath}/status`, {
      body: {
        job_id: 'xsi-1',
        job_state: ['Complete', 'Posted'],
        deliveries: [
          { sms: '+491701234567', delivery_attempts: [{ state: 'Sent' }], events: event('Confirmed') },
          { sms: '+491701234568', delivery_attempts: [{ state: 'Error', gamma_code: 5 }] },
          { sms: '+491701234569', delivery_attempts: [{ state: 'Error' }, { state: 'Sent' }] },
          { sms: '+491701234560', delivery_attempts: [{ state: 'Sent' }], events: event('Undelivered') },
          { delivery_attempts: null, events: null },
        ],
      },
    });
    const status = await provider().status!('xsi-1', 'sms');
    expect(server.seen[0]).to.include({ method: 'GET', path: `${smsPath}/status?job_id=xsi-1` });
    expect(status.finished).to.equal(false);
    expect(status.deliveries.map(({ state }) => state)).to.deep.equal([
      'delivered',
      'failed',
      'pending',
      'failed',
      'pending',
    ]);
    expect(status.deliveries[0]).to.deep.equal({
      recipient: recipientLabel(phone),
      state: 'delivered',
      detail: 'Confirmed',
    });
    expect(JSON.stringify(status)).to.not.include('1701234567');
  });

  it('throws what is wrong with a status, and tests the connection by it', async () => {
    server.on('GET', `${smsPath}/status`, { status: 404, body: { message: 'No such job.' } });
    expect(await failing(provider().status!('x', 'sms'))).to.include({ code: 'REFUSED', status: 404 });
    expect(await provider().test()).to.equal(true);
    server.on('GET', `${smsPath}/status`, { status: 401, body: { message: 'MARKER-password is wrong' } });
    const error = await failing(provider().test());
    expect(error).to.include({ code: 'UNAUTHORIZED' });
    expectClean(error, 'MARKER');
  });

  it('sends nothing when the due date has passed', async () => {
    const opentext = provider();
    const notification = notificationOf({ dueAt: now + 1000 });
    tools.clock.time = now + 1000;
    expect(await opentext.send(notification, phone, context)).to.include({ state: 'failed', code: 'DUE_IN_PAST' });
    expect(server.seen).to.have.length(0);
  });

  it('names what is missing in the configuration', () => {
    const bad = (overrides: object) => thrownBy(() => provider(overrides));
    expect(bad({ auth: { ...basic, password: '' } })).to.include({ code: 'BAD_CONFIG', field: 'auth.password' });
    expect(bad({ auth: { kind: 'none' } })).to.include({ field: 'auth.kind' });
    expect(bad({ region: 'moon' })).to.include({ field: 'region' });
    expect(bad({ baseUrl: 'http://api.example' })).to.include({ field: 'baseUrl' });
    expect(bad({ auth: { kind: 'oauth', clientId: 'a', clientSecret: 'b' } })).to.include({ field: 'auth.tenant' });
    expect(tenantTokenUrl('eu', 'a b')).to.equal('https://eu.api.opentext.com/tenants/a%20b/oauth2/token');
    expect(tenantTokenUrl('us-test', 't')).to.equal('https://us.api.opentext.com/tenants/t/oauth2/token');
    expect(bad({ auth: { kind: 'oauth', tokenUrl: 'x', clientId: 'a', clientSecret: 'b' } })).to.include({
      field: 'auth.tokenUrl',
    });
  });
});
