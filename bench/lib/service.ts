/**
 * The other side of the wire for measurements: answers what the package asks of Core Signature, from nothing and at a
 * latency of choice, so that what is measured is the package. Behaviour is the sandbox's job.
 */
import http from 'node:http';
import { serveTasks, startTask } from './helper';
import { listedEvents } from './webhooks';

export interface ServiceTask {
  latencyMs?: number;
}

const { latencyMs = 0 } = startTask<ServiceTask>();
let made = 0;
/** Envelopes that were told to be signed, by `POST /signed/<uuid>`; all others are still out. */
const signed = new Set<string>();

const document = (uuid: string, name = 'Contract') => ({
  uuid,
  name,
  external_id: `order-${uuid}`,
  status: signed.has(uuid) ? 'si' : 'se',
  signrequest: { uuid: `request-${uuid}`, signers: [{ email: 'anna@example.com', signed: signed.has(uuid) }] },
});

function answerTo(method: string, url: URL): [status: number, body: unknown] {
  const [, , , what = '', uuid = ''] = url.pathname.split('/');
  if (url.pathname === '/sandbox/clock') return [200, { now: new Date().toISOString(), offsetMs: 0 }];
  if (url.pathname.startsWith('/signed/')) {
    signed.add(url.pathname.slice('/signed/'.length));
    return [200, {}];
  }
  if (method === 'POST') {
    made += 1;
    const id = `00000000-0000-4000-9000-${made.toString(16).padStart(12, '0')}`;
    const isRequest = what.startsWith('sign');
    return [
      201,
      isRequest ? { uuid: id, signers: [{ email: 'anna@example.com' }] } : { ...document(id), signrequest: null },
    ];
  }
  if (what === 'documents' && uuid !== '') return [200, document(uuid)];
  const about = url.searchParams.get('document__uuid');
  const results =
    what === 'events' && about !== null
      ? listedEvents(about).filter(
          (event) => signed.has(about) || !('event_type' in event && event.event_type === 'signed'),
        )
      : [];
  return [200, { count: results.length, next: null, previous: null, results }];
}

const server = http.createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const [status, body] = answerTo(request.method ?? '', new URL(request.url ?? '/', 'http://localhost'));
    setTimeout(() => {
      const text = JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      response.end(text);
    }, latencyMs);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  serveTasks({ url: `http://127.0.0.1:${port}` }, async () => ({}));
});
