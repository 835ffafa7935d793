import { expect } from 'chai';
import { EcmSandbox, fileWith, type Json, sha } from './helpers';

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

  describe('categories', () => {
    const create = (categories: Json) => {
      const body = JSON.stringify({
        type: '144',
        name: `${Math.random()}.pdf`,
        parent_id: '2300',
        roles: { categories },
      });
      return sandbox.csUpload('/v2/nodes', { body }, 'x');
    };

    for (const [what, categories] of [
      ['a category that does not exist', { '99999_2': 'x' }],
      ['an attribute that does not exist', { '12508_2': 'Final', '12508_99': 'x' }],
      ['a mandatory attribute left out', { '12508_3': 'env' }],
      ['a value that is not among the choices', { '12508_2': 'Maybe' }],
      ['a text that is too long', { '12508_2': 'Final', '12508_3': 'x'.repeat(65) }],
      ['several values where one is meant', { '12508_2': ['Final', 'Draft'] }],
      ['a date that is none', { '12508_2': 'Final', '12508_4': 'tomorrow' }],
    ] as [string, Json][]) {
      it(`refuses ${what} and stores nothing`, async () => {
        const before = (await sandbox.filed()).length;
        expect((await create(categories)).status).to.equal(400);
        expect((await sandbox.filed()).length).to.equal(before);
      });
    }

    it('keeps flat values, lists and rows of sets', async () => {
      const made = await create({
        '12508_2': 'Draft',
        '12508_5': true,
        '12508_6': ['a', 'b'],
        '12700_2': 'C1',
        '12700_6_2_7': 'Acme',
      });
      const id = properties(made.body).id;
      const read = await sandbox.cs('GET', `/v2/nodes/${id}/categories?metadata`);
      const [signed, contract] = read.body.results.map((one: Json) => one.data.categories);
      expect(signed).to.include({ '12508_2': 'Draft', '12508_5': true, '12508_3': null });
      expect(signed['12508_6']).to.deep.equal(['a', 'b']);
      expect(contract['12700_6_2_7']).to.equal('Acme');
      const body = '12508_2=Final&12508_6=c&12508_6=d';
      const set = await sandbox.call('PUT', `/cs/cs/api/v2/nodes/${id}/categories/12508`, body, {
        'content-type': 'application/x-www-form-urlencoded',
        otcsticket: await sandbox.logIn(),
      });
      expect(set.status).to.equal(200);
      const again = await sandbox.cs('GET', `/v2/nodes/${id}/categories/12508`);
      expect(again.body.results[0].data.categories['12508_6']).to.deep.equal(['c', 'd']);
    });

    it('is an error to set one that is not assigned, or to assign one twice', async () => {
      const id = await sandbox.document('assign.pdf');
      const values = { '12508_2': 'Final' };
      expect((await sandbox.cs('PUT', `/v2/nodes/${id}/categories/12508`, values)).status).to.equal(400);
      const assign = () => sandbox.cs('POST', `/v2/nodes/${id}/categories`, { category_id: 12508, ...values });
      expect([(await assign()).status, (await assign()).status]).to.deep.equal([200, 500]);
    });

    it('describes them in a form', async () => {
      const { body } = await sandbox.cs('GET', '/v1/forms/nodes/categories/create?id=2000&category_id=12508');
      expect(body.forms[0].schema.properties['12508_2']).to.include({ required: true, type: 'string' });
      expect(body.forms[0].options.fields['12508_2'].label).to.equal('Status');
    });
  });

  describe('records', () => {
    it('locks the details optimistically, and protects an official record', async () => {
      const id = await sandbox.document('record.pdf');
      const path = `/v1/nodes/${id}/rmclassifications`;
      expect((await sandbox.csBody('POST', path, { class_id: 222, apply_to_sub_items: false })).status).to.equal(200);
      const { body } = await sandbox.cs('GET', path);
      expect(body.data[0]).to.include({ rmclassification_id: 222, official: false, file_status: 'ACTIVE' });
      const change = { rm_metadataToken: body.rm_metadataToken, file_status: 'ACTIVE', official: true };
      expect((await sandbox.csBody('PUT', path, change)).status).to.equal(200);
      expect((await sandbox.csBody('PUT', path, change)).status).to.equal(409);
      expect((await sandbox.csUpload(`/v2/nodes/${id}/versions`, { description: '' }, 'two')).status).to.equal(403);
      expect((await sandbox.cs('DELETE', `/v2/nodes/${id}`)).status).to.equal(403);
    });

    it('puts on hold what then cannot be deleted', async () => {
      const id = await sandbox.document('hold.pdf');
      const found = await sandbox.cs('GET', '/v2/hold?holdname=Audit%202026');
      expect(found.body.results.data.holds[0]).to.include({ HoldID: 14 });
      expect((await sandbox.csBody('POST', `/v1/nodes/${id}/holds`, { hold_id: 14 })).status).to.equal(200);
      expect((await sandbox.cs('DELETE', `/v2/nodes/${id}`)).status).to.equal(403);
    });

    it('replaces classifications', async () => {
      const id = await sandbox.document('class.pdf', 'x', { roles: { classifications: { create_id: [], id: [111] } } });
      await sandbox.csBody('POST', `/v1/nodes/${id}/classifications`, { class_id: [112] });
      const { body } = await sandbox.cs('GET', `/v1/nodes/${id}/classifications`);
      expect(body.data.map((one: Json) => one.id)).to.deep.equal([112]);
    });
  });

  describe('workspaces', () => {
    it('finds one by business object, where leading zeros count', async () => {
      const find = (id: string) => sandbox.cs('GET', `/v2/externalsystems/SAP/botypes/EMPLOYEE/boids/${id}`);
      const { body } = await find('4711');
      expect(body.results[0].data.properties).to.include({ id: 4001, type: 848 });
      expect((await find('04711')).status).to.equal(404);
      expect((await sandbox.cs('GET', '/v2/externalsystems/X/botypes/Y/boids/1')).status).to.equal(400);
    });

    it('makes one with a business object, which then has no second one', async () => {
      const wanted = { template_id: 3021, wksp_type_id: 21, type: '848', name: '4713 Cleo', roles: { categories: {} } };
      const link = { ext_system_id: 'SAP', bo_type: 'EMPLOYEE', bo_id: '4713' };
      const made = await sandbox.csBody('POST', '/v2/businessworkspaces', { ...wanted, ...link });
      expect(made.status).to.equal(201);
      const found = await sandbox.cs('GET', '/v2/externalsystems/SAP/botypes/EMPLOYEE/boids/4713');
      expect(found.body.results[0].data.properties.id).to.equal(made.body.results.id);
      const second = await sandbox.csBody('POST', '/v2/businessworkspaces', { ...wanted, ...link, name: 'other' });
      expect(second.status).to.equal(400);
      const listed = await sandbox.cs(
        'GET',
        '/v2/businessworkspaces?where_workspace_type_name=Empl&where_name=startswith_4713',
      );
      expect(listed.body.results).to.have.length(1);
    });
  });

  describe('with the client of the package', () => {
    const metadata = {
      attributes: { '12600_2': '4711', '12600_3': 'Contract' },
      classifications: ['112'],
      description: 'Signed',
    };
    const record = { classification: '222', official: true, hold: 'Audit 2026' };

    it('files a document in a workspace with metadata and record, once', async () => {
      const repository = sandbox.repository('content-server');
      const file = await sandbox.file('contract.pdf', 'signed contract');
      const container = {
        by: 'businessObject',
        system: 'SAP',
        type: 'EMPLOYEE',
        id: '4711',
        path: 'Contracts/2026',
      } as const;
      const item = { container, file, key: 'sig_e1_signed', collision: 'adopt' as const, metadata, record };
      expect((await fileWith(repository, item)).outcome).to.equal('created');
      expect((await fileWith(repository, item)).outcome).to.equal('duplicate');
      const [filed, ...others] = (await sandbox.filed()).filter(({ name }) => name === 'contract.pdf');
      expect(others).to.deep.equal([]);
      expect(filed).to.include({
        service: 'content-server',
        path: 'Enterprise/Human Resources/Employee Files/4711 Anna Berger/Contracts/2026',
        size: file.size,
        sha256: file.sha256,
      });
      expect(filed.metadata).to.include({
        nickname: 'sig_e1_signed',
        'Employee Document: Personnel Number': '4711',
        'Employee Document: Document Type': 'Contract',
      });
      expect(filed.record).to.deep.include({
        classification: 'Personnel Records',
        official: true,
        holds: ['Audit 2026'],
      });
    });

    it('adds a version under the policy, and by the workspace type and name', async () => {
      const repository = sandbox.repository('content-server');
      const container = { by: 'workspace', type: 'Matter', name: 'M-2026-002 Globex Lease' } as const;
      const one = {
        container,
        key: 'sig_v_1',
        collision: 'version' as const,
        file: await sandbox.file('lease.pdf', 'one'),
      };
      const two = { ...one, key: 'sig_v_2', file: await sandbox.file('lease.pdf', 'two!') };
      await fileWith(repository, one);
      expect((await fileWith(repository, two)).outcome).to.equal('versioned');
      const filed = (await sandbox.filed()).find(({ name }) => name === 'lease.pdf');
      expect(filed.versions.map((version: Json) => version.size)).to.deep.equal([3, 4]);
    });

    for (const kind of ['otdsTicket', 'otdsOAuth']) {
      it(`logs in by ${kind}`, async () => {
        const auth = {
          kind,
          otdsUrl: sandbox.url,
          ...(kind === 'otdsTicket'
            ? { username: 'sandbox-user', password: 'sandbox-password' }
            : { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' }),
        };
        const repository = sandbox.repository('content-server', { auth });
        expect((await repository.containers()).map(({ name }) => name)).to.include('Human Resources');
      });
    }

    it('is told what the dialog shows', async () => {
      const repository = sandbox.repository('content-server');
      expect((await repository.types()).map(({ name }) => name)).to.include('Employee Document');
      const attributes = await repository.attributes('12508');
      expect(attributes.find(({ id }) => id === '12508_2')).to.deep.include({ name: 'Status', required: true });
      expect(attributes.find(({ id }) => id === '12508_6')).to.deep.include({ multiple: true });
      expect(attributes.find(({ id }) => id === '12508_4')).to.deep.include({ type: 'date' });
    });

    it('gets plain errors for what is refused', async () => {
      const repository = sandbox.repository('content-server');
      const file = await sandbox.file('errors.pdf', 'x');
      const container = { by: 'path', path: 'Sales' } as const;
      const item = { container, file, key: 'sig_err', collision: 'adopt' as const };
      const code = (more: Json, faults: Json = {}) =>
        sandbox
          .faults(faults)
          .then(() => fileWith(repository, { ...item, ...more }))
          .then(
            () => 'no error',
            (error: { code: string }) => error.code,
          );
      expect(await code({ container: { by: 'id', id: '999999' } })).to.equal('NO_CONTAINER');
      expect(await code({ metadata: { attributes: { '12508_3': 'x' } } })).to.equal('MISSING_ATTRIBUTE');
      expect(await code({ metadata: { attributes: { '99999_3': 'x' } } })).to.equal('UNKNOWN_TYPE');
      expect(await code({}, { ecm: [{ kind: 'quota' }] })).to.equal('QUOTA_FULL');
      expect((await sandbox.filed()).some(({ name }) => name === 'errors.pdf')).to.equal(false);
      expect(await code({}, { ecm: [{ kind: 'corrupt' }] })).to.equal('HASH_MISMATCH');
      expect(
        await code({ record: { classification: '222' } }, { ecm: [{ kind: 'retention', step: 'record' }] }),
      ).to.equal('RETENTION');
      expect(await code({})).to.equal('no error');
    });
  });
});
