import { expect } from 'chai';
import { fileOne } from '../../../../dist/lib/archive/repositories/file';
import { openRepository } from '../../../../dist/lib/archive/repositories/open';
import { readMultistatus } from '../../../../dist/lib/archive/repositories/webdav/multistatus';
import { escapedXml, parseXml } from '../../../../dist/lib/archive/repositories/webdav/xml';
import { FakeWebDav } from './fakes/webdav';
import { failure, fileIn, itemOf, Notes, scratch, tools } from './support';

describe('WebDAV', () => {
  const folder = scratch();
  let server: FakeWebDav;
  beforeEach(async () => {
    server = await new FakeWebDav().start();
  });
  afterEach(() => server.close());

  const open = (password = 'secret', url = `${server.url}/dav/`) =>
    openRepository({ kind: 'webdav', url, credentials: { kind: 'basic', username: 'user', password } }, tools());
  const run = (more: Parameters<typeof itemOf>[1] = {}, notes = new Notes()) =>
    fileOne(open(), itemOf(fileIn(folder.path, 'signed pdf'), more), notes.kept, notes.note);
  const isPut = ({ method }: { method: string }) => method === 'PUT';

  it('keeps key, hash and metadata as properties', async () => {
    const attributes = { customer: 'A & B <Ltd>', '{urn:acme}signers': ['a', 'b'] };
    await run({ metadata: { attributes } });
    const { properties } = server.resources.get('/dav/Contracts/2026/contract.pdf')!;
    const own = 'urn:signature-flows:archive';
    expect(properties.get(`${own} key`)).to.equal('sig_env-1_signed');
    expect(properties.get(`${own} sha256`)).to.match(/^[0-9a-f]{64}$/);
    expect(properties.get(`${own} customer`)).to.equal('A & B <Ltd>');
    expect(properties.get('urn:acme signers')).to.equal('a, b');
  });

  it('looks inside the answer for a property that was refused', async () => {
    const error = await failure(run({ metadata: { attributes: { forbidden: 'x' } } }));
    expect(error).to.include({ code: 'UNKNOWN_TYPE', field: 'attributes.forbidden', status: 403 });
    const name = await failure(run({ metadata: { attributes: { 'no name': 'x' } } }));
    expect(name).to.include({ code: 'UNKNOWN_TYPE', field: 'attributes.no name' });
  });

  it('never writes over a document, even when it appears between look and upload', async () => {
    server.resources.set('/dav/contract.pdf', { content: Buffer.from('theirs'), properties: new Map() });
    const unseen = ({ method, path }: { method: string; path: string }) =>
      method === 'PROPFIND' && path.endsWith('.pdf');
    for (let n = 0; n < 2; n += 1) server.refuse(unseen, { status: 404 });
    const error = await failure(run({ container: { by: 'path' } }));
    expect(error.code).to.equal('NAME_NOT_ALLOWED');
    expect(String(server.resources.get('/dav/contract.pdf')?.content)).to.equal('theirs');
  });

  it('notices bytes that were changed on the way', async () => {
    server.garbles = true;
    expect((await failure(run())).code).to.equal('HASH_MISMATCH');
  });

  for (const [status, code] of [
    [507, 'QUOTA_FULL'],
    [413, 'QUOTA_FULL'],
    [423, 'RETENTION'],
    [409, 'NO_CONTAINER'],
    [403, 'FORBIDDEN'],
    [500, 'REMOTE_FAULT'],
  ] as const) {
    it(`${status} to an upload is ${code}`, async () => {
      server.refuse(isPut, { status });
      expect(await failure(run())).to.include({ code });
      expect(server.documents()).to.deep.equal([]);
    });
  }

  it('says that credentials are wrong, without showing them', async () => {
    const error = await failure(open('another-secret').test());
    expect(error.code).to.equal('UNAUTHORIZED');
    expect(error.message).to.not.include('another-secret');
  });

  it('follows no redirect, least of all with credentials', async () => {
    server.refuse(() => true, { status: 302, headers: { location: 'http://169.254.169.254/latest' } });
    const error = await failure(open().test());
    expect(error.code).to.equal('REMOTE_FAULT');
    expect(error.message).to.include('redirect');
    expect(server.seen).to.have.length(1);
  });

  it('says that a place that is no WebDAV folder is none', async () => {
    expect((await failure(open('secret', `${server.url}/elsewhere/`).test())).code).to.equal('NO_CONTAINER');
    server.refuse(() => true, { status: 200, body: '<html></html>' });
    expect((await failure(open().test())).code).to.equal('REMOTE_FAULT');
  });

  it('lists folders', async () => {
    await run();
    expect(await open().containers()).to.deep.equal([{ id: 'Contracts/', name: 'Contracts' }]);
    expect(await open().containers('Contracts/')).to.deep.equal([{ id: 'Contracts/2026/', name: '2026' }]);
  });
});

describe('the XML reader', () => {
  const refused = (source: string) => {
    try {
      parseXml(source);
    } catch (thrown) {
      return (thrown as { code: string }).code;
    }
    return 'accepted';
  };

  it('reads elements, namespaces, text, CDATA and entities', () => {
    const root = parseXml(
      '\ufeff<?xml version="1.0"?><!-- > --><a:x xmlns:a="u" xmlns="d" t="&gt;>"><y>1 &amp; &#x41;&#66;<![CDATA[<&]]></y><a:z/></a:x>\n',
    );
    expect([root.space, root.name]).to.deep.equal(['u', 'x']);
    const [y, z] = root.children;
    expect([y?.space, y?.name, y?.text]).to.deep.equal(['d', 'y', '1 & AB<&']);
    expect([z?.space, z?.name]).to.deep.equal(['u', 'z']);
  });

  it('refuses document types, entities, broken and endless documents', () => {
    const deep = '<a>'.repeat(70) + '</a>'.repeat(70);
    for (const source of [
      '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
      '<a>&lol;</a>',
      '<a>&#0;</a>',
      '<a>&#x110000;</a>',
      '<a><b></a></b>',
      '<a>',
      '</a>',
      '',
      '<a/><b/>',
      '<p:a/>',
      '<a b="',
      '<a b=c/>',
      '<![CDATA[x',
      '<!-- x',
      '<1/>',
      deep,
      `<a>${'<b/>'.repeat(200_001)}</a>`,
      `<a>${' '.repeat(8 * 1024 * 1024)}</a>`,
    ]) {
      expect(refused(source), source.slice(0, 40)).to.equal('REMOTE_FAULT');
    }
  });

  it('reads back what it escapes', () => {
    const text = 'a<b>&"c" \u0001Ü\ud800';
    expect(parseXml(`<a>${escapedXml(text)}</a>`).text).to.equal('a<b>&"c" Ü');
  });

  it('is quick with hostile text', () => {
    const started = process.hrtime.bigint();
    refused(`<a ${'x'.repeat(500_000)}`);
    refused(`<a ${'x="1" '.repeat(50_000)}y>`);
    refused(`<a>${'&'.repeat(500_000)}`);
    expect(Number(process.hrtime.bigint() - started) / 1e6).to.be.below(2000);
  });

  it('tells found and failed properties apart', () => {
    const [state] = readMultistatus(
      '<d:multistatus xmlns:d="DAV:"><d:response><d:href>/x</d:href><d:propstat><d:prop><q xmlns="u">1</q></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop><d:r/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response></d:multistatus>',
    );
    expect(state?.found).to.deep.equal([{ space: 'u', name: 'q', text: '1', children: [] }]);
    expect(state?.failed).to.deep.equal([{ space: 'DAV:', name: 'r', status: 404 }]);
  });
});
