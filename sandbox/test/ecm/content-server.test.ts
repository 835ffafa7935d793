import { expect } from 'chai';
import { EcmSandbox, type Json, sha } from './helpers';

describe('sandbox: Content Server', () => {
  const sandbox = new EcmSandbox();
  before(async () => {
    await sandbox.start();
    await sandbox.logIn();
  });
  after(() => sandbox.stop());

  const properties = (body: Json) => body.results.data.properties;

  describe('logging in', () => {
    it('refuses wrong credentials and calls without a ticket', async () => {
      const wrong = await sandbox.cs('POST', '/v1/auth', { username: 'sandbox-user', password: 'x' });
      expect(wrong.status).to.equal(401);
      const none = await sandbox.call('GET', '/cs/cs/api/v2/nodes/2000');
      expect(none.status).to.equal(401);
      const forged = await sandbox.call('GET', '/cs/cs/api/v2/nodes/2000', undefined, { otcsticket: 'forged' });
      expect(forged.status).to.equal(401);
    });

    it('takes the ticket as a cookie too, and answers ping without one', async () => {
      const cookie = `otcsticket=${await sandbox.logIn()}`;
      const reply = await sandbox.call('GET', '/cs/cs/api/v2/nodes/2000', undefined, { cookie });
      expect(properties(reply.body)).to.include({ id: 2000, type: 141, name: 'Enterprise' });
      expect((await sandbox.call('GET', '/cs/cs/api/v1/ping')).status).to.equal(200);
    });

    it('gives a ticket for a token and for a ticket of the directory service', async () => {
      const grant = { grant_type: 'client_credentials', client_id: 'sandbox-client', client_secret: 'sandbox-secret' };
      const token = await sandbox.call('POST', '/otdsws/oauth2/token', grant);
      const byToken = await sandbox.call('GET', '/cs/cs/api/v1/auth', undefined, {
        authorization: `Bearer ${token.body.access_token}`,
      });
      const named = { userName: 'sandbox-user', password: 'sandbox-password' };
      const otds = await sandbox.call('POST', '/otdsws/rest/authentication/credentials', named);
      const byTicket = await sandbox.call('GET', '/cs/cs/api/v1/auth', undefined, { otdsticket: otds.body.ticket });
      for (const { status, headers } of [byToken, byTicket]) {
        expect(status).to.equal(200);
        const read = await sandbox.call('GET', '/cs/cs/api/v2/nodes/2000', undefined, {
          otcsticket: headers.get('otcsticket') ?? '',
        });
        expect(read.status).to.equal(200);
      }
      const garbage = { authorization: 'Bearer x.y.z' };
      expect((await sandbox.call('GET', '/cs/cs/api/v1/auth', undefined, garbage)).status).to.equal(401);
    });

    it('renews an old ticket, and lets one run out', async () => {
      const clocked = new EcmSandbox();
      await clocked.start();
      const ticket = await clocked.logIn();
      const named = { userName: 'sandbox-user', password: 'sandbox-password' };
      const otds = await clocked.call('POST', '/otdsws/rest/authentication/credentials', named);
      expect((await clocked.cs('GET', '/v2/nodes/2000')).headers.get('otcsticket')).to.equal(null);
      await clocked.advance('20m');
      const renewed = (await clocked.cs('GET', '/v2/nodes/2000')).headers.get('otcsticket') ?? '';
      expect(renewed).to.not.be.oneOf(['', ticket]);
      await clocked.advance('11m');
      expect((await clocked.cs('GET', '/v2/nodes/2000')).status).to.equal(401);
      expect((await clocked.cs('GET', '/v2/nodes/2000', undefined, { otcsticket: renewed })).status).to.equal(200);
      const late = await clocked.call('GET', '/cs/cs/api/v1/auth', undefined, { otdsticket: otds.body.ticket });
      expect([late.status, late.body.status]).to.deep.equal([400, 1034]);
      await clocked.stop();
    });
  });

  describe('nodes', () => {
    it('creates a folder and a document, and gives the content back', async () => {
      const folder = await sandbox.csBody('POST', '/v2/nodes', {
        parent_id: 2300,
        type: '0',
        name: 'Y2026',
        description: '',
        roles: {},
      });
      expect(folder.status).to.equal(201);
      const parent = properties(folder.body).id;
      const id = await sandbox.document('a.pdf', 'content', { external_create_date: '2026-01-15' }, parent);
      const read = await sandbox.cs('GET', `/v2/nodes/${id}`);
      expect(properties(read.body)).to.include({
        name: 'a.pdf',
        parent_id: parent,
        size: 7,
        mime_type: 'application/pdf',
      });
      expect((await sandbox.cs('GET', `/v2/nodes/${id}/versions/1/content`)).body).to.equal('content');
      const found = await sandbox.cs('GET', `/v2/nodes/${parent}/nodes?where_name=A&limit=100&fields=properties`);
      expect(found.body.results[0].data.properties.id).to.equal(id);
      expect(JSON.stringify(read.body)).to.not.contain(sha('content'));
    });

    it('says that a name is taken, on validation and on create', async () => {
      const id = await sandbox.document('taken.pdf');
      const asked = await sandbox.csBody('POST', '/v1/validation/nodes/names', {
        parent_id: 2300,
        names: ['Taken.pdf', 'free.pdf'],
      });
      expect(asked.body.results).to.deep.equal([{ id, name: 'taken.pdf' }]);
      const body = JSON.stringify({ type: '144', name: 'taken.pdf', parent_id: '2300' });
      const again = await sandbox.csUpload('/v2/nodes', { body }, 'x');
      expect(again.status).to.equal(500);
      expect(again.body.error).to.contain('already exists');
    });

    it('makes one of many that are created at once', async () => {
      const body = JSON.stringify({ type: '144', name: 'race.pdf', parent_id: '2300' });
      const replies = await Promise.all([1, 2, 3, 4].map((n) => sandbox.csUpload('/v2/nodes', { body }, `race ${n}`)));
      expect(replies.map(({ status }) => status).sort()).to.deep.equal([201, 500, 500, 500]);
    });

    for (const [what, name] of [
      ['a colon', 'a:b.pdf'],
      ['249 characters', 'x'.repeat(249)],
      ['nothing', ' '],
    ]) {
      it(`refuses a name with ${what}`, async () => {
        const made = await sandbox.csBody('POST', '/v2/nodes', { parent_id: 2300, type: '0', name });
        expect(made.status).to.equal(400);
      });
    }

    it('adds versions and numbers them', async () => {
      const id = await sandbox.document('versions.pdf', 'one');
      const added = await sandbox.csUpload(`/v2/nodes/${id}/versions`, { description: 'v2' }, 'two');
      expect(added.body.results.data.versions).to.include({ version_number: 2, file_size: 3 });
      expect((await sandbox.cs('GET', `/v2/nodes/${id}/versions/1/content`)).body).to.equal('one');
      expect((await sandbox.cs('GET', `/v2/nodes/${id}/content`)).body).to.equal('two');
      const list = await sandbox.cs('GET', `/v2/nodes/${id}/versions`);
      expect(list.body.results.map((one: Json) => one.data.versions.version_number)).to.deep.equal([2, 1]);
      expect(
        (await sandbox.csUpload(`/v2/nodes/${id}/versions`, { description: 'x'.repeat(256) }, '3')).status,
      ).to.equal(400);
    });

    it('keeps nicknames unique in the whole server', async () => {
      const [one, two] = [await sandbox.document('nick1.pdf'), await sandbox.document('nick2.pdf')];
      expect((await sandbox.cs('PUT', `/v2/nodes/${one}/nicknames`, { nickname: 'env-1:x' })).status).to.equal(200);
      const found = await sandbox.cs('GET', '/v2/nicknames/env_1_x/nodes');
      expect(properties(found.body).id).to.equal(one);
      expect((await sandbox.cs('PUT', `/v2/nodes/${two}/nicknames`, { nickname: 'env_1_x' })).status).to.equal(400);
      expect((await sandbox.cs('GET', '/v2/nicknames/nobody/nodes')).status).to.equal(404);
    });

    it('finds by complex query, and not while the index lags', async () => {
      const id = await sandbox.document('needle.pdf', 'x', {
        roles: { categories: { '12508_2': 'Final', '12508_3': 'env-9' } },
      });
      const query = { where: 'OTName:"needle.pdf" AND Attr_12508_3:"env-9"', lookfor: 'complexQuery', within: 'all' };
      const ids = async () =>
        (await sandbox.cs('POST', '/v2/search', query)).body.results.map((r: Json) => r.data.properties.id);
      expect(await ids()).to.deep.equal([id]);
      await sandbox.faults({ ecm: [{ kind: 'stale', times: 1 }] });
      expect(await ids()).to.deep.equal([]);
      expect(await ids()).to.deep.equal([id]);
    });
  });
});
