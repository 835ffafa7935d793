import { createHash, randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import { type DownloadOptions, download } from '../../../dist/lib/http/download';
import { ScriptedServer } from '../core-signature/scripted-server';
import { everythingIn, failing } from './failing';

/** Keeps what is written. */
class Memory extends Writable {
  readonly chunks: Buffer[] = [];
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }
  get content(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

describe('download', () => {
  let server: ScriptedServer;
  const content = randomBytes(300_000);
  const options: DownloadOptions = { userAgent: 'test/1', allowPrivateAddresses: true, timeoutMs: 2000 };

  before(async () => {
    server = await ScriptedServer.start();
  });
  after(() => server.close());
  beforeEach(() => server.reset());

  it('streams, measures and hashes, and sends no credentials', async () => {
    server.on('GET', '/f.pdf', { body: content, headers: { 'content-type': 'application/pdf' } });
    const sink = new Memory();
    const result = await download(`${server.url}/f.pdf?Signature=abc`, sink, options);
    expect(result).to.deep.equal({
      size: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      contentType: 'application/pdf',
    });
    expect(sink.content.equals(content)).to.equal(true);
    expect(sink.writableFinished).to.equal(true);
    expect(server.seen[0]!.headers).not.to.have.property('authorization');
  });

  it('follows a redirect, but not for ever', async () => {
    server
      .on('GET', '/a', { status: 302, headers: { location: '/f.pdf' } })
      .on('GET', '/f.pdf', { body: content })
      .on('GET', '/round', { status: 302, headers: { location: '/round' } });
    expect((await download(`${server.url}/a`, new Memory(), options)).size).to.equal(content.length);
    expect(await failing(download(`${server.url}/round`, new Memory(), options))).to.include({ code: 'REMOTE_FAULT' });
    expect(server.count('GET', '/round')).to.equal(4);
  });

  it('stops at the size limit, announced or not', async () => {
    server.on('GET', '/f.pdf', { body: content });
    const sink = new Memory();
    const error = await failing(download(`${server.url}/f.pdf`, sink, { ...options, maxBytes: 1000 }));
    expect(error.code).to.equal('DOCUMENT_TOO_LARGE');
    expect(sink.destroyed).to.equal(true);
    server.on('GET', '/g.pdf', { body: content, chunked: true });
    expect(await failing(download(`${server.url}/g.pdf`, new Memory(), { ...options, maxBytes: 1000 }))).to.include({
      code: 'DOCUMENT_TOO_LARGE',
    });
  });

  it('notices a connection that breaks midway, and a standstill', async () => {
    server.on('GET', '/t', { body: content, fault: 'truncate' }).on('GET', '/h', { fault: 'hang' });
    expect(await failing(download(`${server.url}/t`, new Memory(), options))).to.include({ code: 'UNREACHABLE' });
    expect(await failing(download(`${server.url}/h`, new Memory(), { ...options, timeoutMs: 30 }))).to.include({
      code: 'UNREACHABLE',
    });
  });

  it('reports an expired URL with its status and without the URL', async () => {
    server.on('GET', '/f.pdf', { status: 403, body: '<Error>MARKER-signature</Error>' });
    const error = await failing(download(`${server.url}/f.pdf?Signature=MARKER-signature`, new Memory(), options));
    expect(error).to.include({ code: 'FORBIDDEN', status: 403 });
    expect(everythingIn(error)).not.to.contain('MARKER');
  });

  it('keeps out of private networks by default', async () => {
    server.on('GET', '/f.pdf', { body: content });
    const error = await failing(download(`${server.url}/f.pdf`, new Memory(), { userAgent: 'test/1' }));
    expect(error.code).to.equal('BAD_INPUT');
    expect(server.seen).to.have.length(0);
  });
});
