import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkExchanges } from '../contract';
import { type Json, startReceiver, TestSandbox, textFile, until } from './helpers';

const spec = JSON.parse(readFileSync(join(__dirname, '..', '..', 'openapi.json'), 'utf8'));

describe('sandbox: its contract', () => {
  const sandbox = new TestSandbox();
  let recorded: Json[];

  before(async () => {
    await sandbox.start();
    await driveEverything(sandbox);
    recorded = readFileSync(sandbox.recording, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  });
  after(() => sandbox.stop());

  it('is kept by every request, answer and callback', () => {
    expect(checkExchanges(sandbox.recording)).to.deep.equal([]);
    expect(recorded.filter((exchange) => exchange.kind === 'callback').length).to.be.greaterThan(5);
  });

  it('was tried with every operation it names', () => {
    const tried = new Set(recorded.filter((one) => one.status < 400).map((one) => `${one.method} ${one.path}`));
    const missing = Object.entries(spec.paths as Record<string, Json>)
      .filter(([path]) => !path.startsWith('/files/'))
      .flatMap(([path, item]) => {
        const pattern = new RegExp(`^(/api/v1)?${path.replace(/\{\w+\}/g, '[^/]+')}$`);
        const methods = Object.keys(item).filter((key) => ['get', 'post', 'put', 'patch', 'delete'].includes(key));
        return methods
          .filter(
            (method) =>
              ![...tried].some(
                (one) => one.startsWith(`${method.toUpperCase()} `) && pattern.test(one.split(' ')[1] ?? ''),
              ),
          )
          .map((method) => `${method} ${path}`);
      });
    expect(missing).to.deep.equal([]);
  });

  it('shows no secret in the recording', () => {
    const text = readFileSync(sandbox.recording, 'utf8');
    for (const secret of ['sandbox-secret', 'sandbox-password', 'sandbox-token', 'open sesame', 'Bearer ey']) {
      expect(text).to.not.include(secret);
    }
    expect(text).to.include('<base64 ');
  });

  it('notices what breaks it', () => {
    const good = recorded.find(
      (one) => one.method === 'POST' && one.path === '/api/v1/documents/' && one.status === 201,
    );
    const callback = recorded.find((one) => one.kind === 'callback');
    const without = (key: string) => ({ ...good, response: { ...good.response, [key]: undefined } });
    const cases: [Json, RegExp][] = [
      [{ ...good, request: { ...good.request, externalId: 'x' } }, /request.*externalId/],
      [{ ...good, request: { ...good.request, status: 'co' } }, /request.*status/],
      [{ ...good, response: { ...good.response, extra: 1 } }, /answer.*extra/],
      [without('external_id'), /answer.*external_id/],
      [{ ...good, response: { ...good.response, status: 'zz' } }, /answer\.status/],
      [{ ...good, response: { ...good.response, processing: null } }, /answer\.processing/],
      [{ ...good, status: 202 }, /202/],
      [{ ...good, path: '/api/v1/document/' }, /not.*contract|in the contract/],
      [{ ...callback, request: { ...callback.request, delivered: true } }, /callback.*delivered/],
    ];
    const file = join(sandbox.folder, 'broken.jsonl');
    for (const [exchange, text] of cases) {
      writeFileSync(file, '');
      appendFileSync(file, `${JSON.stringify(exchange)}\n`);
      expect(checkExchanges(file).join('\n'), String(text)).to.match(text);
    }
  });
});

/** Makes every call of the contract at least once, with all fields that have one. */
async function driveEverything(sandbox: TestSandbox): Promise<void> {
  const receiver = await startReceiver();
  const client = { client_id: 'sandbox-client', client_secret: 'sandbox-secret' };
  for (const path of ['/oauth2', '/otdstenant/s/oauth2', '/tenant/s/oauth2', '/tenants/t/oauth2']) {
    await sandbox.call('POST', `${path}/token`, { grant_type: 'client_credentials', ...client });
    await sandbox.call('POST', `${path}/token`, { grant_type: 'client_credentials', client_id: 'x' });
  }
  const user = { username: 'sandbox-user', password: 'sandbox-password', subscription: 's' };
  await sandbox.call('POST', '/oauth2/token', { grant_type: 'password', ...client, ...user });

  const [template] = (await sandbox.get('/templates/')).results;
  await sandbox.get(template.url);
  const document = await sandbox.post('/documents/', {
    ...textFile('[[t|0|r:1|id:city]] [[c|0]] [[d|0]] [[n|0]] [[i|0]] [[s|0|r:1]] [[s|1]]'),
    name: 'Everything',
    external_id: 'C-1',
    frontend_id: 'f',
    events_callback_url: receiver.url,
    prefill_tags: [{ external_id: 'city', text: 'Bonn' }],
    auto_delete_days: 5,
    auto_expire_days: 5,
    link_expire_days: 5,
    integrations: [{ integration: 'zapier', integration_data: { a: 1 } }],
  });
  const terms = { document: document.url, ...textFile('terms', 'terms.txt') };
  const attachment = await sandbox.post('/document-attachments/', terms);
  await sandbox.get(attachment.url);
  await sandbox.get('/document-attachments/');
  const request = await sandbox.post('/signature-requests/', {
    document: document.url,
    from_email: 'sender@sandbox.example',
    from_email_name: 'Facilities',
    subject: 'Please sign',
    message: 'A <b>message</b>',
    who: 'o',
    send_reminders: true,
    disable_emails: false,
    disable_blockchain_proof: true,
    force_signature_color: 'blue',
    redirect_url: 'http://localhost/done',
    redirect_url_declined: 'http://localhost/no',
    integration: 'zapier',
    integration_data: { b: 2 },
    signers: [
      { email: 'a@example.com', full_name: 'A. Alpha', order: 1, language: 'de', integrations: [] },
      { email: 'b@example.com', first_name: 'B.', last_name: 'Beta', order: 2, embed_url_user_id: 'u' },
      { email: 'd@example.com', notify_only: true, password: 'open sesame' },
    ],
  });
  await sandbox.documentWith(document.url, (now) => now.status === 'se');
  await sandbox.get(`/signature-requests/${request.uuid}/`);
  await sandbox.get(`/signrequests/${request.uuid}/`);
  await sandbox.get('/signature-requests/');
  await sandbox.get('/signrequests/');
  for (const base of ['signature-requests', 'signrequests']) {
    for (const name of ['resend_signrequest_email', 'resend_signature_request_email']) {
      await sandbox.post(`/${base}/${request.uuid}/${name}/`);
    }
  }
  const forward = (from: string, to: string, base = 'signature-requests') =>
    sandbox.api('POST', `/${base}/${request.uuid}/forward_signer/`, {
      signer_email_to_forward: from,
      signer_email_to_forward_to: to,
      forwarded_reason: 'leave',
    });
  await forward('a@example.com', 'c@example.com');
  await forward('c@example.com', 'e@example.com', 'signrequests');
  await forward('a@example.com', 'nobody');
  await sandbox.sign(document.uuid, 'e@example.com', { attachments: [{ name: 'more.txt', content: 'QUJD' }] });
  await sandbox.sign(document.uuid, 'b@example.com');
  await sandbox.finished(document.url);
  await until(() => receiver.types().includes('signed') || undefined, 'signed');
  await receiver.close();
  const { results } = await sandbox.get(`/events/?limit=50`);
  for (const event of results) await sandbox.get(`/events/${event.uuid}/`);
  await sandbox.get('/documents/');
  await sandbox.get('/documents-search/');
  await sandbox.api('GET', '/documents-search/?format=csv');

  const quick = { ...textFile('x'), signers: [{ email: 'a@example.com' }] };
  const names = ['cancel_signrequest', 'cancel_signature_request'];
  for (const [path, base] of [
    ['signature-request-quick-create', 'signature-requests'],
    ['signrequest-quick-create', 'signrequests'],
  ]) {
    for (const name of names) {
      const made = await sandbox.post(`/${path}/`, { ...quick, is_being_prepared: name === names[0] });
      await sandbox.post(`/${base}/${made.uuid}/${name}/`);
      if (base === 'signrequests') await sandbox.api('DELETE', made.document, { force_delete: true });
    }
  }
  const direct = await sandbox.post('/documents/', { template: template.url });
  await sandbox.post('/signrequests/', { document: direct.url, signers: [{ email: 'a@example.com' }] });

  const hook = await sandbox.post('/webhooks/', {
    event_type: 'signed',
    callback_url: 'http://localhost/x',
    name: 'n',
  });
  await sandbox.api('PUT', hook.url, { event_type: 'sent', callback_url: 'http://localhost/y', integration: null });
  await sandbox.api('PATCH', hook.url, { name: null });
  await sandbox.get('/webhooks/');
  await sandbox.get(hook.url);
  await sandbox.api('DELETE', hook.url);

  await sandbox.post('/teams/', { name: 'T', subdomain: 't', phone: '+31', primary_color: '#fff' });
  await sandbox.get('/teams/');
  await sandbox.get('/teams/t/');
  await sandbox.api('PATCH', '/teams/t/', { name: 'TT', events_callback_url: null });
  await sandbox.post('/teams/t/invite_member/', { email: 'x@example.com', is_admin: true });
  const token = { email: 'sender@sandbox.example', password: 'sandbox-password', subdomain: 't', name: 'n' };
  await sandbox.post('/api-tokens/', token);
  await sandbox.api('DELETE', '/teams/t/');
  await sandbox.get('/api-tokens/');
  const members = await sandbox.get('/team-members/');
  await sandbox.get(members.results[0].url);
  await sandbox.get('/audit-events/');
  await sandbox.api('GET', '/documents/none/');
  await sandbox.api('PUT', '/documents/', {});
  await sandbox.api('GET', '/nothing/');
  await sandbox.api('POST', '/documents/', { name: 'x' });
  await sandbox.call('GET', '/api/v1/documents/');
}
