import { expect } from 'chai';
import { fileOne } from '../../../../dist/lib/archive/repositories/file';
import { openRepository } from '../../../../dist/lib/archive/repositories/open';
import { FakeHttpStore } from './fakes/http-store';
import { partsOf } from './fakes/server';
import { failure, fileIn, itemOf, Notes, scratch, tools } from './support';

describe('plain HTTP', () => {
  const folder = scratch();
  let server: FakeHttpStore;
  beforeEach(async () => {
    server = await new FakeHttpStore().start();
  });
  afterEach(() => server.close());

  const open = (more: object = {}, value = 'secret-key', toolsMore: object = {}) =>
    openRepository(
      {
        kind: 'http',
        url: `${server.url}/store`,
        method: 'POST',
        credentials: { kind: 'header', name: 'X-Api-Key', value },
        ...more,
      },
      { ...tools(), ...toolsMore },
    );
  const item = (more: Parameters<typeof itemOf>[1] = {}) => itemOf(fileIn(folder.path, 'signed pdf'), more);
  const run = (repository = open(), more: Parameters<typeof itemOf>[1] = {}) =>
    fileOne(repository, item(more), {}, new Notes().note);

  it('posts a form and reads back where the service says', async () => {
    const result = await run(open({ fileField: 'document' }), { metadata: { attributes: { customer: 'ACME' } } });
    expect(result).to.include({ outcome: 'created', verified: 'equal', url: `${server.url}/store/sig_env-1_signed` });
    const post = server.seen.find(({ method }) => method === 'POST')!;
    expect(post.headers['idempotency-key']).to.equal('sig_env-1_signed');
    const parts = partsOf(post);
    expect(parts.map(({ name }) => name)).to.deep.equal(['key', 'sha256', 'path', 'metadata', 'document']);
    expect(JSON.parse(String(parts[3]?.data))).to.deep.equal({ attributes: { customer: 'ACME' } });
    expect(parts[4]).to.include({ filename: 'contract.pdf', type: 'application/pdf' });
  });

  it('says that nothing was compared where nobody may read', async () => {
    server.location = undefined;
    expect((await run()).verified).to.equal('unreadable');
    expect((await run(open({ method: 'PUT', writeOnly: true }))).verified).to.equal('unreadable');
    expect(server.seen.some(({ method }) => method === 'GET')).to.equal(false);
  });

  it('does not carry the key to another host', async () => {
    server.location = () => 'http://169.254.169.254/latest';
    expect((await failure(run())).code).to.equal('REMOTE_FAULT');
    const closed = open({}, 'secret-key', { allowPrivateAddresses: false });
    expect(await failure(run(closed))).to.include({ code: 'BAD_INPUT', field: 'url' });
  });

  it('never shows the key', async () => {
    const error = await failure(run(open({}, 'secret-key-2')));
    expect(error.code).to.equal('UNAUTHORIZED');
    server.refuse(() => true, { status: 401, body: { error: 'key secret-key-2 is unknown' } });
    const other = await failure(open({ method: 'PUT' }, 'secret-key-2').resolveContainer({ by: 'id', id: 'x' }));
    expect(other).to.include({ code: 'BAD_CONFIG', field: 'container' });
    for (const { message } of [error, other]) expect(message).to.not.include('secret-key');
  });

  it('writes metadata beside the document', async () => {
    await run(open({ method: 'PUT' }), { metadata: { attributes: { customer: 'ACME' } } });
    const metadata = server.files.get('/store/Contracts/2026/contract.pdf.metadata.json');
    expect(JSON.parse(String(metadata))).to.deep.equal({ attributes: { customer: 'ACME' } });
  });
});
