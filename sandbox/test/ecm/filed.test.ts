import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { basic, EcmSandbox, fileWith, type Json, sha } from './helpers';

describe('sandbox: what was filed', () => {
  const sandbox = new EcmSandbox();
  const contents = () => readdirSync(join(sandbox.folder, 'data', 'filed'));
  const put = (path: string, body: string) => sandbox.call('PUT', path, body, { authorization: basic });
  before(async () => {
    await sandbox.start();
    await sandbox.logIn();
  });
  after(() => sandbox.stop());
  afterEach(() => sandbox.faults({}));

  it('can be downloaded, each version, and never runs as a page', async () => {
    const id = await sandbox.document('page.html', '<script>alert(1)</script>');
    await sandbox.csUpload(`/v2/nodes/${id}/versions`, { description: '' }, 'two');
    const filed = (await sandbox.filed()).find(({ name }) => name === 'page.html');
    const first = await sandbox.call('GET', filed.versions[0].url);
    expect(first.body).to.equal('<script>alert(1)</script>');
    expect(first.headers.get('content-disposition')).to.match(/^attachment; filename="?page.html/);
    expect(first.headers.get('content-security-policy')).to.equal('sandbox');
    expect((await sandbox.call('GET', filed.url)).body).to.equal('two');
    expect((await sandbox.call('GET', '/sandbox/filed/nobody/1')).status).to.equal(404);
  });

  it('survives a restart', async () => {
    await put('/webdav/stays.pdf', 'stays');
    const before = await sandbox.filed();
    await sandbox.restart();
    expect(await sandbox.filed()).to.deep.equal(before);
    const read = await sandbox.call('GET', '/webdav/stays.pdf', undefined, { authorization: basic });
    expect(read.body).to.equal('stays');
    expect((await sandbox.cs('GET', '/v2/nodes/2000')).status).to.equal(200);
  });

  it('loses the answer after the commit, so that the document is there', async () => {
    await sandbox.faults({ ecm: [{ service: 'webdav', step: 'upload', kind: 'lostAnswer', times: 1 }] });
    const failed = await put('/webdav/lost.pdf', 'lost').catch(() => 'hung up');
    expect(failed).to.equal('hung up');
    expect((await sandbox.filed()).find(({ name }) => name === 'lost.pdf').sha256).to.equal(sha('lost'));
  });

  it('does nothing in an outage, and keeps no content of what was refused', async () => {
    const before = contents().length;
    await sandbox.faults({ ecm: [{ service: 'webdav', kind: 'outage', times: 1 }] });
    expect(await put('/webdav/out.pdf', 'x').catch(() => 'hung up')).to.equal('hung up');
    await put('/webdav/nowhere/x.pdf', 'x');
    const body = JSON.stringify({ type: '144', name: 'a:b', parent_id: '2300' });
    expect((await sandbox.csUpload('/v2/nodes', { body }, 'x')).status).to.equal(400);
    expect((await sandbox.filed()).some(({ name }) => name === 'out.pdf')).to.equal(false);
    expect(contents().length).to.equal(before);
  });

  it('leaves nothing of an upload that breaks off', async () => {
    const before = contents().length;
    const { hostname, port } = new URL(sandbox.url);
    const headers = { authorization: basic, 'content-length': '100000' };
    const request = httpRequest({ hostname, port, path: '/webdav/broken.pdf', method: 'PUT', headers });
    request.on('error', () => undefined);
    await new Promise<void>((resolve) => request.write('half', () => resolve()));
    request.destroy();
    const end = Date.now() + 5000;
    while (contents().length !== before && Date.now() < end) await sandbox.state();
    expect(contents().length).to.equal(before);
    expect((await sandbox.filed()).some(({ name }) => name === 'broken.pdf')).to.equal(false);
  });

  it('gives wrong bytes, or half of them, when told to', async () => {
    await put('/webdav/damage.pdf', 'x'.repeat(1000));
    const read = () => sandbox.call('GET', '/webdav/damage.pdf', undefined, { authorization: basic });
    await sandbox.faults({
      ecm: [
        { kind: 'corrupt', times: 1 },
        { kind: 'truncate', times: 1 },
      ],
    });
    const corrupt = await read();
    expect(corrupt.headers.get('content-length')).to.equal('1000');
    expect(sha(corrupt.body)).to.not.equal(sha('x'.repeat(1000)));
    expect(await read().catch(() => 'cut off')).to.equal('cut off');
    expect((await read()).body).to.equal('x'.repeat(1000));
  });

  it('waits, throttles and refuses one step only', async () => {
    await sandbox.faults({
      ecm: [
        { service: 'content-server', step: 'find', status: 429, retryAfter: 7, times: 1 },
        { service: 'content-server', match: 'GET /cs/cs/api/v2/nodes/2100', kind: 'delay', delayMs: 120 },
      ],
    });
    expect((await sandbox.cs('GET', '/v2/volumes/141')).status).to.equal(200);
    const throttled = await sandbox.cs('GET', '/v2/nodes/2000');
    expect([throttled.status, throttled.headers.get('retry-after')]).to.deep.equal([429, '7']);
    const start = performance.now();
    expect((await sandbox.cs('GET', '/v2/nodes/2100')).status).to.equal(200);
    expect(performance.now() - start).to.be.greaterThan(110);
    const wrong = await sandbox.faults({ ecm: [{ service: 'ftp' }] });
    expect([wrong.status, wrong.body.error]).to.satisfy(
      ([status, error]: [number, string]) => status === 400 && error.includes('content-server'),
    );
  });

  it('files exactly one copy with the client of the package when an answer is lost', async () => {
    const repository = sandbox.repository('content-server');
    const container = { by: 'path', path: 'Sales' } as const;
    const item = {
      container,
      key: 'sig_lost',
      collision: 'adopt' as const,
      file: await sandbox.file('once.pdf', 'once'),
    };
    await sandbox.faults({ ecm: [{ step: 'upload', kind: 'lostAnswer', times: 1 }] });
    const outcome = await fileWith(repository, item).then(
      () => 'filed',
      (error: { code: string }) => error.code,
    );
    expect(outcome).to.equal('OUTCOME_UNKNOWN');
    await fileWith(repository, item);
    expect((await sandbox.filed()).filter(({ name }) => name === 'once.pdf')).to.have.length(1);
  });

  it('takes 200 MB without taking them into memory', async function () {
    this.timeout(60_000);
    const size = 200 * 1024 * 1024;
    const piece = Buffer.alloc(1024 * 1024, 7);
    const hash = createHash('sha256');
    for (let sent = 0; sent < size; sent += piece.length) hash.update(piece);
    const { hostname, port } = new URL(sandbox.url);
    let most = 0;
    const before = process.memoryUsage().rss;
    const upload = (path: string, headers: Json, head: string, tail: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const length = size + head.length + tail.length;
        const request = httpRequest(
          {
            hostname,
            port,
            path,
            method: path.startsWith('/webdav') ? 'PUT' : 'POST',
            headers: { ...headers, 'content-length': length },
          },
          (response) => response.resume().on('end', () => resolve(response.statusCode)),
        );
        request.on('error', reject);
        request.write(head);
        let left = size;
        const more = (): void => {
          most = Math.max(most, process.memoryUsage().rss - before);
          while (left > 0) {
            left -= piece.length;
            if (!request.write(piece)) return void request.once('drain', more);
          }
          request.end(tail);
        };
        more();
      });
    expect(await upload('/webdav/large.bin', { authorization: basic }, '', '')).to.equal(201);
    const form = { otcsticket: await sandbox.logIn(), 'content-type': 'multipart/form-data; boundary=b' };
    const json = JSON.stringify({ type: '144', name: 'large.bin', parent_id: '2300' });
    const head = `--b\r\nContent-Disposition: form-data; name="body"\r\n\r\n${json}\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\n\r\n`;
    expect(await upload('/cs/cs/api/v2/nodes', form, head, '\r\n--b--\r\n')).to.equal(201);
    const large = (await sandbox.filed()).filter(({ name }) => name === 'large.bin');
    expect(large.map(({ size: bytes }) => bytes)).to.deep.equal([size, size]);
    const wanted = hash.digest('hex');
    expect(large.map(({ sha256 }) => sha256)).to.deep.equal([wanted, wanted]);
    expect(most / 1024 / 1024).to.be.below(150);
  });

  it('is gone after a reset, and the repositories are as new', async () => {
    await sandbox.call('POST', '/sandbox/reset', {});
    expect(await sandbox.filed()).to.deep.equal([]);
    expect(contents()).to.deep.equal([]);
    expect((await sandbox.call('GET', '/webdav/stays.pdf', undefined, { authorization: basic })).status).to.equal(404);
    await sandbox.logIn();
    expect((await sandbox.cs('GET', '/v2/nodes/2000')).status).to.equal(200);
  });
});
