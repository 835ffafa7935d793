import { expect } from 'chai';
import { createTokenSource } from '../../../dist/lib/core-signature/auth';
import { CoreSignatureClient } from '../../../dist/lib/core-signature/client';
import { documentUuidOf } from '../../../dist/lib/core-signature/signature-requests';
import type { ActionNames } from '../../../dist/lib/core-signature/spelling';
import { createHttpClient } from '../../../dist/lib/http/client';
import { systemClock } from '../../../dist/lib/time/clock';
import { everythingIn, failing } from '../http/failing';
import { VirtualPace } from '../http/virtual-pace';
import { documentJson } from './fixtures';
import { ScriptedServer, type Seen } from './scripted-server';

const file = { file_from_content: 'JVBERi0=', file_from_content_name: 'a.pdf' };
const signers = [{ email: 'a@x.org' }];
const request = { uuid: 'req-1', signers: [] };
const page = (results: unknown[], more: { next?: string | null; count?: number } = {}) => ({
  body: { count: more.count ?? results.length, next: more.next ?? null, previous: null, results },
});
const event = (index: number, fields: object = {}) => ({
  uuid: `ev-${index}`,
  event_type: 'signed',
  timestamp: new Date(Date.UTC(2030, 0, 1, 0, index)).toISOString(),
  document: documentJson(),
  ...fields,
});
const pageOf = (seen: Seen): number => Number(new URL(seen.path, 'http://x').searchParams.get('page'));

