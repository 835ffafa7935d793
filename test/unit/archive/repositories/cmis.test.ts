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
  const keyed = () => open({ keyProperty: 'acme:envelope.key' });
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

  it('finds the key in a property of a secondary type', async () => {
    const repository = () => open({ keyProperty: 'acme:trace' });
    const metadata = { attributes: {}, aspects: ['acme:traced'] };
    const first = await run({ metadata }, repository());
    const elsewhere = { metadata, container: { by: 'path', path: 'Elsewhere' } as const };
    expect(await run(elsewhere, repository())).to.include({ outcome: 'duplicate', id: first.id });
  });

  it('says so when the type has no property for the key', async () => {
    const error = await failure(run({}, keyed()));
    expect(error).to.include({ code: 'BAD_CONFIG', field: 'keyProperty' });
    expect(server.documents()).to.deep.equal([]);
  });

  it('leaves the key of another envelope on a document that is adopted, and gives ours to one without', async () => {
    const [metadata, bare] = [contract(), { by: 'path', path: 'Bare' } as const];
    await run({ key: 'theirs', metadata }, keyed());
    expect((await run({ key: 'mine', metadata }, keyed())).outcome).to.equal('adopted');
    expect(server.documents()[0]?.properties['acme:envelope.key']).to.equal('theirs');
    await run({ metadata, container: bare });
    await run({ key: 'ours', metadata, container: bare }, keyed());
    expect(server.documents()[1]?.properties['acme:envelope.key']).to.equal('ours');
  });

  it('adds secondary types to a document that is adopted, with their properties', async () => {
    const { id } = await run({ metadata: { attributes: {} } });
    const metadata = { attributes: { 'acme:level': 'high' }, aspects: ['acme:confidential'] };
    expect((await run({ metadata })).outcome).to.equal('duplicate');
    expect(server.get(id).properties).to.deep.include({
      'acme:level': 'high',
      'cmis:secondaryObjectTypeIds': ['acme:confidential'],
    });
  });

  it('gives a document the secondary types whose properties it gets', async () => {
    const { id } = await run(
      { metadata: { attributes: { 'acme:level': 'high' } } },
      open({ keyProperty: 'acme:trace' }),
    );
    expect(server.get(id).properties).to.deep.include({
      'acme:level': 'high',
      'acme:trace': 'sig_env-1_signed',
    });
    expect(server.get(id).properties['cmis:secondaryObjectTypeIds']).to.have.members([
      'acme:confidential',
      'acme:traced',
    ]);
  });

  it('writes what can be written only once with the upload, or with the new version, and not again', async () => {
    const version = (clerk: string, content?: string) =>
      run(
        { collision: 'version', metadata: contract({ 'acme:office': 'Bonn', 'acme:clerk': clerk }) },
        open(),
        content,
      );
    const { id } = await version('Meier');
    expect((await version('Meier')).outcome).to.equal('duplicate');
    expect((await version('Schulz', 'other bytes')).outcome).to.equal('versioned');
    expect(server.get(id).properties).to.include({ 'acme:office': 'Bonn', 'acme:clerk': 'Schulz' });
  });

  it('does not leave a document checked out when its new version is refused', async () => {
    const { id } = await run({ metadata: contract() });
    const isCheckIn = ({ body }: { body: Buffer }) => body.includes('checkIn');
    server.refuse(isCheckIn, { status: 409, body: { exception: 'constraint', message: 'no' } });
    const refused = run({ collision: 'version', metadata: contract() }, open(), 'other bytes');
    expect((await failure(refused)).code).to.equal('REFUSED');
    expect(server.get(id).copy).to.equal(undefined);
  });

  it('does not take a document for a folder', async () => {
    await run({ container: { by: 'path', path: 'A' } });
    await run({ container: { by: 'path', path: 'B' } });
    const below = { container: { by: 'path', path: 'A/contract.pdf/B' } as const };
    expect((await failure(run(below))).code).to.equal('NO_CONTAINER');
  });

  it('does not touch the document of another key', async () => {
    await run({ key: 'theirs', metadata: contract() }, keyed());
    const error = await failure(run({ key: 'mine', metadata: contract() }, keyed(), 'other bytes'));
    expect(error.code).to.equal('NAME_NOT_ALLOWED');
    expect(server.documents()[0]?.properties['acme:envelope.key']).to.equal('theirs');
  });

  it('refuses unknown types and properties, missing ones and wrong dates, before anything is stored', async () => {
    const cases: [object, string, string][] = [
      [{ type: 'acme:none', attributes: {} }, 'UNKNOWN_TYPE', 'type'],
      [{ ...contract(), aspects: ['acme:none'] }, 'UNKNOWN_TYPE', 'aspects'],
      [contract({ 'acme:color': 'x' }), 'UNKNOWN_TYPE', 'attributes.acme:color'],
      [contract({ 'cmis:objectId': 'x' }), 'UNKNOWN_TYPE', 'attributes.cmis:objectId'],
      [contract({ 'acme:customer': '' }), 'MISSING_ATTRIBUTE', 'attributes.acme:customer'],
      [{ type: 'acme:parties', attributes: { 'acme:names': [] } }, 'MISSING_ATTRIBUTE', 'attributes.acme:names'],
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
    expect((await open().types()).map(({ id, kind }) => `${kind} ${id}`)).to.include.members([
      'type cmis:document',
      'type acme:contract',
      'aspect acme:confidential',
    ]);
    const attributes = await open().attributes('acme:contract');
    expect(attributes.find(({ id }) => id === 'acme:customer')).to.include({ required: true, type: 'text' });
    expect(attributes.find(({ id }) => id === 'acme:signed')?.type).to.equal('date');
    expect(attributes.find(({ id }) => id === 'acme:signers')?.multiple).to.equal(true);
    const [names] = (await open().attributes('acme:parties')).filter(({ id }) => id === 'acme:names');
    expect(names, 'an empty list is no default').to.include({ required: true });
    expect((await failure(open().attributes('acme:none'))).code).to.equal('UNKNOWN_TYPE');
  });
});
