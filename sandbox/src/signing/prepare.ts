import { randomUUID } from 'node:crypto';
import express, { type Router } from 'express';
import { z } from 'zod';
import type { Sandbox } from '../context';
import type { DocumentRecord } from '../model';
import { send } from '../signature-requests/send';
import { displayName } from '../signature-requests/turns';
import { escapeHtml } from './sanitize';

const side = z.number().min(0).max(20_000);
const prepareBody = z.object({
  fields: z
    .array(
      z.object({
        type: z.enum(['s', 'i', 'n', 't', 'd', 'c']),
        signerIndex: z.int().min(0),
        page: z.int().min(0),
        x: side,
        y: side,
        width: side,
        height: side,
        required: z.boolean().default(true),
        multiline: z.boolean().default(false),
        label: z.string().default(''),
        prefill: z.string().nullable().default(null),
        externalId: z.string().nullable().default(null),
      }),
    )
    .default([]),
});

/**
 * The page behind `prepare_url`, where the sender looks once more and sends. Fields beyond the tags of the document are
 * placed by posting them as JSON: `{fields: [{type, signerIndex, page, x, y, width, height, …}]}` to `/prepare/:token`.
 */
export function prepare(sandbox: Sandbox): Router {
  const router = express.Router();
  const find = (token: string): DocumentRecord | undefined =>
    sandbox.store.documents.all().find((document) => !document.hidden && document.request?.prepareToken === token);

  router.get('/:token', (request, response) => {
    const document = find(request.params.token);
    if (!document) {
      response.status(404).send(page('Not found', '<p>This document is not being prepared.</p>'));
      return;
    }
    const signers = (document.request?.signers ?? [])
      .slice(1)
      .map((signer) => `<li>${escapeHtml(displayName(signer))}</li>`);
    const places = `<p>${document.fields.length} fields from the tags of the document.</p>`;
    const form = '<form method="post"><button>Send</button></form>';
    response.send(page(`Prepare "${document.name}"`, `<ul>${signers.join('')}</ul>${places}${form}`));
  });

  router.post('/:token', (request, response) => {
    const document = find(request.params.token);
    if (document?.status !== 'ne') {
      response
        .status(document ? 409 : 404)
        .json({ error: document ? 'Still converting.' : 'Nothing to prepare here.' });
      return;
    }
    const body = prepareBody.safeParse(request.is('json') ? request.body : {});
    if (!body.success) {
      response.status(400).json({ error: z.prettifyError(body.error) });
      return;
    }
    document.fields = [...document.fields, ...body.data.fields.map((field) => ({ ...field, uuid: randomUUID() }))];
    send(sandbox, document, sandbox.clock.now());
    sandbox.store.documents.put(document);
    sandbox.store.commit();
    const target = URL.parse(String(request.query.redirect_url ?? ''));
    if (target && ['http:', 'https:'].includes(target.protocol)) response.redirect(303, target.href);
    else if (request.is('json')) response.json({ status: document.status });
    else response.send(page('Sent', `<p>"${escapeHtml(document.name)}" was sent.</p>`));
  });
  return router;
}

function page(title: string, body: string): string {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>`;
  return `<!doctype html><html lang="en">${head}<h1>${escapeHtml(title)}</h1>${body}</html>`;
}
