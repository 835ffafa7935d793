import { expect } from 'chai';
import { TestSandbox, textFile } from './helpers';

const client = { client_id: 'sandbox-client', client_secret: 'sandbox-secret' };
const user = { username: 'sandbox-user', password: 'sandbox-password', subscription: 'subscription:coresignature-x-1' };

describe('sandbox: credentials and refusals', () => {
  const sandbox = new TestSandbox();
  before(() => sandbox.start());
  after(() => sandbox.stop());

  const token = (path: string, fields: Record<string, string>, form = false, headers: Record<string, string> = {}) =>
    form
      ? sandbox.call('POST', path, new URLSearchParams(fields).toString(), {
          'content-type': 'application/x-www-form-urlencoded',
          ...headers,
        })
      : sandbox.call('POST', path, fields, headers);

  it('gives access tokens on all token endpoints, by form, JSON and Basic', async () => {
    const basic = { authorization: `Basic ${Buffer.from('sandbox-client:sandbox-secret').toString('base64')}` };
    const answers = await Promise.all([
      token('/otdstenant/site-1/oauth2/token', { grant_type: 'password', ...client, ...user }, true),
      token('/tenant/site-1/oauth2/token', { grant_type: 'password', ...client, ...user }),
      token('/tenants/tenant-1/oauth2/token', { grant_type: 'client_credentials' }, true, basic),
      token('/oauth2/token', { grant_type: 'client_credentials', ...client, subscriptionName: 'x' }, true),
    ]);
    for (const { status, body } of answers) {
      expect([status, body.token_type, body.expires_in]).to.deep.equal([200, 'Bearer', 900]);
      const list = await sandbox.api('GET', '/documents/', undefined, `Bearer ${body.access_token}`);
      expect(list.status).to.equal(200);
    }
  });

  it('lets an access token end after 900 s of virtual time', async () => {
    const { body } = await token('/oauth2/token', { grant_type: 'client_credentials', ...client });
    const call = () => sandbox.api('GET', '/templates/', undefined, `Bearer ${body.access_token}`);
    await sandbox.advance('890s');
    expect((await call()).status).to.equal(200);
    await sandbox.advance('15s');
    expect((await call()).body).to.deep.equal({ detail: 'Invalid token' });
  });

  it('refuses wrong clients, users and grants in the shape of each endpoint', async () => {
    const wrong = { client_id: 'nobody', client_secret: 'x', grant_type: 'client_credentials' };
    const gateway = await token('/tenants/t/oauth2/token', wrong);
    expect([gateway.status, gateway.body.fault.detail.errorcode]).to.deep.equal([401, 'oauth.v2.InvalidApiKey']);
    const cases = [
      [wrong, 401, 'invalid_client'],
      [{ ...client, grant_type: 'password', username: 'sandbox-user', password: 'x' }, 400, 'invalid_grant'],
      [{ ...client, grant_type: 'refresh_token' }, 400, 'unsupported_grant_type'],
      [client, 400, 'invalid_request'],
    ] as const;
    for (const [fields, status, error] of cases) {
      const answer = await token('/otdstenant/s/oauth2/token', fields);
      expect([answer.status, answer.body.error]).to.deep.equal([status, error]);
    }
    const failed = await sandbox.get('/audit-events/?event_type=login_failed');
    expect([failed.count, failed.results[0].status]).to.deep.equal([1, 'error']);
    const today = new Date().toISOString().slice(0, 10);
    expect((await sandbox.get(`/audit-events/?timestamp__date__lt=${today}`)).count).to.equal(0);
    expect((await sandbox.get(`/audit-events/?timestamp__date__gte=${today}`)).count).to.be.greaterThan(1);
  });

  it('answers 401, 404, 405 and the missing slash as the service does', async () => {
    const none = await sandbox.call('GET', '/api/v1/documents/');
    expect([none.status, none.body.detail]).to.deep.equal([401, 'Authentication credentials were not provided.']);
    const bad = await sandbox.api('GET', '/documents/', undefined, 'Token nonsense');
    expect([bad.status, bad.body]).to.deep.equal([401, { detail: 'Invalid token' }]);
    const unknown = await sandbox.api('GET', '/documents/5f3b0c1e-0000-4000-8000-000000000000/');
    expect([unknown.status, unknown.body]).to.deep.equal([404, { detail: 'Not found.' }]);
    const method = await sandbox.api('PUT', '/documents/', {});
    expect([method.status, method.body.detail]).to.deep.equal([405, 'Method "PUT" not allowed.']);
    const slash = await sandbox.api('POST', '/documents?x=1', {});
    expect([slash.status, slash.headers.get('location')]).to.deep.equal([301, '/api/v1/documents/?x=1']);
    const broken = await sandbox.api('POST', '/documents/', '{"name": ');
    expect([broken.status, broken.body.detail]).to.match(/400,JSON parse error/);
  });

  it('names every wrong field, with lists inside lists for signers', async () => {
    const document = await sandbox.api('POST', '/documents/', {
      file_from_content: 'data:text/plain;base64,QQ==',
      file_from_content_name: null,
      external_id: 'x'.repeat(256),
      events_callback_url: 'no-url',
      auto_delete_days: 731,
      auto_expire_days: 'soon',
    });
    expect(document.status).to.equal(400);
    expect(document.body).to.deep.equal({
      file_from_content: ['Invalid base64 content.'],
      external_id: ['Ensure this field has no more than 255 characters.'],
      events_callback_url: ['Enter a valid URL.'],
      auto_delete_days: ['Ensure this value is less than or equal to 730.'],
      auto_expire_days: ['A valid integer is required.'],
    });
    const quick = '/signature-request-quick-create/';
    const signers = await sandbox.api('POST', quick, {
      ...textFile('x'),
      signers: [{ email: 'a@b.co' }, { email: 'x' }, {}],
    });
    expect(signers.body).to.deep.equal({
      signers: [{}, { email: ['Enter a valid email address.'] }, { email: ['This field is required.'] }],
    });
    const empty = await sandbox.api('POST', quick, { ...textFile('x'), signers: [], who: 'all' });
    expect(empty.body).to.deep.equal({
      signers: ['This list may not be empty.'],
      who: ['"all" is not a valid choice.'],
    });
    const noSource = await sandbox.api('POST', '/documents/', { name: 'x' });
    expect(noSource.body).to.have.keys('non_field_errors');
    const two = await sandbox.api('POST', '/documents/', { ...textFile('x'), file_from_url: 'http://localhost/x.pdf' });
    expect(two.body).to.have.keys('non_field_errors');
    const sender = await sandbox.api('POST', quick, {
      ...textFile('x'),
      signers: [{ email: 'a@b.co' }],
      from_email: 'stranger@example.com',
    });
    expect([sender.status, Object.keys(sender.body)]).to.deep.equal([400, ['from_email']]);
    expect((await sandbox.get('/documents/')).count, 'nothing was made').to.equal(0);
  });

  it('takes documents by URL only, and only one request each', async () => {
    const document = await sandbox.post('/documents/', textFile('x'));
    const signers = [{ email: 'a@example.com' }];
    const bare = await sandbox.api('POST', '/signrequests/', { document: document.uuid, signers });
    expect(bare.body).to.deep.equal({ document: ['Invalid hyperlink - No URL match.'] });
    const gone = document.url.replace(document.uuid, '5f3b0c1e-0000-4000-8000-000000000000');
    const missing = await sandbox.api('POST', '/signrequests/', { document: gone, signers });
    expect(missing.body).to.deep.equal({ document: ['Invalid hyperlink - Object does not exist.'] });
    await sandbox.post('/signrequests/', { document: document.url, signers });
    expect((await sandbox.api('POST', '/signrequests/', { document: document.url, signers })).status).to.equal(400);
  });

  it('keeps two accounts apart', async () => {
    const { request, document } = await sandbox.send({ external_id: 'mine' });
    const other = (method: string, path: string, body?: unknown) =>
      sandbox.api(method, path, body, 'Token other-token');
    const { body: bearer } = await token('/oauth2/token', {
      grant_type: 'client_credentials',
      client_id: 'other-client',
      client_secret: 'other-secret',
    });
    for (const path of ['/documents/?external_id=mine', '/events/', '/signature-requests/', '/templates/']) {
      expect((await other('GET', path)).body.count, path).to.equal(0);
      const byBearer = await sandbox.api('GET', path, undefined, `Bearer ${bearer.access_token}`);
      expect(byBearer.body.count, path).to.equal(0);
    }
    expect((await other('GET', document.url)).status).to.equal(404);
    expect((await other('DELETE', document.url)).status).to.equal(404);
    expect((await other('POST', `/signature-requests/${request.uuid}/cancel_signrequest/`)).status).to.equal(404);
    const signers = [{ email: 'a@example.com' }];
    expect((await other('POST', '/signature-requests/', { document: document.url, signers })).status).to.equal(400);
    expect((await sandbox.get(document.url)).status).to.equal('se');
  });

  it('makes further teams with tokens of their own', async () => {
    const team = await sandbox.post('/teams/', { name: 'Third', subdomain: 'third' });
    expect(team.members.map((member: { user: { email: string } }) => member.user.email)).to.deep.equal([
      'sender@sandbox.example',
    ]);
    expect((await sandbox.api('POST', '/teams/', { name: 'Third', subdomain: 'third' })).status).to.equal(400);
    const { key } = await sandbox.post('/api-tokens/', {
      email: 'sender@sandbox.example',
      password: 'sandbox-password',
      subdomain: 'third',
      name: 'third token',
    });
    const made = await sandbox.api('POST', '/documents/', textFile('x'), `Token ${key}`);
    expect([made.status, made.body.team.subdomain]).to.deep.equal([201, 'third']);
    expect((await sandbox.api('GET', made.body.url)).status).to.equal(404);
  });
});