describe('Core Signature client', () => {
  let server: ScriptedServer;
  before(async () => {
    server = await ScriptedServer.start();
  });
  after(() => server.close());
  beforeEach(() => {
    server.reset();
    let issued = 0;
    server.on('POST', '/token', () => {
      issued += 1;
      return { body: { access_token: `T${issued}-MARKER`, expires_in: 900 } };
    });
  });

  const client = (actionNames?: ActionNames) => {
    const http = createHttpClient({
      service: 'Core Signature',
      userAgent: 'test/1',
      pace: new VirtualPace({ jump: true }),
      timeoutMs: 3000,
    });
    const tokens = createTokenSource(
      { kind: 'ocp', tokenUrl: `${server.url}/token`, clientId: 'c', clientSecret: 'MARKER-secret' },
      { http, clock: systemClock },
    );
    return new CoreSignatureClient({ baseUrl: `${server.url}/api/v1/`, tokens, http, clock: systemClock, actionNames });
  };
  const on = (method: string, path: string, ...answers: Parameters<ScriptedServer['on']>[2][]) =>
    server.on(method, `/api/v1/${path}`, ...answers);
  const calls = () =>
    server.seen
      .filter(({ path }) => path !== '/token')
      .map(({ method, path }) => `${method} ${path.replace('/api/v1/', '')}`);

  it('renews a refused token once, for POSTs too', async () => {
    on('POST', 'documents/', { status: 401, body: { detail: 'Invalid token' } }, { status: 201, body: documentJson() });
    expect((await client().documents.create(file)).uuid).to.equal('doc-1');
    const sent = server.seen.filter(({ path }) => path !== '/token').map(({ headers }) => headers.authorization);
    expect(sent).to.deep.equal(['Bearer T1-MARKER', 'Bearer T2-MARKER']);
  });

  it('gives up after the second 401, without the token in the error', async () => {
    on('GET', 'documents/doc-1/', { status: 401, body: { detail: 'Invalid token T2-MARKER' } });
    const error = await failing(client().documents.get('doc-1'));
    expect(error).to.include({ code: 'UNAUTHORIZED', status: 401 });
    expect(calls()).to.have.length(2);
    expect(everythingIn(error)).not.to.contain('MARKER');
  });

  it('shares one new token among calls that were refused together', async () => {
    on('GET', 'documents/doc-1/', ({ headers }) =>
      headers.authorization === 'Bearer T1-MARKER' ? { status: 401 } : { body: documentJson() },
    );
    const { documents } = client();
    await Promise.all(Array.from({ length: 8 }, () => documents.get('doc-1')));
    expect(server.count('POST', '/token')).to.equal(2);
  });

  it('reads documents, and says which envelope or template does not exist', async () => {
    on('GET', 'documents/a%2Fb/', { body: documentJson({ uuid: 'a/b' }) });
    expect((await client().documents.get('a/b')).status).to.equal('se');
    expect(await failing(client().documents.get('none'))).to.include({ code: 'UNKNOWN_ENVELOPE', status: 404 });
    expect(await failing(client().templates.get('none'))).to.include({ code: 'UNKNOWN_TEMPLATE', field: 'template' });
    on('GET', 'documents/doc-2/', { body: { uuid: 'doc-2' } });
    expect((await failing(client().documents.get('doc-2'))).message).to.contain('status is missing');
  });

  it('sends documents and attachments once, whatever happens', async () => {
    on('POST', 'documents/', { status: 503, headers: { 'retry-after': '1' } });
    await failing(client().documents.create(file));
    on('POST', 'document-attachments/', { fault: 'reset' });
    const attachment = { ...file, document: client().documents.urlOf('doc-1') };
    expect(await failing(client().attachments.create(attachment))).to.include({ code: 'OUTCOME_UNKNOWN' });
    expect(calls()).to.deep.equal(['POST documents/', 'POST document-attachments/']);
  });

  it('refuses bad input before anything is sent', async () => {
    await failing(client().documents.create({ file_from_content: 'x' }));
    await failing(client().signatureRequests.quickCreate({ ...file, signers: [] }));
    expect(calls()).to.deep.equal([]);
  });

  it('deletes, also with force, and takes a missing document for deleted', async () => {
    on('DELETE', 'documents/doc-1/', { status: 502 }, { status: 204 });
    await client().documents.delete('doc-1', { force: true });
    await client().documents.delete('none');
    const deletes = server.seen.filter(({ method }) => method === 'DELETE');
    expect(deletes.map(({ body }) => body)).to.deep.equal(['{"force_delete":true}', '{"force_delete":true}', '']);
  });

  it('finds documents by external id, also where the filter is ignored', async () => {
    const mine = documentJson({ uuid: 'mine', external_id: 'WF-9' });
    on('GET', 'documents/', (seen) =>
      pageOf(seen) === 1
        ? page([documentJson(), documentJson({ external_id: null })], { next: 'https://evil.example/' })
        : page([mine, mine]),
    );
    expect((await client().documents.findByExternalId('WF-9')).map(({ uuid }) => uuid)).to.deep.equal(['mine']);
    expect(server.seen.at(-1)!.path).to.contain('external_id=WF-9').and.to.contain('page=2');
    expect(await client().documents.findByExternalId('WF-8')).to.deep.equal([]);
  });

  it('does not claim that a document is missing when it could not look at all of them', async () => {
    const others = Array.from({ length: 1000 }, () => documentJson());
    on('GET', 'documents/', page(others, { next: 'x', count: 100_000 }));
    expect(await failing(client().documents.findByExternalId('WF-9'))).to.include({ code: 'REMOTE_FAULT' });
  });

  it('takes a page that has vanished for the end of the list', async () => {
    on('GET', 'templates/', (seen) => (pageOf(seen) === 1 ? page([{ uuid: 't1' }], { next: 'x' }) : { status: 404 }));
    expect((await client().templates.list()).map(({ uuid }) => uuid)).to.deep.equal(['t1']);
  });

  describe('signature requests', () => {
    const create = (names?: ActionNames) => client(names).signatureRequests;
    const input = { document: 'https://sign.example.com/api/v1/documents/doc-1/', signers };

    it('use the OpenText paths', async () => {
      on('POST', 'signature-requests/', { status: 201, body: request });
      on('POST', 'signature-request-quick-create/', {
        status: 201,
        body: { ...request, document: `${server.url}/api/v1/documents/doc-7/` },
      });
      const requests = create();
      await requests.create(input);
      expect(documentUuidOf(await requests.quickCreate({ ...file, signers }))).to.equal('doc-7');
      expect(calls()).to.deep.equal(['POST signature-requests/', 'POST signature-request-quick-create/']);
    });

    it('fall back to the other spelling on 404 and remember it', async () => {
      on('POST', 'signrequests/', { status: 201, body: request });
      on('POST', 'signrequests/req-1/cancel_signature_request/', {
        status: 201,
        body: { detail: 'OK', cancelled: true },
      });
      on('POST', 'signrequest-quick-create/', { status: 201, body: request });
      const requests = create();
      await requests.create(input);
      await requests.create(input);
      expect(await requests.cancel('req-1')).to.deep.equal({ cancelled: true });
      await requests.cancel('req-1');
      await requests.quickCreate({ ...file, signers });
      expect(calls()).to.deep.equal([
        'POST signature-requests/',
        'POST signrequests/',
        'POST signrequests/',
        'POST signrequests/req-1/cancel_signrequest/',
        'POST signrequests/req-1/cancel_signature_request/',
        'POST signrequests/req-1/cancel_signature_request/',
        'POST signature-request-quick-create/',
        'POST signrequest-quick-create/',
      ]);
    });

    it('find both spellings together, when neither is known yet', async () => {
      on('POST', 'signrequests/req-1/resend_signature_request_email/', { status: 201, body: { detail: 'OK' } });
      const requests = create();
      await requests.resend('req-1');
      await requests.resend('req-1');
      expect(server.count('POST', '/api/v1/signrequests/req-1/resend_signature_request_email/')).to.equal(2);
      expect(calls()).to.have.length(5);
    });

    it('use configured names first', async () => {
      on('POST', 'envelopes/req-1/withdraw/', { status: 201, body: { cancelled: false } });
      expect(await create({ collection: 'envelopes', cancel: 'withdraw' }).cancel('req-1')).to.deep.equal({
        cancelled: false,
      });
      expect(calls()).to.deep.equal(['POST envelopes/req-1/withdraw/']);
    });

    it('tell an unknown request from an unknown action', async () => {
      expect(await failing(create().cancel('none'))).to.include({ code: 'UNKNOWN_ENVELOPE' });
      on('GET', 'signature-requests/req-1/', { body: request });
      const forward = { signer_email_to_forward: 'a@x.org', signer_email_to_forward_to: 'b@x.org' };
      expect(await failing(create().forward('req-1', forward))).to.include({ code: 'REFUSED', status: 404 });
    });

    it('forward a signer, and say why not', async () => {
      on(
        'POST',
        'signature-requests/req-1/forward_signer/',
        { status: 201, body: request },
        { status: 400, body: { errors: { signer_email_to_forward: ['Has signed.'] } } },
      );
      const requests = create();
      const input = {
        signer_email_to_forward: 'a@x.org',
        signer_email_to_forward_to: 'b@x.org',
        forwarded_reason: 'escalated',
      };
      expect((await requests.forward('req-1', input)).uuid).to.equal('req-1');
      expect(JSON.parse(server.seen.at(-1)!.body)).to.deep.equal(input);
      const error = await failing(requests.forward('req-1', input));
      expect(error).to.include({ code: 'REFUSED', status: 400, field: 'signer_email_to_forward' });
      expect(error.message).to.contain('Has signed.');
    });

    it('are never sent twice, and never show a signing password', async () => {
      for (const answer of [
        { status: 429 },
        { status: 500 },
        { fault: 'reset' as const },
        { status: 400, body: { signers: [{ password: ['MARKER-pw is weak'] }] } },
      ]) {
        server.reset();
        server.on('POST', '/token', { body: { access_token: 'T' } });
        on('POST', 'signature-requests/', answer);
        const error = await failing(
          create().create({ ...input, signers: [{ email: 'a@x.org', password: 'MARKER-pw' }] }),
        );
        expect(calls()).to.have.length(1);
        expect(everythingIn(error)).not.to.contain('MARKER');
      }
    });
  });

  describe('events', () => {
    const uuids = async (events: AsyncIterable<{ uuid: string }>) => {
      const found: string[] = [];
      for await (const { uuid } of events) found.push(uuid);
      return found;
    };

    /** Serves events 1 … 5 in pages of two. */
    const serve = (order: number[]) =>
      on('GET', 'events/', (seen) => {
        const first = (pageOf(seen) - 1) * 2;
        const next = first + 2 < order.length ? 'x' : null;
        return page(
          order.slice(first, first + 2).map((index) => event(index)),
          { next, count: order.length },
        );
      });

    it('come newest first over all pages', async () => {
      serve([5, 4, 3, 2, 1]);
      expect(await uuids(client().events.iterate())).to.deep.equal(['ev-5', 'ev-4', 'ev-3', 'ev-2', 'ev-1']);
    });

    it('come newest first also where the service lists the oldest first', async () => {
      serve([1, 2, 3, 4, 5]);
      expect(await uuids(client().events.iterate())).to.deep.equal(['ev-5', 'ev-4', 'ev-3', 'ev-2', 'ev-1']);
    });

    it('are read no further than wanted', async () => {
      serve([5, 4, 3, 2, 1]);
      for await (const { uuid } of client().events.iterate()) if (uuid === 'ev-4') break;
      expect(calls()).to.have.length(1);
    });

    it('are filtered here too, as unknown filters are ignored', async () => {
      const other = event(2, { document: documentJson({ uuid: 'doc-2' }) });
      on('GET', 'events/', page([event(3), other, event(1, { event_type: 'viewed' })]));
      const { events } = client();
      expect((await events.eventsOf('doc-1')).map(({ uuid }) => uuid)).to.deep.equal(['ev-3', 'ev-1']);
      const { results } = await events.list({ document__uuid: 'doc-1', event_type: 'signed' }, { limit: 10 });
      expect(results.map(({ uuid }) => uuid)).to.deep.equal(['ev-3']);
      expect(server.seen.at(-1)!.path).to.contain('document__uuid=doc-1').and.to.contain('limit=10');
    });
  });

  it('keeps webhooks', async () => {
    const input = { name: 'n', event_type: 'signed', callback_url: 'https://flows.example.com/hook' };
    const hook = { uuid: 'w1', ...input };
    on('GET', 'webhooks/', page([hook]));
    on('POST', 'webhooks/', { status: 201, body: hook });
    on('PUT', 'webhooks/w1/', { status: 503 }, { body: hook });
    on('DELETE', 'webhooks/w1/', { status: 204 });
    const { webhooks } = client();
    expect((await webhooks.list())[0]).to.deep.include(hook);
    expect((await webhooks.create(input)).uuid).to.equal('w1');
    await webhooks.update('w1', input);
    await webhooks.delete('w1');
    await webhooks.delete('none');
    expect(server.count('PUT')).to.equal(2);
  });

  it('tests the connection in plain words', async () => {
    on('GET', 'documents/', page([documentJson()]));
    expect(await client().testConnection()).to.deep.equal({
      ok: true,
      message: `Connected to ${new URL(server.url).host}, which has 1 document.`,
    });
    on('GET', 'documents/', { ...page([]), headers: { date: new Date(Date.now() - 3_600_000).toUTCString() } });
    expect((await client().testConnection()).message).to.match(/0 documents\. The clocks differ by 60 minutes\.$/);
    server.on('POST', '/token', { status: 401, body: { error: 'invalid_client' } });
    expect(await client().testConnection()).to.include({ ok: false, field: 'clientSecret' });
  });
});
