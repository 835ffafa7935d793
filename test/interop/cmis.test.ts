import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { type FilingItem, fileOne } from '../../dist/lib/archive/repositories/file';
import { openRepository } from '../../dist/lib/archive/repositories/open';
import type { SignatureError } from '../../dist/lib/errors';
import { startChild } from '../../scripts/lib/child';
import type { FilingJob } from './filing-child';
import { fetchOpenCmis, type OpenCmis, startOpenCmis } from './opencmis';

const basic = (username: string, password = 'secret') => ({ kind: 'basic', username, password });

/** A property of a type that is made for the tests. */
const property = (id: string, propertyType = 'string', more: object = {}) => ({
  id,
  localName: id,
  localNamespace: 'acme',
  displayName: id,
  queryName: id.replace('.', '_'),
  propertyType,
  cardinality: 'single',
  updatability: 'readwrite',
  required: false,
  queryable: true,
  orderable: true,
  ...more,
});

const typeOf = (id: string, parentId: string, properties: { id: string }[]) => ({
  id,
  localName: id,
  localNamespace: 'acme',
  displayName: id,
  queryName: id.replace('.', '_'),
  baseId: parentId === 'cmis:secondary' ? parentId : 'cmis:document',
  parentId,
  creatable: parentId !== 'cmis:secondary',
  fileable: parentId !== 'cmis:secondary',
  queryable: true,
  fulltextIndexed: false,
  includedInSupertypeQuery: true,
  controllablePolicy: false,
  controllableACL: parentId !== 'cmis:secondary',
  ...(parentId !== 'cmis:secondary' && { versionable: true, contentStreamAllowed: 'allowed' }),
  propertyDefinitions: Object.fromEntries(properties.map((one) => [one.id, one])),
});

const types = [
  typeOf('acme:contract', 'cmis:document', [
    property('acme:customer', 'string', { required: true }),
    property('acme:parties', 'string', { cardinality: 'multi', required: true }),
    property('acme:envelope.key'),
    property('acme:signed', 'datetime'),
    property('acme:value', 'decimal'),
    property('acme:pages', 'integer'),
    property('acme:paper', 'boolean'),
    property('acme:office', 'string', { updatability: 'oncreate' }),
    property('acme:clerk', 'string', { updatability: 'whencheckedout' }),
  ]),
  typeOf('acme:nda', 'acme:contract', [property('acme:term', 'integer')]),
  typeOf('acme:confidential', 'cmis:secondary', [property('acme:level')]),
  typeOf('cmis:rm_clientMgtRetention', 'cmis:secondary', [property('cmis:rm_expirationDate', 'datetime')]),
  typeOf('cmis:rm_hold', 'cmis:secondary', [property('cmis:rm_holdIds', 'string', { cardinality: 'multi' })]),
  typeOf('acme:traced', 'cmis:secondary', [property('acme:trace')]),
];

