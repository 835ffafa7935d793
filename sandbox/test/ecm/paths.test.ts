import { request as httpRequest } from 'node:http';
import { expect } from 'chai';
import { basic, EcmSandbox, fileWith, type Json, sha } from './helpers';

describe('sandbox: WebDAV and plain HTTP', () => {
  const sandbox = new EcmSandbox();
  before(() => sandbox.start());
  after(() => sandbox.stop());

  const dav = (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
    sandbox.call(method, `/webdav${path}`, body, {
      authorization: basic,
      'content-type': 'application/pdf',
      ...headers,
    });
  const put = (path: string, body: string, headers: Record<string, string> = {}) => dav('PUT', path, body, headers);
  const statusOf = async (reply: Promise<{ status: number }>) => (await reply).status;

  describe('WebDAV', () => {
    it('asks for credentials', async () => {
      const { status, headers } = await sandbox.call('PROPFIND', '/webdav/');
      expect(status).to.equal(401);
      expect(headers.get('www-authenticate')).to.match(/^Basic/);
    });

    it('makes collections as Apache does', async () => {
      expect(await statusOf(dav('MKCOL', '/a'))).to.equal(201);
      expect(await statusOf(dav('MKCOL', '/a'))).to.equal(405);
      expect(await statusOf(dav('MKCOL', '/b/c'))).to.equal(409);
    });

    it('honours preconditions of PUT and DELETE', async () => {
      expect(await statusOf(put('/nowhere/x.pdf', 'x'))).to.equal(409);
      expect(await statusOf(put('/pre.pdf', 'one', { 'if-none-match': '*' }))).to.equal(201);
      expect(await statusOf(put('/pre.pdf', 'two', { 'if-none-match': '*' }))).to.equal(412);
      const got = await dav('GET', '/pre.pdf');
      const etag = got.headers.get('etag') ?? '';
      expect(got.body).to.equal('one');
      expect(await statusOf(put('/pre.pdf', 'two', { 'if-match': '"other"' }))).to.equal(412);
      expect(await statusOf(put('/pre.pdf', 'two', { 'if-match': etag }))).to.equal(204);
      expect(await statusOf(put('/pre.pdf', 'three', { 'if-match': etag }))).to.equal(412);
      expect(await statusOf(put('/none.pdf', 'x', { 'if-match': '*' }))).to.equal(412);
      expect(await statusOf(dav('DELETE', '/pre.pdf', undefined, { 'if-match': etag }))).to.equal(412);
      expect(await statusOf(dav('DELETE', '/pre.pdf'))).to.equal(204);
      expect(await statusOf(dav('GET', '/pre.pdf'))).to.equal(404);
    });

    it('lets one of many win that create at once', async () => {
      const all = [1, 2, 3, 4].map((n) => statusOf(put('/race.pdf', `race ${n}`, { 'if-none-match': '*' })));
      expect((await Promise.all(all)).sort()).to.deep.equal([201, 412, 412, 412]);
    });

    it('keeps properties in namespaces of their own, all or nothing', async () => {
      await put('/props & more.pdf', 'x');
      const path = '/props%20%26%20more.pdf';
      const update = (inner: string) =>
        dav(
          'PROPPATCH',
          path,
          `<?xml version="1.0"?><D:propertyupdate xmlns:D="DAV:"><D:set><D:prop>${inner}</D:prop></D:set></D:propertyupdate>`,
        );
      const set = await update('<k xmlns="urn:x">a &amp; b &lt;c&gt;</k>');
      expect(set.status).to.equal(207);
      const find = async () =>
        (
          await dav('PROPFIND', path, '<propfind xmlns="DAV:"><prop><k xmlns="urn:x"/><nothing/></prop></propfind>', {
            depth: '0',
          })
        ).body;
      expect(await find()).to.match(/<p:k xmlns:p="urn:x">a &amp; b &lt;c&gt;<\/p:k>.*404 Not Found/);
      const mixed = await update('<k xmlns="urn:x">new</k><getetag xmlns="DAV:">mine</getetag>');
      expect(mixed.body).to.contain('403 Forbidden').and.contain('424 Failed Dependency');
      expect(await find()).to.contain('a &amp; b');
      expect(await statusOf(dav('PROPPATCH', path, '<broken>'))).to.equal(400);
    });

    it('lists a collection with depth 1, and refuses to list everything', async () => {
      await dav('MKCOL', '/list');
      await put('/list/one.pdf', 'x');
      const { status, body } = await dav('PROPFIND', '/list', undefined, { depth: '1' });
      expect(status).to.equal(207);
      expect(body.match(/<D:href>[^<]*/g)).to.deep.equal(['<D:href>/webdav/list/', '<D:href>/webdav/list/one.pdf']);
      expect(body).to.contain('<D:collection/>').and.contain('<D:getcontentlength>1</D:getcontentlength>');
      expect(await statusOf(dav('PROPFIND', '/list', undefined, { depth: 'infinity' }))).to.equal(403);
    });

    it('moves with everything below', async () => {
      await dav('MKCOL', '/from');
      await put('/from/x.pdf', 'x');
      const destination = `${sandbox.url}/webdav/to`;
      expect(
        await statusOf(dav('MOVE', '/from', undefined, { destination: 'http://other.example/webdav/to' })),
      ).to.equal(502);
      expect(await statusOf(dav('MOVE', '/from', undefined, { destination }))).to.equal(201);
      expect((await dav('GET', '/to/x.pdf')).body).to.equal('x');
      expect(await statusOf(dav('GET', '/from/x.pdf'))).to.equal(404);
      await put('/y.pdf', 'y');
      const onto = { destination: `${sandbox.url}/webdav/to/x.pdf`, overwrite: 'F' };
      expect(await statusOf(dav('MOVE', '/y.pdf', undefined, onto))).to.equal(412);
    });

    for (const path of ['/webdav/%2e%2e/x', '/webdav/a%2Fb', '/webdav/a%5Cb', '/webdav/%00', '/webdav/%E0%A4%A']) {
      it(`refuses the path ${path}`, async () => {
        const status = await new Promise((resolve, reject) => {
          const { hostname, port } = new URL(sandbox.url);
          httpRequest({ hostname, port, path, method: 'PUT', headers: { authorization: basic } }, (response) => {
            response.resume().on('end', () => resolve(response.statusCode));
          })
            .on('error', reject)
            .end('x');
        });
        expect(status).to.equal(400);
      });
    }

    it('takes a document from the client of the package, once', async () => {
      const repository = sandbox.repository('webdav');
      const container = { by: 'path', path: 'Verträge/2026' } as const;
      const item = {
        container,
        key: 'sig_dav',
        collision: 'rename' as const,
        file: await sandbox.file('dav.pdf', 'dav'),
      };
      const metadata = { attributes: { envelope: 'e1' } };
      expect((await fileWith(repository, { ...item, metadata })).outcome).to.equal('created');
      expect((await fileWith(repository, { ...item, metadata })).outcome).to.equal('duplicate');
      const other = { ...item, key: 'sig_other', file: await sandbox.file('dav.pdf', 'other') };
      expect((await fileWith(repository, other)).name).to.equal('dav (2).pdf');
      const filed = (await sandbox.filed()).find(({ name }) => name === 'dav.pdf');
      expect(filed).to.include({ service: 'webdav', path: 'Verträge/2026', sha256: sha('dav') });
      expect(filed.metadata).to.include({ key: 'sig_dav', envelope: 'e1' });
    });

    it('says no space and locked when told to', async () => {
      await sandbox.faults({ ecm: [{ service: 'webdav', kind: 'quota', times: 1 }] });
      expect(await statusOf(put('/quota.pdf', 'x'))).to.equal(507);
      await sandbox.faults({ ecm: [{ service: 'webdav', kind: 'retention', times: 1 }] });
      expect(await statusOf(put('/quota.pdf', 'x'))).to.equal(423);
      expect(await statusOf(put('/quota.pdf', 'x'))).to.equal(201);
    });
  });

  describe('plain HTTP', () => {
    const up = (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
      sandbox.call(method, `/upload${path}`, body, { authorization: basic, ...headers });
    const post = async (fields: Record<string, string>, content: string, key: string) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      form.append('file', new Blob([content]), 'post.pdf');
      const headers = { 'x-api-key': 'sandbox-token', 'idempotency-key': key };
      const response = await fetch(`${sandbox.url}/upload/`, { method: 'POST', body: form, headers });
      return {
        status: response.status,
        location: response.headers.get('location'),
        body: (await response.json()) as Json,
      };
    };

    it('takes PUT, never over what is there if so told', async () => {
      expect(await statusOf(sandbox.call('PUT', '/upload/a/x.pdf', 'x'))).to.equal(401);
      expect(await statusOf(up('PUT', '/a/x.pdf', 'x', { 'if-none-match': '*' }))).to.equal(201);
      expect(await statusOf(up('PUT', '/a/x.pdf', 'y', { 'if-none-match': '*' }))).to.equal(412);
      expect((await up('GET', '/a/x.pdf')).body).to.equal('x');
      expect((await up('HEAD', '/a/x.pdf')).headers.get('content-length')).to.equal('1');
      expect(await statusOf(up('HEAD', '/a/none.pdf'))).to.equal(404);
    });

    it('takes a form once per idempotency key', async () => {
      const fields = { path: 'b%20c', sha256: sha('form'), metadata: '{"a":1}' };
      const first = await post(fields, 'form', 'k1');
      expect([first.status, first.location]).to.deep.equal([201, '/upload/b%20c/post.pdf']);
      const again = await post(fields, 'form', 'k1');
      expect([again.status, again.location]).to.deep.equal([200, '/upload/b%20c/post.pdf']);
      expect((await post(fields, 'form', 'k2')).status).to.equal(409);
      expect((await post({ ...fields, sha256: sha('other') }, 'form', 'k3')).status).to.equal(422);
      const filed = (await sandbox.filed()).filter(({ name }) => name === 'post.pdf');
      expect(filed).to.have.length(1);
      expect(filed[0]).to.include({ service: 'http', path: 'b c' });
    });

    for (const method of ['PUT', 'POST']) {
      it(`takes a document from the client of the package by ${method}`, async () => {
        const repository = sandbox.repository('http', { method });
        const container = { by: 'path', path: 'client' } as const;
        const file = await sandbox.file(`${method}.pdf`, method);
        const item = { container, key: `sig_${method}`, collision: 'adopt' as const, file };
        const metadata = { attributes: { envelope: 'e1' } };
        expect((await fileWith(repository, { ...item, metadata })).verified).to.equal('equal');
        await fileWith(repository, { ...item, metadata });
        const filed = (await sandbox.filed()).filter(({ path }) => path === 'client' && path !== '');
        expect(filed.filter(({ name }) => name === `${method}.pdf`)).to.have.length(1);
        expect(filed.some(({ name }) => name.endsWith('.json'))).to.equal(false);
      });
    }
  });
});
