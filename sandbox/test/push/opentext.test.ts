import { expect } from 'chai';
import type { Json } from '../api/helpers';
import { PushSandbox } from './helpers';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const sms = (...numbers: string[]) => ({ destinations: numbers.map((one) => ({ sms: one })), sms_text: 'Please sign' });

describe('push: OpenText messaging', () => {
  const sandbox = new PushSandbox();
  before(() => sandbox.start());
  after(() => sandbox.stop());
  beforeEach(() => sandbox.call('POST', '/sandbox/reset'));

  const send = async (path: string, body: Json, headers?: Record<string, string>): Promise<string> => {
    const answer = await sandbox.messaging('POST', path, body, headers);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    return answer.body.job_id;
  };
  const status = async (channel: string, id: string) => {
    return (await sandbox.messaging('GET', `/outbound/${channel}/status?job_id=${id}`)).body;
  };
  const states = (body: Json) => body.deliveries.map(({ delivery_attempts: [last] }: Json) => last.state);

  it('takes an SMS and follows it on the virtual clock to its receipt', async () => {
    const body = { ...sms('+447700900123'), options: { customer_reference: 'env-1', billing_code: 'B7' } };
    body.destinations[0] = { ...body.destinations[0]!, ref: 'r-1' } as never;
    const id = await send('/outbound/sms', body, { 'X-MRA-SubmitId': 'submit-1' });
    expect(id).to.match(/^xsi-\d+$/);
    const first = await status('sms', id);
    expect(first).to.include({
      job_id: id,
      customer_reference_base64: base64('env-1'),
      billing_code_base64: base64('B7'),
    });
    expect(first.job_state).to.deep.equal(['Pending']);
    expect(states(first)).to.deep.equal(['Submitted']);
    expect(first.deliveries[0]).to.include({ sms: '+447700900123', ref_base64: base64('r-1') });
    await sandbox.advance('3s');
    expect(states(await status('sms', id))).to.deep.equal(['Sent']);
    await sandbox.advance('10s');
    const last = await status('sms', id);
    expect(last.job_state).to.deep.equal(['Complete', 'Posted']);
    expect(last.deliveries[0].events.sms_delivery_events[0].status).to.equal('Confirmed');
    const [shown] = (await sandbox.state()).messages;
    expect(shown).to.include({ jobId: id, channel: 'sms', submitId: 'submit-1', text: 'Please sign' });
    expect(shown.destinations).to.deep.equal([{ address: '+447700900123', ref: 'r-1', state: 'Sent' }]);
  });

  it('takes e-mails and WhatsApp messages, free and by template', async () => {
    const mail = await send('/outbound/emails', {
      options: { email_options: { subject: 'Please sign', charset: 'UTF-8' } },
      destinations: [{ email: 'anna@example.com' }],
      body: [{ name: 'message.txt', type: 'text', charset: 'UTF-8', data: base64('Grüße') }],
    });
    const destinations = [{ whatsapp: '+447700900123' }];
    const free = await send('/outbound/whatsapp', {
      destinations,
      whatsapp_message: { text_message: { text: 'Hello' } },
    });
    const template = { template_id: 'sign', language_code: 'en', parameters: { 'body[1]text': 'NDA' } };
    await send('/outbound/whatsapp/template_message', {
      destinations,
      whatsapp_template_message: { template_message: { channel_template: { WHATSAPP: template } } },
    });
    await sandbox.advance('1m');
    expect((await status('emails', mail)).deliveries[0].events.email_delivery_events[0].status).to.equal('Confirmed');
    expect((await status('whatsapp', free)).deliveries[0].whatsapp).to.equal('+447700900123');
    const { messages } = await sandbox.state();
    expect(messages.map(({ text }: Json) => text)).to.deep.equal(['Template sign (en)\nNDA', 'Hello', 'Grüße']);
  });

  it('loses messages to dead addresses and on demand', async () => {
    await sandbox.faults({ push: [{ service: 'opentext', code: 'CANCELLED', match: '900456', times: 1 }] });
    const id = await send('/outbound/sms', sms('+447700900123', '+447700900000'));
    const cancelled = await send('/outbound/sms', sms('+447700900456'));
    await sandbox.advance('1m');
    expect(states(await status('sms', id))).to.deep.equal(['Sent', 'Error']);
    expect(states(await status('sms', cancelled))).to.deep.equal(['Cancelled']);
  });

  it('takes a push job and brings it to the phones whose tokens are in it', async () => {
    const { token } = await sandbox.device();
    const document = {
      job: { devices: [token, 'unknown'], message: { title: 'Please sign', body: 'NDA', link: 'https://x' } },
    };
    const data = base64(JSON.stringify(document));
    const id = await send('/utils/parser', { domain: 'MR', filename: 'job.json', data });
    expect(id).to.match(/^MR-\d+$/);
    expect((await sandbox.notifications())[0]).to.include({
      service: 'opentext',
      title: 'Please sign',
      link: 'https://x',
    });
    expect((await sandbox.state()).messages[0]).to.deep.include({ channel: 'push', document });
  });

  it('takes user and password, or a token of its OAuth, and nothing else', async () => {
    const body = sms('+447700900123');
    const form = 'grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret';
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const { access_token: token } = (await sandbox.call('POST', '/tenants/t/oauth2/token', form, type)).body;
    const authorization = `Bearer ${token}`;
    await send('/outbound/sms', body, { authorization });
    await sandbox.advance('1h');
    for (const wrong of [authorization, `Basic ${base64('sandbox-user:wrong')}`, 'Token sandbox-token']) {
      const answer = await sandbox.messaging('POST', '/outbound/sms', body, { authorization: wrong });
      expect(answer.status, wrong).to.equal(401);
      expect(answer.headers.get('www-authenticate')).to.include('Basic');
    }
    expect((await sandbox.state()).messages).to.have.length(1);
  });

  const wrong: [string, string, Json, RegExp][] = [
    ['no destination', '/outbound/sms', { sms_text: 'x', destinations: [] }, /^destinations is empty/],
    ['a number that is none', '/outbound/sms', sms('anna'), /^destinations.0.sms is not a phone number/],
    ['no text', '/outbound/sms', { ...sms('+447700900123'), sms_text: '' }, /^sms_text is empty/],
    [
      'an e-mail without subject',
      '/outbound/emails',
      { options: {}, destinations: [] },
      /^options.email_options is missing/,
    ],
    ['a job that is not base64', '/utils/parser', { domain: 'MR', filename: 'x', data: '{}' }, /^data is not base64/],
    ['a job that is not JSON', '/utils/parser', { domain: 'MR', filename: 'x', data: base64('x') }, /JSON/],
    ['a body that is not JSON', '/outbound/sms', '{', /not JSON/],
  ];
  for (const [name, path, body, text] of wrong) {
    it(`refuses ${name}`, async () => {
      const answer = await sandbox.messaging('POST', path, body);
      expect(answer.status).to.equal(400);
      expect(answer.body.error.message).to.match(text);
      expect((await sandbox.state()).messages).to.deep.equal([]);
    });
  }

  it('says 404 for other jobs, channels and paths', async () => {
    const id = await send('/outbound/sms', sms('+447700900123'));
    for (const path of [
      '/outbound/sms/status?job_id=none',
      `/outbound/emails/status?job_id=${id}`,
      '/outbound/telex',
    ]) {
      expect((await sandbox.messaging('GET', path)).status, path).to.equal(404);
    }
  });

  it('fails on demand, for statuses only where they are meant', async () => {
    await sandbox.faults({
      push: [
        { service: 'opentext', match: 'status', status: 500, times: 1 },
        { service: 'opentext', status: 429, retryAfter: 9, times: 1 },
      ],
    });
    expect((await sandbox.messaging('GET', '/outbound/sms/status?job_id=x')).status).to.equal(500);
    expect((await sandbox.messaging('GET', '/outbound/sms/status?job_id=x')).status).to.equal(404);
    const refused = await sandbox.messaging('POST', '/outbound/sms', sms('+447700900123'));
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([429, '9']);
    await send('/outbound/sms', sms('+447700900123'));
  });

  it('keeps its jobs over a restart', async () => {
    const id = await send('/outbound/sms', sms('+447700900123'));
    await sandbox.restart();
    expect((await status('sms', id)).job_id).to.equal(id);
    expect(await send('/outbound/sms', sms('+447700900123'))).to.not.equal(id);
  });
});
