import { expect } from 'chai';
import { fileOne } from '../../../../dist/lib/archive/repositories/file';
import { openRepository } from '../../../../dist/lib/archive/repositories/open';
import { FakeContentServer } from './fakes/content-server';
import { failure, fileIn, itemOf, Notes, scratch, tools } from './support';

describe('Content Server', () => {
  const folder = scratch();
  let server: FakeContentServer;
  beforeEach(async () => {
    server = await new FakeContentServer().start();
  });
  afterEach(() => server.close());

  const password = { kind: 'password', username: 'user', password: 'secret' };
  const open = (auth: object = password) =>
    openRepository({ kind: 'content-server', url: `${server.url}/cs/cs`, auth }, tools());
  const file = () => fileIn(folder.path, 'signed pdf');
  const run = (more: Parameters<typeof itemOf>[1] = {}, repository = open()) =>
    fileOne(repository, itemOf(file(), more), {}, new Notes().note);
  const uploads = () => server.seen.filter(({ headers }) => headers['content-type']?.startsWith('multipart/'));

  it('logs in through the directory service, by token or ticket', async () => {
    const otdsUrl = server.url;
    await open({ kind: 'otdsOAuth', otdsUrl, clientId: 'c', clientSecret: 'client-secret' }).test();
    await open({ kind: 'otdsTicket', otdsUrl, username: 'u', password: 'p' }).test();
    const calls = server.seen.map(({ method, path }) => `${method} ${path}`);
    expect(calls).to.include.members(['POST /otdsws/oauth2/token', 'POST /otdsws/rest/authentication/credentials']);
    const wrong = open({ kind: 'otdsOAuth', otdsUrl, clientId: 'c', clientSecret: 'wrong-secret' });
    expect((await failure(wrong.test())).code).to.equal('UNAUTHORIZED');
  });

  it('logs in again when the ticket expires, once for all who wait', async () => {
    const repository = open();
    await repository.test();
    server.expireTickets();
    await Promise.all([repository.containers('2000'), repository.containers('2000'), run({}, repository)]);
    expect(server.seen.filter(({ path }) => path.endsWith('/v1/auth'))).to.have.length(2);
  });

  it('takes a ticket the server renews', async () => {
    const repository = open();
    await repository.test();
    server.tickets.add('renewed-ticket');
    server.refuse(({ path }) => path.includes('/nodes/2000/nodes'), {
      status: 200,
      headers: { OTCSTicket: 'renewed-ticket' },
      body: { results: [] },
    });
    await repository.containers('2000');
    server.tickets.delete('ticket-1');
    await repository.containers('2000');
    expect(server.seen.at(-1)?.headers.otcsticket).to.equal('renewed-ticket');
  });

  it('does not send refused credentials again at once, and never shows them', async () => {
    server.password = 'another';
    const repository = open();
    for (let n = 0; n < 3; n += 1) {
      const error = await failure(repository.test());
      expect(error.code).to.equal('UNAUTHORIZED');
      expect(error.message).to.not.include('secret');
    }
    expect(server.seen).to.have.length(1);
  });

  it('finds workspaces by business object, name, nickname and id', async () => {
    const repository = open();
    const find = repository.resolveContainer;
    const object = { by: 'businessObject', system: 'SAP', type: 'KNA1' } as const;
    expect((await find({ ...object, id: '0000001' })).id).to.equal('3001');
    expect((await failure(find({ ...object, id: '1' }))).code).to.equal('NO_CONTAINER');
    expect((await find({ by: 'workspace', type: 'Customer', name: 'ACME' })).id).to.equal('3001');
    expect((await failure(find({ by: 'workspace', type: 'Customer', name: 'ACM' }))).code).to.equal('NO_CONTAINER');
    expect((await failure(find({ by: 'workspace', type: 'None', name: 'ACME' }))).code).to.equal('NO_CONTAINER');
    server.nodes.get(3001)?.nicknames.push('acme');
    expect((await find({ by: 'nickname', nickname: 'acme' })).id).to.equal('3001');
    expect((await failure(find({ by: 'nickname', nickname: 'none' }))).code).to.equal('NO_CONTAINER');
    expect((await failure(find({ by: 'id', id: '99' }))).code).to.equal('NO_CONTAINER');
    const below = await find({ ...object, id: '0000001', path: 'Contracts/2026' });
    expect(server.nodes.get(Number(below.id))?.name).to.equal('2026');
    expect((await find({ by: 'id', id: '3001', path: 'Contracts/2026' })).id).to.equal(below.id);
  });

  it('refuses unknown categories and missing or wrong attributes before anything is stored', async () => {
    const cases: [Record<string, string>, string, string][] = [
      [{ '99_1': 'x' }, 'UNKNOWN_TYPE', 'attributes'],
      [{ status: 'x' }, 'UNKNOWN_TYPE', 'attributes.status'],
      [{ '12508_2': 'Final', '12508_9': 'x' }, 'UNKNOWN_TYPE', 'attributes.12508_9'],
      [{ '12508_6': 'a' }, 'MISSING_ATTRIBUTE', 'attributes.12508_2'],
      [{ '12508_2': '', '12508_6': 'a' }, 'MISSING_ATTRIBUTE', 'attributes.12508_2'],
      [{ '12508_2': 'Other' }, 'BAD_INPUT', 'attributes.12508_2'],
      [{ '12508_2': 'Final', '12508_6': 'x'.repeat(33) }, 'BAD_INPUT', 'attributes.12508_6'],
    ];
    for (const [attributes, code, field] of cases) {
      const error = await failure(run({ metadata: { attributes } }));
      expect(error, JSON.stringify(attributes)).to.include({ code, field });
    }
    expect(server.nodes.size).to.equal(4);
  });

  it('says what is full, forbidden or missing', async () => {
    server.quotaFull = true;
    expect((await failure(run({ container: { by: 'id', id: '2000' } }))).code).to.equal('QUOTA_FULL');
    server.quotaFull = false;
    const create = ({ headers }: { headers: { 'content-type'?: string } }) =>
      headers['content-type']?.startsWith('multipart/') === true;
    server.refuse(create, { status: 400, body: { error: 'You do not have permission to add items here.' } });
    expect((await failure(run())).code).to.equal('FORBIDDEN');
    server.refuse(create, { status: 500, body: '<html>oops</html>' });
    expect((await failure(run())).code).to.equal('REMOTE_FAULT');
    expect(server.documents()).to.have.length(0);
  });

  it('reads a taken name in any language by looking again', async () => {
    await run({ key: 'other' });
    // The name looks free at first, as when somebody else is quicker.
    server.refuse(({ path }) => path.endsWith('/validation/nodes/names'), { body: { results: [] } });
    server.refuse(({ headers }) => headers['content-type']?.startsWith('multipart/') === true, {
      status: 400,
      body: { error: 'Ein Element mit dem Namen ist bereits vorhanden.' },
    });
    expect((await run({ key: 'mine' })).outcome).to.equal('adopted');
    expect(server.documents()).to.have.length(1);
  });

  it('takes a nickname it has already for set, and says when another node has it', async () => {
    await run();
    const isLookUp = ({ method, path }: { method: string; path: string }) =>
      method === 'GET' && path.includes('/nicknames/');
    server.refuse(isLookUp, { status: 404, body: { error: 'none' } });
    expect((await run()).outcome).to.equal('adopted');
    server.refuse(isLookUp, { status: 404, body: { error: 'none' } });
    const elsewhere = await failure(run({ container: { by: 'id', id: '2000' } }));
    expect(elsewhere.code).to.equal('REMOTE_FAULT');
  });

  it('takes no folder whose name only begins like the wanted one', async () => {
    const longer = server.add({ name: 'Contracts of old', type: 0, parent: 2000 });
    const { id } = await open().resolveContainer({ by: 'path', path: 'Contracts' });
    expect(id).to.not.equal(String(longer.id));
    expect(server.nodes.get(Number(id))?.name).to.equal('Contracts');
  });

  it('sets metadata, keeps classifications that are there, and declares the record last', async () => {
    const metadata = { attributes: { '12508_2': 'Final' }, classifications: ['111'] };
    const record = { classification: '222', official: true, hold: 'Litigation' };
    const repository = open();
    await run({ metadata, record }, repository);
    const [document] = server.documents();
    expect(document?.categories).to.include({ '12508_2': 'Final' });
    expect(document?.record).to.include({ class: 222, official: true, file_status: 'ACTIVE' });
    expect(document?.holds).to.deep.equal([13]);
    const writes = server.seen.filter(
      ({ method, path }) => method !== 'GET' && path.includes(`/nodes/${document?.id}/`),
    );
    expect(writes.slice(-3).map(({ path }) => path.split('/').at(-1))).to.deep.equal([
      'rmclassifications',
      'rmclassifications',
      'holds',
    ]);
    // A repeat changes nothing, though the record is locked by now.
    expect((await run({ metadata, record }, repository)).outcome).to.equal('duplicate');
    expect(document?.record?.token).to.equal(2);
    document?.classifications.push(7);
    document!.record = undefined;
    await repository.setMetadata(
      { id: String(document?.id), name: '', key: '' },
      { attributes: {}, classifications: ['111', '112'] },
    );
    expect(document?.classifications).to.deep.equal([111, 7, 112]);
  });

  it('says that retention refuses another version', async () => {
    await run({ record: { classification: '222', official: true } });
    const other = itemOf(fileIn(folder.path, 'other bytes'));
    const error = await failure(fileOne(open(), other, {}, new Notes().note));
    expect(error.code).to.equal('RETENTION');
    expect(server.documents()[0]?.versions).to.have.length(1);
  });

  it('adds a version when the same key comes with other bytes', async () => {
    await run();
    const other = itemOf(fileIn(folder.path, 'other bytes'));
    const result = await fileOne(open(), other, {}, new Notes().note);
    expect(result).to.include({ outcome: 'versioned', version: '2', verified: 'equal' });
    expect(uploads()).to.have.length(2);
  });

  it('lists categories and their attributes for the dialog', async () => {
    const repository = open();
    expect(await repository.types()).to.deep.equal([{ id: '12508', name: 'Contract', kind: 'category' }]);
    const attributes = await repository.attributes('12508');
    expect(attributes.map(({ id }) => id)).to.include.members(['12508_2', '12508_5', '12508_6']);
    expect(attributes.find(({ id }) => id === '12508_2')).to.deep.equal({
      id: '12508_2',
      name: 'Status',
      type: 'text',
      required: true,
      multiple: false,
      choices: ['Draft', 'Final'],
    });
    expect(attributes.find(({ id }) => id === '12508_6')).to.include({ multiple: true, maxLength: 32 });
    expect(await repository.containers('2000')).to.deep.include({ id: '3001', name: 'ACME' });
  });
});
