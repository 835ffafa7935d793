import { expect } from 'chai';
import { EcmSandbox, type Json } from './helpers';

describe('sandbox: Content Server, categories, records and workspaces', () => {
  const sandbox = new EcmSandbox();
  before(async () => {
    await sandbox.start();
    await sandbox.logIn();
  });
  after(() => sandbox.stop());

  const properties = (body: Json) => body.results.data.properties;

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
});
