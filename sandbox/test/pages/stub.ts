import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { pagesRouter } from '../../dist/pages';
import { readPdf } from '../../dist/pdf';

export const contract = readFileSync(join(__dirname, '../../../examples/documents/contract.pdf'));

/** A signing page's data as the sandbox sends it. */
export type View = Record<string, unknown>;

/** A signer with all fields of the sample contract, ready to sign. */
export async function readyView(changes: View = {}): Promise<View> {
  const { pages, tags } = await readPdf(contract);
  const values: Record<string, string> = { contract_no: 'HF-2026-014' };
  const fields = tags
    .filter((tag) => tag.signerIndex === 0)
    .map(({ prefill: _prefill, signerIndex: _index, ...tag }, index) => ({
      id: `field-${index}`,
      ...tag,
      value: tag.type === 'd' ? '2026-01-12' : (values[tag.externalId ?? ''] ?? (tag.type === 'c' ? false : null)),
    }));
  return {
    document: {
      uuid: '0b5d9a0e-2bd1-4a4c-8a51-3d0d6b2b8f7e',
      name: 'Service agreement.pdf',
      status: 'vi',
      pages,
      expiresAt: '2026-01-19T17:00:00Z',
    },
    subject: 'Please sign our service agreement',
    message: '<p>Dear Ms Finch,</p><p>this is the agreement as <b>discussed on Monday</b>.</p>',
    sender: { name: 'Jonas Linden', email: 'jonas@lindenhof.example' },
    signer: {
      email: 'amelia@finch.example',
      displayName: 'Amelia Finch',
      role: 'sign',
      state: 'ready',
      language: null,
    },
    others: [{ displayName: 'Jonas Linden', state: 'waiting' }],
    locked: null,
    smsBeforeFinish: false,
    smsSentTo: null,
    fields,
    requiredAttachments: [],
    documentAttachments: [{ uuid: 'a-1', name: 'Annex A.pdf' }],
    options: { drawn: true, typed: true, upload: true, decline: true, forward: true, addAttachments: false },
    embedded: false,
    ...changes,
  };
}

/** What the inbox shows, with one of everything. */
export function inboxState(base: string): View {
  return {
    baseUrl: base,
    clock: { now: '2026-01-14T09:30:00Z', offsetMs: 180_000_000 },
    faults: { callbacks: { duplicate: true, drop: 0.5 } },
    mails: [
      {
        id: 'm3',
        at: '2026-01-14T09:00:00Z',
        to: 'amelia@finch.example',
        subject: 'Reminder: please sign “Service agreement”',
        kind: 'reminder',
        text: 'Dear Amelia Finch,\n\nthe document still waits for you.',
        links: [{ label: 'Read and sign', url: `${base}/sign/ready` }],
        document: 'd1',
      },
      {
        id: 'm2',
        at: '2026-01-12T10:05:00Z',
        to: '+44 7700 900123',
        subject: 'Your code is 493 118',
        kind: 'sms',
        text: 'Your code is 493118.',
        links: [],
        document: 'd1',
      },
      {
        id: 'm1',
        at: '2026-01-12T10:00:00Z',
        to: 'amelia@finch.example',
        subject: 'Jonas Linden asks you to sign “Service agreement”',
        kind: 'invitation',
        text: 'Dear Amelia Finch,\n\nplease sign.',
        links: [
          { label: 'Read and sign', url: `${base}/sign/ready` },
          { label: 'Decline', url: `${base}/sign/ready` },
        ],
        document: 'd1',
      },
    ],
    documents: [
      {
        uuid: '0b5d9a0e-2bd1-4a4c-8a51-3d0d6b2b8f7e',
        name: 'Service agreement.pdf',
        externalId: 'order-4711',
        status: 'vi',
        statusDisplay: 'Viewed',
        createdAt: '2026-01-12T09:58:00Z',
        signers: [
          {
            email: 'amelia@finch.example',
            name: 'Amelia Finch',
            role: 'sign',
            order: 0,
            state: 'ready',
            link: `${base}/sign/ready`,
          },
          {
            email: 'jonas@lindenhof.example',
            name: 'Jonas Linden',
            role: 'sign',
            order: 1,
            state: 'waiting',
            link: null,
          },
        ],
      },
      {
        uuid: '7c7cd0d8-4e56-4ac5-b0c8-7d8e2b0e2d11',
        name: 'Non-disclosure agreement.docx',
        externalId: null,
        status: 'si',
        statusDisplay: 'Signed',
        createdAt: '2026-01-08T14:12:00Z',
        signers: [{ email: 'li@example.com', name: 'Li Wei', role: 'approve', order: 0, state: 'signed', link: null }],
      },
    ],
    deliveries: [
      {
        id: 'e2',
        at: '2026-01-12T10:06:00Z',
        url: 'https://flows.example/signature-events/4f0c',
        event: 'viewed',
        document: 'd1',
        attempt: 2,
        status: 503,
        error: null,
        nextAt: '2026-01-12T10:11:00Z',
      },
      {
        id: 'e1',
        at: '2026-01-12T10:00:00Z',
        url: 'https://flows.example/signature-events/4f0c',
        event: 'sent',
        document: 'd1',
        attempt: 1,
        status: 200,
        error: null,
        nextAt: null,
      },
    ],
  };
}

export interface Post {
  path: string;
  body: unknown;
}

/**
 * Serves the pages with fixed answers. `answers` maps the last part of a path (`sign`, `unlock` …) to what comes back.
 */
export async function startStub(views: Record<string, View>) {
  const posts: Post[] = [];
  const answers: Record<string, { status?: number; body: unknown }> = {};
  const app = express();
  app.use(express.json({ limit: '40mb' }));
  app.use(pagesRouter());
  app.get('/sign/:token/api', (request, response) => {
    const view = views[request.params.token];
    if (view) response.json(view);
    else response.status(404).json({ error: 'There is no such signing page.' });
  });
  app.get('/sign/:token/api/document.pdf', (_request, response) => {
    response.type('application/pdf').send(contract);
  });
  app.get('/sandbox/state', (_request, response) => {
    response.json(inboxState(base));
  });
  app.use(['/sign/:token/api/:action', '/sandbox/:action'], (request, response) => {
    const action = String(request.params.action);
    posts.push({ path: `${request.method} ${request.originalUrl}`, body: request.body });
    const answer = answers[action] ?? { body: { state: 'signed', redirect: null, next: null } };
    response.status(answer.status ?? 200).json(answer.body);
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { base, posts, answers, views, close };
}