describe('Apache Chemistry OpenCMIS', () => {
  let folder = '';
  let server: OpenCmis;
  let place = '';

  before(async function () {
    this.timeout(300_000);
    const why = fetchOpenCmis();
    if (why !== undefined) {
      console.log(`      Skipped: ${why}`);
      return this.skip();
    }
    folder = mkdtempSync(path.join(tmpdir(), 'opencmis-'));
    server = await startOpenCmis(folder);
    for (const type of types) await act('', { cmisaction: 'createType', type: JSON.stringify(type) });
  });

  after(async () => {
    await server?.end();
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    place = `Contracts/${randomUUID()}`;
  });

  // Seen from the side, without the code under test.
  const authorization = `Basic ${Buffer.from('colleague:secret').toString('base64')}`;
  const answered = async (answer: Response) => {
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };
  const act = (where: string, form: Record<string, string>) => {
    const body = new URLSearchParams({ succinct: 'true', ...form });
    return fetch(`${server.url}/A1${where}`, { method: 'POST', body, headers: { authorization } }).then(answered);
  };
  const look = (where: string) => fetch(`${server.url}/A1/root${where}`, { headers: { authorization } });
  const inside = async (): Promise<Record<string, unknown>[]> => {
    const { objects } = await answered(await look(`/${place}?cmisselector=children&succinct=true`));
    return objects.map(({ object }: { object: { succinctProperties: object } }) => object.succinctProperties);
  };
  const names = async () => (await inside()).map((one) => String(one['cmis:name'])).toSorted();
  const stored = async (name: string) =>
    (await look(`/${place}/${encodeURIComponent(name)}?cmisselector=content`)).text();

  const settings = (more: object = {}) => ({ kind: 'cmis', url: server.url, credentials: basic('user'), ...more });
  const open = (more: object = {}) => openRepository(settings(more), { userAgent: 'test' });
  const keyed = () => open({ keyProperty: 'acme:envelope.key' });

  const item = (content: string | Buffer, more: Partial<FilingItem> = {}, name = 'contract.pdf'): FilingItem => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const where = path.join(folder, `source-${sha256.slice(0, 12)}`);
    writeFileSync(where, content);
    return {
      container: { by: 'path', path: place },
      file: { path: where, size: Buffer.byteLength(content), sha256, name, mimeType: 'application/pdf' },
      key: 'sig_1_signed',
      collision: 'adopt',
      ...more,
    };
  };
  const file = (one: FilingItem, repository = open()) => fileOne(repository, one, {}, async () => {});
  const failure = async (promise: Promise<unknown>): Promise<SignatureError> => {
    const result = await promise.catch((thrown: SignatureError) => thrown);
    if (!(result instanceof Error)) throw new Error(`no error, but ${JSON.stringify(result)}`);
    return result as SignatureError;
  };
  const contract = (attributes: object = {}, more: object = {}) => ({
    type: 'acme:contract',
    attributes: { 'acme:customer': 'ACME', 'acme:parties': ['A', 'B'], ...attributes },
    ...more,
  });

  it('answers to a connection test, and refuses wrong credentials and repositories', async () => {
    await open().test();
    await open({ repositoryId: 'A1' }).test();
    expect((await failure(open({ credentials: basic('user', 'wrong') }).test())).code).to.equal('UNAUTHORIZED');
    const error = await failure(open({ repositoryId: 'B2' }).test());
    expect(error).to.include({ code: 'BAD_CONFIG', field: 'repositoryId' });
    expect(error.message).to.include('A1');
  });

  it('makes the folders and stores the bytes once', async () => {
    const first = await file(item('signed'));
    expect(first).to.include({ outcome: 'created', verified: 'equal', name: 'contract.pdf', size: 6 });
    expect(await file(item('signed'))).to.include({ outcome: 'duplicate', id: first.id });
    expect(await stored('contract.pdf')).to.equal('signed');
    expect(await names()).to.deep.equal(['contract.pdf']);
  });

  it('files into a folder given by its id', async () => {
    const top = await open().resolveContainer({ by: 'path', path: place });
    await file(item('signed', { container: { by: 'id', id: top.id, path: 'In/Here' } }));
    const container = await open().resolveContainer({ by: 'path', path: `${place}/In/Here`, create: false });
    expect(container.name).to.equal('Here');
  });

  it('says when the container is missing, is no folder, or may not be named so', async () => {
    const there = (container: FilingItem['container']) => failure(file(item('signed', { container })));
    expect((await there({ by: 'path', path: 'No/Such', create: false })).code).to.equal('NO_CONTAINER');
    expect((await there({ by: 'id', id: 'no such id' })).code).to.equal('NO_CONTAINER');
    await file(item('signed'));
    expect((await there({ by: 'path', path: `${place}/contract.pdf` })).code).to.equal('NO_CONTAINER');
    expect((await there({ by: 'path', path: `${place}/contract.pdf/below` })).code).to.equal('NO_CONTAINER');
    expect((await there({ by: 'path', path: 'a:b' })).code).to.equal('NAME_NOT_ALLOWED');
    expect(await names()).to.deep.equal(['contract.pdf']);
  });

  it('refuses exactly the characters in names that the server refuses', async () => {
    await file(item('signed'));
    for (const name of ['a:b', 'a"b', 'a/b', 'a\\b', 'a*b', 'a?b', 'a<b', 'a>b', 'a|b']) {
      const form = { 'propertyId[0]': 'cmis:objectTypeId', 'propertyValue[0]': 'cmis:folder' };
      const named = { ...form, 'propertyId[1]': 'cmis:name', 'propertyValue[1]': name };
      const refused = await failure(act(`/root/${place}`, { cmisaction: 'createFolder', ...named }));
      expect(refused.message).to.include('illegal characters');
      expect((await failure(file(item('signed', {}, name)))).code, name).to.equal('NAME_NOT_ALLOWED');
    }
    const odd = "Vertrag Müller & Söhne's #7 100% (中) +;=@[]{}^~.pdf";
    expect(await file(item('signed', { key: 'odd' }, odd))).to.include({ outcome: 'created', name: odd });
    expect(await file(item('signed', { key: 'odd' }, odd))).to.include({ outcome: 'duplicate', name: odd });
    expect(await stored(odd)).to.equal('signed');
    expect(await names()).to.deep.equal([odd, 'contract.pdf']);
  });

  it('lists folders, types, secondary types and attributes for the dialog', async () => {
    await file(item('signed'));
    const top = await open().containers();
    const contracts = top.find(({ name }) => name === 'Contracts');
    expect((await open().containers(contracts!.id)).map(({ name }) => `Contracts/${name}`)).to.include(place);
    const choices = (await open().types()).map(({ id, kind }) => `${kind} ${id}`);
    expect(choices).to.include.members(['type cmis:document', 'type acme:contract', 'type acme:nda']);
    expect(choices).to.include.members(['aspect acme:confidential']);
    const attributes = new Map((await open().attributes('acme:nda')).map((one) => [one.id, one]));
    expect(attributes.get('acme:customer')).to.include({ type: 'text', required: true, multiple: false });
    expect(attributes.get('acme:parties')).to.include({ type: 'text', required: true, multiple: true });
    expect(attributes.get('acme:signed')).to.include({ type: 'date' });
    expect(attributes.get('acme:term')).to.include({ type: 'number' });
    expect((await open().attributes('acme:confidential')).map(({ id }) => id)).to.include('acme:level');
  });

  it('writes values of every kind, and reads the same when repeated', async () => {
    const attributes = {
      'acme:signed': '2026-01-31T12:00:00Z',
      'acme:value': 12.5,
      'acme:pages': 7,
      'acme:paper': false,
      'acme:office': 'Bonn <ä>',
      'acme:clerk': 'Meier',
      'acme:level': 'high',
    };
    const metadata = contract(attributes, { aspects: ['acme:confidential'], description: 'Signed contract' });
    const one = item('signed', { metadata });
    expect((await file(one)).outcome).to.equal('created');
    expect((await file(one)).outcome).to.equal('duplicate');
    const [document] = await inside();
    expect(document).to.deep.include({
      ...attributes,
      'acme:signed': Date.UTC(2026, 0, 31, 12),
      'acme:parties': ['A', 'B'],
      'cmis:objectTypeId': 'acme:contract',
      'cmis:secondaryObjectTypeIds': ['acme:confidential'],
      'cmis:description': 'Signed contract',
      'cmis:contentStreamMimeType': 'application/pdf',
      'cmis:versionLabel': '1.0',
    });
  });

  it('refuses unknown types and properties and missing values, before anything is stored', async () => {
    const cases: [object, string, string][] = [
      [{ type: 'acme:none', attributes: {} }, 'UNKNOWN_TYPE', 'type'],
      [contract({}, { aspects: ['acme:none'] }), 'UNKNOWN_TYPE', 'aspects'],
      [contract({ 'acme:color': 'x' }), 'UNKNOWN_TYPE', 'attributes.acme:color'],
      [contract({ 'acme:customer': '' }), 'MISSING_ATTRIBUTE', 'attributes.acme:customer'],
      [contract({ 'acme:parties': [] }), 'MISSING_ATTRIBUTE', 'attributes.acme:parties'],
      [contract({ 'acme:signed': 'soon' }), 'BAD_INPUT', 'attributes.acme:signed'],
    ];
    for (const [metadata, code, field] of cases) {
      expect(await failure(file(item('signed', { metadata: metadata as never }))), field).to.include({ code, field });
    }
    expect((await look(`/${place}?cmisselector=object`)).status).to.equal(404);
  });

  it('adopts the same bytes, and never writes over another document', async () => {
    const metadata = contract();
    const first = await file(item('signed', { key: 'theirs', metadata }));
    const adopted = await file(item('signed', { key: `${place} mine`, metadata }), keyed());
    expect(adopted).to.include({ outcome: 'adopted', id: first.id });
    const error = await failure(file(item('other', { key: `${place} third`, metadata }), keyed()));
    expect(error).to.include({ code: 'NAME_NOT_ALLOWED', field: 'name' });
    expect(await stored('contract.pdf')).to.equal('signed');
    expect(await names()).to.deep.equal(['contract.pdf']);
  });

  it('leaves the key of another envelope on a document that is adopted', async () => {
    const [theirs, mine] = ['theirs', 'mine'].map((name) => ({ key: `${place} ${name}`, metadata: contract() }));
    const first = await file(item('signed', theirs), keyed());
    expect((await file(item('signed', mine), keyed())).outcome).to.equal('adopted');
    expect((await failure(file(item('changed', mine), keyed()))).code).to.equal('NAME_NOT_ALLOWED');
    expect(await file(item('signed', theirs), keyed())).to.include({ outcome: 'duplicate', id: first.id });
  });

  it('gives a document that has no key ours, and its metadata with the secondary types that are missing', async () => {
    const first = await file(item('signed', { metadata: contract() }));
    const metadata = contract({ 'acme:pages': 9, 'acme:level': 'high' });
    const ours = { key: `${place} ours`, metadata };
    expect(await file(item('signed', ours), keyed())).to.include({ outcome: 'adopted', id: first.id });
    const [document] = await inside();
    expect(document).to.include({ 'acme:level': 'high', 'acme:pages': 9, 'acme:customer': 'ACME' });
    const elsewhere = item('signed', { ...ours, container: { by: 'path', path: `${place}/Elsewhere` } });
    expect(await file(elsewhere, keyed())).to.include({ outcome: 'duplicate', id: first.id });
  });

  it('says so when the type has no property for the key', async () => {
    const error = await failure(file(item('signed'), keyed()));
    expect(error).to.include({ code: 'BAD_CONFIG', field: 'keyProperty' });
  });

  it('puts retention and holds on it, and changes nothing when repeated', async () => {
    const one = item('signed', { record: { retainUntil: '2036-12-31', hold: 'case-1' } });
    expect((await file(one)).record).to.equal(true);
    const [before] = await inside();
    expect(before!['cmis:secondaryObjectTypeIds']).to.have.members(['cmis:rm_clientMgtRetention', 'cmis:rm_hold']);
    expect(before).to.deep.include({
      'cmis:rm_expirationDate': Date.UTC(2036, 11, 31),
      'cmis:rm_holdIds': ['case-1'],
    });
    await file(one);
    expect((await inside())[0]).to.deep.equal(before);
    await file({ ...one, record: { hold: 'case-2' } });
    expect((await inside())[0]!['cmis:rm_holdIds']).to.deep.equal(['case-1', 'case-2']);
  });

  it('gives it another name when asked to', async () => {
    await file(item('signed', { key: 'k1' }));
    const other = item('other', { key: 'k2', collision: 'rename' });
    expect(await file(other)).to.include({ outcome: 'created', name: 'contract (2).pdf' });
    expect((await file(other)).outcome).to.be.oneOf(['duplicate', 'adopted']);
    expect(await names()).to.deep.equal(['contract (2).pdf', 'contract.pdf']);
    expect(await stored('contract (2).pdf')).to.equal('other');
  });

  it('makes a version of the document, with its metadata, and keeps the earlier one', async () => {
    const version = (content: string, clerk: string) =>
      file(item(content, { collision: 'version', metadata: contract({ 'acme:clerk': clerk }) }));
    const first = await version('first', 'Meier');
    expect(await version('second', 'Schulz')).to.include({ outcome: 'versioned', version: '2.0', verified: 'equal' });
    expect((await version('second', 'Schulz')).outcome).to.equal('duplicate');
    const [document, ...others] = await inside();
    expect(others).to.deep.equal([]);
    expect(document).to.include({ 'cmis:name': 'contract.pdf', 'acme:clerk': 'Schulz', 'acme:customer': 'ACME' });
    expect(await stored('contract.pdf')).to.equal('second');
    expect(await (await look(`?objectId=${first.id}&cmisselector=content`)).text()).to.equal('first');
  });

  it('says when a type has no versions', async () => {
    await file(item('first', { key: 'k1' }));
    const error = await failure(file(item('second', { key: 'k2', collision: 'version' })));
    expect(error).to.include({ code: 'BAD_CONFIG', field: 'collision' });
    expect(await stored('contract.pdf')).to.equal('first');
  });

  it('does not leave a document checked out when its new version is refused', async () => {
    await file(item('first', { metadata: contract() }));
    const wrong = item('second', { collision: 'version', metadata: contract({ 'acme:pages': 'many' }) });
    expect((await failure(file(wrong))).code).to.equal('REFUSED');
    expect((await inside())[0]).to.include({ 'cmis:isVersionSeriesCheckedOut': false });
    expect(await stored('contract.pdf')).to.equal('first');
  });

  it('leaves a document alone that somebody else is working on', async () => {
    const { id } = await file(item('first', { metadata: contract() }));
    const { succinctProperties: copy } = await act(`/root?objectId=${id}`, { cmisaction: 'checkOut' });
    const error = await failure(file(item('second', { collision: 'version', metadata: contract() })));
    expect(error.code).to.equal('RETENTION');
    expect(error.message).to.include('colleague');
    const left = await answered(await look(`?objectId=${copy['cmis:objectId']}&cmisselector=object&succinct=true`));
    expect(left.succinctProperties['cmis:isPrivateWorkingCopy']).to.equal(true);
    await act(`/root?objectId=${copy['cmis:objectId']}`, { cmisaction: 'cancelCheckOut' });
    const versioned = await file(item('second', { collision: 'version', metadata: contract() }));
    expect(versioned.outcome).to.equal('versioned');
  });

  it('goes on with the working copy that an earlier attempt left', async () => {
    const { id } = await file(item('first', { metadata: contract() }));
    const body = new URLSearchParams({ cmisaction: 'checkOut', succinct: 'true' });
    const headers = { authorization: `Basic ${Buffer.from('user:secret').toString('base64')}` };
    await answered(await fetch(`${server.url}/A1/root?objectId=${id}`, { method: 'POST', body, headers }));
    const versioned = await file(item('second', { collision: 'version', metadata: contract() }));
    expect(versioned).to.include({ outcome: 'versioned', verified: 'equal' });
    expect(await stored('contract.pdf')).to.equal('second');
  });

  for (const [where, keyProperty, more] of [
    ['a type', 'acme:envelope.key', {}],
    ['a secondary type', 'acme:trace', { aspects: ['acme:traced'] }],
    ['a secondary type that nobody named', 'acme:trace', {}],
  ] as const) {
    it(`finds the key anywhere when it is a property of ${where}`, async () => {
      const key = `it's "${randomUUID()}" \\ 100%_`;
      const metadata = { ...contract({ 'acme:term': 24 }, more), type: 'acme:nda' };
      const repository = open({ keyProperty });
      const first = await file(item('signed', { key, metadata }), repository);
      expect(first.outcome).to.equal('created');
      const elsewhere = item('signed', { key, metadata, container: { by: 'path', path: `${place}/Elsewhere` } });
      expect(await file(elsewhere, repository)).to.include({ outcome: 'duplicate', id: first.id });
      const changed = await file({ ...elsewhere, file: item('other').file }, repository);
      expect(changed).to.include({ outcome: 'versioned', name: 'contract.pdf', verified: 'equal' });
      expect(await stored('contract.pdf')).to.equal('other');
    });
  }

  it('takes a large document', async () => {
    const large = item(Buffer.alloc(20 * 1024 * 1024, 'x'), { metadata: contract() });
    expect(await file(large)).to.include({ outcome: 'created', verified: 'equal', size: 20 * 1024 * 1024 });
  });

  /** Files in a process that kills itself at a note. Gives how it ended: its signal, or its exit code. */
  const killed = async (job: FilingJob) => {
    const where = path.join(folder, 'job.json');
    writeFileSync(where, JSON.stringify(job));
    const script = path.join(__dirname, 'filing-child.ts');
    const child = startChild(process.execPath, ['--import', 'tsx', script, where], { cwd: __dirname });
    const how = await new Promise((resolve) => child.process.once('close', (code, signal) => resolve(signal ?? code)));
    await child.end();
    return { how, log: child.log() };
  };

  for (const [what, keyProperty] of [
    ['by its key', 'acme:envelope.key'],
    ['by its name', undefined],
  ] as const) {
    it(`ends with one completed copy, found ${what}, whenever the process is killed`, async function () {
      this.timeout(180_000);
      const metadata = contract({ 'acme:pages': 7, 'acme:level': 'high' }, { aspects: ['acme:confidential'] });
      for (let killAt = 1; ; killAt += 1) {
        for (const kept of [false, true]) {
          place = `Contracts/${randomUUID()}`;
          const one = item(`signed ${place}`, { key: place, metadata, record: { hold: 'case-1' } });
          const notes = path.join(folder, `notes-${one.file.sha256}`);
          const { how, log } = await killed({ settings: settings({ keyProperty }), item: one, notes, killAt, kept });
          if (how === 0) {
            expect(killAt, 'steps').to.be.at.least(6);
            return;
          }
          expect(how, log).to.equal('SIGKILL');
          const noted = existsSync(notes) ? JSON.parse(readFileSync(notes, 'utf8')) : {};
          const result = await fileOne(open({ keyProperty }), one, noted, async () => {});
          const moment = `note ${killAt}, ${kept ? 'kept' : 'lost'}`;
          expect(result, moment).to.include({ outcome: 'created', verified: 'equal', record: true });
          const [document, ...others] = await inside();
          expect(others, moment).to.deep.equal([]);
          expect(document, moment).to.include({ 'cmis:versionLabel': '1.0', 'acme:pages': 7, 'acme:level': 'high' });
          expect(document!['cmis:rm_holdIds'], moment).to.deep.equal(['case-1']);
          expect(await stored('contract.pdf')).to.equal(`signed ${place}`);
        }
      }
    });
  }
});
