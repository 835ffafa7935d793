import { expect } from 'chai';
import { fileOne } from '../../../../dist/lib/archive/repositories/file';
import { openRepository } from '../../../../dist/lib/archive/repositories/open';
import { VirtualPace } from '../../http/virtual-pace';
import { FakeCoreContent } from './fakes/core-content';
import { failure, fileIn, itemOf, Notes, scratch } from './support';

describe('Core Content', () => {
  const folder = scratch();
  let server: FakeCoreContent;
  let pace: VirtualPace;
  beforeEach(async () => {
    server = await new FakeCoreContent().start();
    pace = new VirtualPace({ jump: true });
  });
  afterEach(() => server.close());

  const open = (more: object = {}) =>
    openRepository(
      {
        kind: 'core-content',
        url: `${server.url}/cms`,
        storageUrl: server.url,
        tokenUrl: `${server.url}/tenants/t1/oauth2/token`,
        clientId: 'client',
        clientSecret: 'client-secret',
        ...more,
      },
      { userAgent: 'test', pace },
    );
  const item = (more: Parameters<typeof itemOf>[1] = {}) => itemOf(fileIn(folder.path, 'signed pdf'), more);

  it('is patient with a service that throttles, also for changes', async () => {
    const isCreate = ({ method, path }: { method: string; path: string }) =>
      method === 'POST' && path.includes('/instances/file');
    for (let n = 0; n < 3; n += 1) server.refuse(isCreate, { status: 429 });
    const result = await fileOne(open(), item(), {}, new Notes().note);
    expect(result.outcome).to.equal('created');
    expect(pace.slept.slice(-3)).to.deep.equal([1000, 2000, 4000]);
    for (let n = 0; n < 6; n += 1) server.refuse(isCreate, { status: 429 });
    const other = item({ file: { ...item().file, name: 'other.pdf' } });
    expect((await failure(fileOne(open(), other, {}, new Notes().note))).code).to.equal('RATE_LIMITED');
  });

  it('does not send the bytes again when only the second step failed', async () => {
    const isCreate = ({ method, path }: { method: string; path: string }) =>
      method === 'POST' && path.includes('/instances/file');
    server.refuse(isCreate, { status: 500, body: {} });
    const notes = new Notes();
    expect((await failure(fileOne(open(), item(), notes.kept, notes.note))).code).to.equal('REMOTE_FAULT');
    const result = await fileOne(open(), item(), notes.kept, notes.note);
    expect(result).to.include({ outcome: 'created', verified: 'equal' });
    expect(server.blobs.size).to.equal(1);
  });

  it('fetches a new token when the old one is refused', async () => {
    const repository = open();
    await repository.test();
    server.expireToken();
    const result = await fileOne(repository, item(), {}, new Notes().note);
    expect(result.verified).to.equal('equal');
    const wrong = await failure(open({ clientSecret: 'wrong-secret' }).test());
    expect(wrong.code).to.equal('UNAUTHORIZED');
    expect(wrong.message).to.not.include('wrong-secret');
  });

  it('writes properties, traits and permissions', async () => {
    const metadata = { type: 'acme_contract', aspects: ['hold'], attributes: { customer: "O'Neil" } };
    const repository = open({ aclId: 'acl-1', keyProperty: 'envelope_id', fileType: 'acme_contract' });
    await fileOne(repository, item({ metadata }), {}, new Notes().note);
    const { body, type } = server.documents()[0]!;
    expect(type).to.equal('acme_contract');
    expect(body).to.deep.include({
      acl_id: 'acl-1',
      properties: { customer: "O'Neil", envelope_id: 'sig_env-1_signed' },
      traits: { hold: {} },
    });
    const unknown = await failure(
      fileOne(open(), item({ metadata: { type: 'none', attributes: {} } }), {}, new Notes().note),
    );
    expect(unknown).to.include({ code: 'UNKNOWN_TYPE', field: 'type' });
  });

  it('finds a container by id, and lists containers', async () => {
    const repository = open();
    const { id } = await repository.resolveContainer({ by: 'path', path: 'A' });
    expect((await repository.resolveContainer({ by: 'id', id })).id).to.equal(id);
    expect((await failure(repository.resolveContainer({ by: 'id', id: 'obj-99' }))).code).to.equal('NO_CONTAINER');
    expect((await repository.containers()).map(({ name }) => name)).to.deep.equal(['A']);
  });
});
