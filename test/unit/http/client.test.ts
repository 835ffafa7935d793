import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { createHttpClient, type HttpClientOptions, type HttpRequest } from '../../../dist/lib/http/client';
import { createLimiter } from '../../../dist/lib/http/limiter';
import { type Answer, ScriptedServer } from '../core-signature/scripted-server';
import { everythingIn, failing } from './failing';
import { VirtualPace } from './virtual-pace';

const secret = 'MARKER-secret-9f8e7d';

describe('HTTP client', () => {
  let server: ScriptedServer;
  let pace: VirtualPace;

  before(async () => {
    server = await ScriptedServer.start();
  });
  after(() => server.close());
  beforeEach(() => {
    server.reset();
    pace = new VirtualPace({ jump: true });
  });

  const client = (options: Partial<HttpClientOptions> = {}) =>
    createHttpClient({
      service: 'Core Signature',
      userAgent: 'test/1',
      baseUrl: `${server.url}/api/v1/`,
      pace,
      timeoutMs: 5000,
      ...options,
    });
  const request = (overrides: Partial<HttpRequest> = {}): HttpRequest => ({
    method: 'GET',
    url: 'things/',
    headers: { authorization: `Bearer ${secret}` },
    secrets: [secret],
    ...overrides,
  });
  const answered = (method: string, ...answers: Answer[]) => {
    server.on(method, '/api/v1/things/', ...answers);
    return failing(client().request(request({ method, json: method === 'GET' ? undefined : {} })));
  };

  it('sends and reads JSON, with query and user agent', async () => {
    server.on('POST', '/api/v1/things/', { status: 201, body: { ok: true } });
    const answer = await client().request(
      request({ method: 'POST', json: { a: 'ü' }, query: { q: 'x y', none: undefined } }),
    );
    expect(answer).to.deep.include({ status: 201, data: { ok: true } });
    expect(server.seen[0]).to.include({ body: '{"a":"ü"}', path: '/api/v1/things/?q=x+y' });
    expect(server.seen[0]!.headers).to.include({ 'user-agent': 'test/1', 'content-type': 'application/json' });
  });

  it('sends forms, reads bytes and text, and takes an empty body for null', async () => {
    server.on('POST', '/api/v1/things/', { status: 204 }).on('GET', '/api/v1/things/', { body: Buffer.from([0, 255]) });
    expect((await client().request(request({ method: 'POST', form: { a: 'b c' } }))).data).to.equal(null);
    expect(server.seen[0]!.body).to.equal('a=b+c');
    expect((await client().request(request({ read: 'bytes' }))).data).to.deep.equal(Buffer.from([0, 255]));
    expect((await client().request(request({ read: 'text' }))).data).to.be.a('string');
  });

  const codes: [number, string][] = [
    [400, 'REFUSED'],
    [401, 'UNAUTHORIZED'],
    [403, 'FORBIDDEN'],
    [404, 'REFUSED'],
    [405, 'REFUSED'],
    [409, 'REFUSED'],
    [429, 'RATE_LIMITED'],
    [500, 'REMOTE_FAULT'],
    [502, 'REMOTE_FAULT'],
    [302, 'REMOTE_FAULT'],
  ];
  for (const [status, code] of codes) {
    it(`turns ${status} into ${code}`, async () => {
      const error = await answered('POST', {
        status,
        body: { detail: 'Because.' },
        headers: { location: '/elsewhere' },
      });
      expect(error).to.include({ code, status });
      if (status !== 302) expect(error.message).to.contain('Because.');
      expect(server.seen).to.have.length(1);
    });
  }

  it('names the fields of a validation error', async () => {
    const error = await answered('POST', {
      status: 400,
      body: { name: ['Too long'], signers: [{}, { email: ['Enter a valid email address.'] }] },
    });
    expect(error.message).to.contain('name: Too long. signers 2, email: Enter a valid email address.');
    expect(error.field).to.equal('name');
  });

  it('says REMOTE_FAULT for HTML and broken JSON', async () => {
    expect(await answered('POST', { body: '<html>log in</html>' })).to.include({ code: 'REMOTE_FAULT', status: 200 });
    expect(await answered('POST', { body: '{"a":' })).to.include({ code: 'REMOTE_FAULT' });
    const error = await answered('POST', { status: 500, body: `<h1>${secret}</h1>` });
    expect(error.message).not.to.contain('<h1>');
  });

  it('limits the size of an answer', async () => {
    server.on('GET', '/api/v1/things/', { body: { text: 'x'.repeat(5000) } });
    expect(await failing(client({ maxResponseBytes: 1024 }).request(request()))).to.include({ code: 'REMOTE_FAULT' });
  });

  it('repeats a GET on passing failures with growing pauses, then gives up', async () => {
    expect(await answered('GET', { status: 503 })).to.include({ code: 'REMOTE_FAULT', status: 503 });
    expect(server.count('GET')).to.equal(4);
    expect(pace.slept).to.deep.equal([250, 500, 1000]);
  });

  it('repeats a GET after a broken connection and a truncated answer', async () => {
    const body = { value: 'x'.repeat(2000) };
    server.on('GET', '/api/v1/things/', { fault: 'reset' }, { body, fault: 'truncate' }, { body });
    expect((await client().request(request())).data).to.deep.equal(body);
    expect(server.count('GET')).to.equal(3);
  });

  it('repeats PUT and DELETE only where they are marked', async () => {
    server.on('DELETE', '/api/v1/things/', { status: 502 });
    await failing(client().request(request({ method: 'DELETE' })));
    expect(server.count('DELETE')).to.equal(1);
    await failing(client().request(request({ method: 'DELETE', idempotent: true })));
    expect(server.count('DELETE')).to.equal(5);
  });

  for (const answer of [
    { status: 429, headers: { 'retry-after': '1' } },
    { status: 500 },
    { fault: 'reset' },
  ] as Answer[]) {
    it(`never repeats a POST (${JSON.stringify(answer)})`, async () => {
      await answered('POST', answer);
      expect(server.count('POST')).to.equal(1);
    });
  }

  it('honours Retry-After in seconds and as a date', async () => {
    server.on(
      'GET',
      '/api/v1/things/',
      { status: 429, headers: { 'retry-after': '7' } },
      {
        status: 503,
        headers: { 'retry-after': 'Tue, 01 Jan 2030 00:00:20 GMT', date: 'Tue, 01 Jan 2030 00:00:08 GMT' },
      },
      { body: {} },
    );
    await client().request(request());
    expect(pace.slept).to.deep.equal([7000, 12_000]);
  });

  it('does not wait for a Retry-After beyond a minute', async () => {
    expect(await answered('GET', { status: 429, headers: { 'retry-after': '3600' } })).to.include({
      code: 'RATE_LIMITED',
    });
    expect(pace.slept).to.deep.equal([]);
  });

  it('makes everybody pause on the Retry-After of a POST', async () => {
    const waiting = new VirtualPace();
    const limiter = createLimiter({ perSecond: 100, pace: waiting });
    const shared = client({ limiter, pace: waiting });
    server.on('POST', '/api/v1/things/', { status: 429, headers: { 'retry-after': '5' } });
    server.on('GET', '/api/v1/things/', { body: {} });
    await failing(shared.request(request({ method: 'POST' })));
    const other = shared.request(request());
    await waiting.advance(4999);
    expect(server.count('GET')).to.equal(0);
    await waiting.advance(1);
    await other;
    expect(server.count('GET')).to.equal(1);
  });

  it('tells UNREACHABLE from OUTCOME_UNKNOWN', async () => {
    const unused = await freePort();
    const nobody = client({ baseUrl: `http://127.0.0.1:${unused}/` });
    expect(await failing(nobody.request(request({ method: 'POST' })))).to.include({ code: 'UNREACHABLE' });
    const unknown = client({ baseUrl: 'http://no-such-host.invalid/' });
    expect(await failing(unknown.request(request({ method: 'POST' })))).to.include({ code: 'UNREACHABLE' });
    const noTls = client({ baseUrl: server.url.replace('http:', 'https:') });
    const error = await failing(noTls.request(request({ method: 'POST' })));
    expect(error, 'nothing is sent before the handshake').to.include({ code: 'UNREACHABLE' });
    expect(error.message).to.contain('TLS');
    expect(await answered('POST', { fault: 'reset' })).to.include({ code: 'OUTCOME_UNKNOWN' });
    expect(await answered('POST', { fault: 'truncate', body: { a: 'x'.repeat(100) } })).to.include({
      code: 'OUTCOME_UNKNOWN',
    });
    expect(await answered('GET', { fault: 'reset' })).to.include({ code: 'UNREACHABLE' });
  });

  it('times out: UNREACHABLE for a GET, OUTCOME_UNKNOWN for a POST', async () => {
    server.on('GET', '/api/v1/things/', { fault: 'hang' }).on('POST', '/api/v1/things/', { fault: 'hang' });
    const hasty = client({ timeoutMs: 30, retries: 0 });
    expect(await failing(hasty.request(request()))).to.include({ code: 'UNREACHABLE' });
    expect(await failing(hasty.request(request({ method: 'POST' })))).to.include({ code: 'OUTCOME_UNKNOWN' });
  });

  it('can be aborted while waiting, and says so when a POST had left', async () => {
    const controller = new AbortController();
    server.on('GET', '/api/v1/things/', () => {
      controller.abort(new Error('enough'));
      return { fault: 'hang' };
    });
    const reason = await client()
      .request(request({ signal: controller.signal }))
      .catch((error) => error);
    expect(reason.message).to.equal('enough');
    const second = new AbortController();
    server.on('POST', '/api/v1/things/', () => {
      second.abort();
      return { fault: 'hang' };
    });
    const error = await failing(client().request(request({ method: 'POST', signal: second.signal })));
    expect(error.code).to.equal('OUTCOME_UNKNOWN');
  });

  it('does not leave the origin of its base URL, nor private networks when these are closed', async () => {
    expect(await failing(client().request(request({ url: 'https://evil.example/x' })))).to.include({
      code: 'BAD_INPUT',
    });
    const guarded = client({ allowPrivateAddresses: false });
    expect(await failing(guarded.request(request()))).to.include({ code: 'BAD_INPUT', field: 'url' });
    expect(server.seen).to.have.length(0);
  });

  it('never shows a secret, whatever the answer', async () => {
    const echo = { detail: `Bad token Bearer ${secret} or ${encodeURIComponent(secret)}`, [secret]: [secret] };
    const answers: Answer[] = [
      ...[400, 401, 403, 404, 429, 500].map((status) => ({ status, body: echo })),
      { status: 400, body: { [secret]: [`${secret} is wrong`] } },
      { body: `<p>${secret}</p>` },
      { fault: 'reset' },
      { fault: 'truncate', body: echo },
    ];
    for (const answer of answers) {
      server.on('POST', '/api/v1/things/', answer);
      const error = await failing(
        client().request(request({ method: 'POST', url: `things/?token=${secret}`, json: { password: secret } })),
      );
      expect(everythingIn(error), JSON.stringify(answer)).not.to.contain(secret);
      expect(error.cause).to.equal(undefined);
      expect(Object.keys(error)).to.satisfy((keys: string[]) =>
        keys.every((key) => ['name', 'code', 'field', 'status'].includes(key)),
      );
    }
  });
});

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
