import { expect } from 'chai';
import { fileOne } from '../../../../dist/lib/archive/repositories/file';
import { openRepository } from '../../../../dist/lib/archive/repositories/open';
import { FakeCmis } from './fakes/cmis';
import { failure, fileIn, itemOf, Notes, scratch, tools } from './support';

describe('CMIS', () => {
  const folder = scratch();
  let server: FakeCmis;
  beforeEach(async () => {
    server = await new FakeCmis().start();
  });
  afterEach(() => server.close());

  const credentials = { kind: 'basic', username: 'user', password: 'secret' };
  const open = (more: object = {}) =>
    openRepository({ kind: 'cmis', url: `${server.url}/browser`, credentials, ...more }, tools());
  const keyed = () => open({ keyProperty: 'acme:envelope' });
  const contract = (attributes = {}) => ({
    type: 'acme:contract',
    aspects: ['acme:confidential'],
    attributes: { 'acme:customer': 'ACME', ...attributes },
  });
  const run = (more: Parameters<typeof itemOf>[1] = {}, repository = open(), content = 'signed pdf') => {
    const notes = new Notes();
    return fileOne(repository, itemOf(fileIn(folder.path, content), more), notes.kept, notes.note);
  };

  it('creates a document of a type with aspects, dates and lists', async () => {
    await run({
      metadata: contract({ 'acme:signed': '2026-01-31T12:00:00Z', 'acme:signers': ['a', 'b'], 'acme:level': 'high' }),
    });
    const [document] = server.documents();
    expect(document?.properties).to.deep.include({
      'cmis:objectTypeId': 'acme:contract',
      'acme:customer': 'ACME',
      'acme:signed': String(Date.UTC(2026, 0, 31, 12)),
      'acme:signers': ['a', 'b'],
      'acme:level': 'high',
      'cmis:secondaryObjectTypeIds': ['acme:confidential'],
    });
  });

  it('finds the key anywhere, quotes and all', async () => {
    const key = "it's\\a key";
    const first = await run({ key, metadata: contract() }, keyed());
    const second = await run({ key, metadata: contract(), container: { by: 'path', path: 'Elsewhere' } }, keyed());
    expect(second).to.include({ outcome: 'duplicate', id: first.id });
    expect(server.documents()).to.have.length(1);
  });

  it('makes a version for the same key, by way of a working copy that an earlier attempt left', async () => {
    const { id } = await run({ metadata: contract() }, keyed());
    const isCheckIn = ({ body }: { body: Buffer }) => body.includes('checkIn');
    server.refuse(isCheckIn, { status: 500, body: { exception: 'runtime', message: 'oops' } });
    expect((await failure(run({ metadata: contract() }, keyed(), 'other bytes'))).code).to.equal('REMOTE_FAULT');
    const result = await run({ metadata: contract() }, keyed(), 'other bytes');
    expect(result).to.include({ outcome: 'versioned', verified: 'equal', version: '2.0' });
    expect(server.get(id).versions.map(String)).to.deep.equal(['signed pdf', 'other bytes']);
  });

  it('does not touch the document of another key', async () => {
    await run({ key: 'theirs', metadata: contract() }, keyed());
    const error = await failure(run({ key: 'mine', metadata: contract() }, keyed(), 'other bytes'));
    expect(error.code).to.equal('NAME_NOT_ALLOWED');
    expect(server.documents()[0]?.properties['acme:envelope']).to.equal('theirs');
  });

  it('refuses unknown types and properties, missing ones and wrong dates, before anything is stored', async () => {
    const cases: [object, string, string][] = [
      [{ type: 'acme:none', attributes: {} }, 'UNKNOWN_TYPE', 'type'],
      [{ ...contract(), aspects: ['acme:none'] }, 'UNKNOWN_TYPE', 'aspects'],
      [contract({ 'acme:color': 'x' }), 'UNKNOWN_TYPE', 'attributes.acme:color'],
      [contract({ 'cmis:objectId': 'x' }), 'UNKNOWN_TYPE', 'attributes.cmis:objectId'],
      [contract({ 'acme:customer': '' }), 'MISSING_ATTRIBUTE', 'attributes.acme:customer'],
      [contract({ 'acme:signed': 'soon' }), 'BAD_INPUT', 'attributes.acme:signed'],
    ];
    for (const [metadata, code, field] of cases) {
      expect(await failure(run({ metadata: metadata as never })), field).to.include({ code, field });
    }
    expect(server.items.size).to.equal(1);
  });

  it('puts retention and hold on it, and changes nothing when repeated', async () => {
    const record = { retainUntil: '2036-12-31', hold: 'case-1' };
    const { id } = await run({ record });
    await open().declareRecord({ id, name: '', key: '' }, record);
    expect(server.get(id).properties).to.deep.include({
      'cmis:secondaryObjectTypeIds': ['cmis:rm_clientMgtRetention', 'cmis:rm_hold'],
      'cmis:rm_expirationDate': String(Date.UTC(2036, 11, 31)),
      'cmis:rm_holdIds': ['case-1'],
    });
    await open().declareRecord({ id, name: '', key: '' }, { hold: 'case-2' });
    expect(server.get(id).properties['cmis:rm_holdIds']).to.deep.equal(['case-1', 'case-2']);
    server.get(id).properties.locked = true;
    const change = open().setMetadata({ id, name: '', key: '' }, { attributes: { 'cmis:description': 'x' } });
    expect((await failure(change)).code).to.equal('RETENTION');
    expect((await failure(run({ record: { official: true } }))).code).to.equal('BAD_CONFIG');
  });

  for (const [exception, status, code] of [
    ['permissionDenied', 403, 'FORBIDDEN'],
    ['storage', 500, 'QUOTA_FULL'],
    ['runtime', 500, 'REMOTE_FAULT'],
    ['invalidArgument', 400, 'REFUSED'],
  ] as const) {
    it(`${exception} is ${code}`, async () => {
      const isCreate = ({ body }: { body: Buffer }) => body.includes('createDocument');
      server.refuse(isCreate, { status, body: { exception, message: 'no' } });
      expect((await failure(run())).code).to.equal(code);
    });
  }

  it('asks which repository is meant', async () => {
    await open({ repositoryId: 'A1' }).test();
    const error = await failure(open({ repositoryId: 'B2' }).test());
    expect(error).to.include({ code: 'BAD_CONFIG', field: 'repositoryId' });
    expect(error.message).to.include('A1');
  });

  it('lists folders, types and attributes for the dialog', async () => {
    await open().resolveContainer({ by: 'path', path: 'Contracts' });
    expect((await open().containers()).map(({ name }) => name)).to.deep.equal(['Contracts']);
    expect((await open().types()).map(({ id, kind }) => `${kind} ${id}`)).to.deep.equal([
      'type cmis:document',
      'type acme:contract',
      'aspect acme:confidential',
    ]);
    const attributes = await open().attributes('acme:contract');
    expect(attributes.find(({ id }) => id === 'acme:customer')).to.include({ required: true, type: 'text' });
    expect(attributes.find(({ id }) => id === 'acme:signed')?.type).to.equal('date');
    expect(attributes.find(({ id }) => id === 'acme:signers')?.multiple).to.equal(true);
    expect((await failure(open().attributes('acme:none'))).code).to.equal('UNKNOWN_TYPE');
  });
});
