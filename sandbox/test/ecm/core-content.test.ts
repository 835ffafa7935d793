import { expect } from 'chai';
import { EcmSandbox, fileWith, type Json, sha } from './helpers';

describe('sandbox: Core Content', () => {
  const sandbox = new EcmSandbox();
  let authorization = '';
  before(async () => {
    await sandbox.start();
    const grant = { grant_type: 'client_credentials', client_id: 'sandbox-client', client_secret: 'sandbox-secret' };
    authorization = `Bearer ${(await sandbox.call('POST', '/oauth2/token', grant)).body.access_token}`;
  });
  after(() => sandbox.stop());

  const cms = (method: string, path: string, body?: Json) =>
    sandbox.call(method, `/cms${path}`, body, { authorization });
  const blob = async (content: string): Promise<Json> => {
    const form = new FormData();
    form.append('file', new Blob([content], { type: 'application/pdf' }), 'ünïcode "1".pdf');
    const headers = { authorization };
    return (await fetch(`${sandbox.url}/css/v3/files/fromStream`, { method: 'POST', body: form, headers })).json();
  };
  const fileBody = (name: string, blobId: string, more: Json = {}) => ({
    name,
    renditions: [{ name, rendition_type: 'primary', source: 'FILE_ID', blob_id: blobId }],
    properties: {},
    ...more,
  });

  it('refuses calls without a good token', async () => {
    expect((await sandbox.call('GET', '/cms/instances/file/cms_file')).status).to.equal(401);
    const wrong = { authorization: 'Bearer a.b.c' };
    expect((await sandbox.call('GET', '/css/v3/files/1', undefined, wrong)).status).to.equal(401);
  });

  it('stores a blob and gives it back', async () => {
    const { id, originalFileName, mimeType, size } = await blob('bytes');
    expect({ originalFileName, mimeType, size }).to.deep.equal({
      originalFileName: 'ünïcode "1".pdf',
      mimeType: 'application/pdf',
      size: 5,
    });
    const read = await sandbox.call('GET', `/css/v3/files/${id}/stream`, undefined, { authorization });
    expect(read.body).to.equal('bytes');
  });

  it('leaves out _embedded when a query finds nothing', async () => {
    const { status, body } = await cms(
      'GET',
      "/instances/folder/cms_folder?filter=name eq 'Nothing'&include-total=true",
    );
    expect(status).to.equal(200);
    expect(body).to.not.have.property('_embedded');
    expect(body.total).to.equal(0);
  });

  it('finds by name, folder and properties, with quotes in them', async () => {
    const folder = (await cms('POST', '/instances/folder/cms_folder', { name: "O'Neil", properties: {} })).body.id;
    const { id } = await blob('x');
    const made = await cms(
      'POST',
      '/instances/file/cms_file',
      fileBody('a.pdf', id, { parent_folder_id: folder, properties: { envelope: 'e1' } }),
    );
    expect(made.status).to.equal(201);
    const find = async (filter: string) =>
      (
        await cms('GET', `/instances/file/cms_file?filter=${encodeURIComponent(filter)}`)
      ).body._embedded?.collection.map((one: Json) => one.id);
    expect(await find(`name eq 'a.pdf' and parent_folder_id eq '${folder}'`)).to.deep.equal([made.body.id]);
    expect(await find("envelope eq 'e1'")).to.deep.equal([made.body.id]);
    expect(await find("envelope eq 'e2'")).to.equal(undefined);
    const folders = await cms('GET', `/instances/folder/cms_folder?filter=${encodeURIComponent("name eq 'O''Neil'")}`);
    expect(folders.body._embedded.collection[0].id).to.equal(folder);
    const broken = await cms('GET', `/instances/file/cms_file?filter=${encodeURIComponent('name like x')}`);
    expect(broken.status).to.equal(400);
  });

  for (const [what, type, change, status] of [
    ['a blob that does not exist', 'cms_file', { renditions: [{ name: 'x', blob_id: 'nobody' }] }, 400],
    ['a folder that does not exist', 'cms_file', { parent_folder_id: 'nobody' }, 400],
    ['a type that does not exist', 'no_such_type', {}, 404],
    ['a mandatory attribute left out', 'sandbox_signed_document', {}, 400],
    [
      'an attribute the type does not have',
      'sandbox_signed_document',
      { properties: { status: 'x', colour: 'red' } },
      400,
    ],
    ['a permission set that does not exist', 'cms_file', { acl_id: 'nobody' }, 400],
  ] as [string, string, Json, number][]) {
    it(`refuses ${what}`, async () => {
      const { id } = await blob('x');
      const made = await cms('POST', `/instances/file/${type}`, fileBody(`${what}.pdf`, id, change));
      expect(made.status).to.equal(status);
    });
  }

  it('merges with PATCH, and makes a version of new content', async () => {
    const [one, two] = [await blob('one'), await blob('two')];
    const made = await cms(
      'POST',
      '/instances/file/cms_file',
      fileBody('patch.pdf', one.id, { properties: { a: '1' } }),
    );
    const path = `/instances/file/cms_file/${made.body.id}`;
    const patched = await cms('PATCH', path, { properties: { b: '2' }, traits: { sandbox_evidence: { main: {} } } });
    expect(patched.body).to.deep.include({ properties: { a: '1', b: '2' }, version_no: 1 });
    const renewed = await cms('PATCH', path, { renditions: fileBody('patch.pdf', two.id).renditions });
    expect(renewed.body.version_no).to.equal(2);
    const filed = (await sandbox.filed()).find(({ name }) => name === 'patch.pdf');
    expect(filed.versions.map((version: Json) => version.sha256)).to.deep.equal([sha('one'), sha('two')]);
  });

  it('lists types, their attributes and permissions', async () => {
    const types = await cms('GET', '/type-definitions?category=file&include-total=true&page=1&items-per-page=100');
    expect(types.body._embedded.collection.map((one: Json) => one.system_name)).to.deep.equal([
      'cms_file',
      'sandbox_signed_document',
    ]);
    const attributes = await cms('GET', '/type-definitions/sandbox_signed_document/attributes-all');
    expect(attributes.body._embedded.collection[1]).to.include({ name: 'status', required: true });
    const permissions = await cms('GET', "/permissions?filter=name eq 'sandbox_default'");
    expect(permissions.body._embedded.collection).to.have.length(1);
  });

  it('takes a document from the client of the package, once, also when throttled', async () => {
    const repository = sandbox.repository('core-content');
    const container = { by: 'path', path: 'Archive/2026' } as const;
    const item = { container, key: 'sig_1', collision: 'adopt' as const, file: await sandbox.file('core.pdf', 'core') };
    const metadata = { attributes: { envelope: 'e9' }, description: 'Signed' };
    await sandbox.faults({ ecm: [{ service: 'core-content', kind: 'status', status: 429, times: 1 }] });
    expect((await fileWith(repository, { ...item, metadata })).outcome).to.equal('created');
    expect((await fileWith(repository, { ...item, metadata })).outcome).to.equal('duplicate');
    const filed = (await sandbox.filed()).filter(({ name }) => name === 'core.pdf');
    expect(filed).to.have.length(1);
    expect(filed[0]).to.deep.include({ path: 'Archive/2026', sha256: sha('core') });
    expect(filed[0].metadata).to.include({ envelope: 'e9', envelope_key: 'sig_1', description: 'Signed' });
  });
});
