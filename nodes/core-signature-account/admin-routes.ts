import type { Request, RequestHandler, Response } from 'express';
import type { NodeAPI } from 'node-red';
import { SignatureError, toError } from '../../lib/errors';
import { accountNode } from '../../lib/node-red/account-ref';
import { readConfig } from '../../lib/node-red/construct';
import type { Host } from '../../lib/node-red/host';
import { addTestRoute } from '../../lib/node-red/test-route';
import { accountConfig, accountCredentials } from './config';
import { connect } from './connection';

/** What the editor's dialogs ask the runtime. Registered once per process; every route needs a permission. */
export function addAdminRoutes(RED: NodeAPI, host: Host): void {
  const may = (what: 'read' | 'write') => RED.auth.needsPermission(`core-signature-account.${what}`) as RequestHandler;
  const route = (answer: (request: Request) => Promise<object>): RequestHandler => {
    return (request: Request, response: Response) => {
      answer(request).then(
        (body) => response.json({ ok: true, ...body }),
        (thrown: unknown) => response.json({ ok: false, message: toError(thrown).message }),
      );
    };
  };

  addTestRoute(RED, 'core-signature-account', 'account', async (config, credentials, id) => {
    const connection = connect(id, readConfig(accountConfig, config), accountCredentials.parse(credentials));
    try {
      const { ok, message } = await connection.client.testConnection();
      if (!ok) throw new Error(message);
      return message;
    } finally {
      connection.close();
    }
  });

  RED.httpAdmin.get(
    '/core-signature/account/:id/templates',
    may('read'),
    route(async (request) => {
      const { client } = accountNode(RED, String(request.params.id)).account;
      const templates = await client.templates.list();
      return { templates: templates.map(({ url, uuid, name }) => ({ url, uuid, name })) };
    }),
  );

  RED.httpAdmin.get(
    '/core-signature/account/:id/webhook',
    may('read'),
    route(async (request) => {
      const { callbackUrl } = accountNode(RED, String(request.params.id)).account;
      return {
        url: callbackUrl,
        message: callbackUrl === null ? 'No public URL is set, so the service cannot call back.' : '',
      };
    }),
  );

  RED.httpAdmin.post(
    '/core-signature/account/:id/webhook/check',
    may('write'),
    route(async (request) => {
      const { callbackUrl } = accountNode(RED, String(request.params.id)).account;
      return { message: await checkWebhook(callbackUrl) };
    }),
  );

  /** Calls the own webhook from outside with a body that is no event: only our own route answers 400 to that. */
  async function checkWebhook(url: string | null): Promise<string> {
    if (url === null || !host.webhooks.available)
      throw new SignatureError('BAD_CONFIG', 'publicUrl: there is no webhook URL to check.', { field: 'publicUrl' });
    const answer = await fetch(url, {
      method: 'POST',
      body: 'check',
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    }).catch((thrown: unknown) => {
      throw new SignatureError('UNREACHABLE', `The URL cannot be reached from here: ${toError(thrown).message}`);
    });
    if (answer.status === 400) return 'The webhook URL leads to this runtime.';
    const hint =
      answer.status === 401
        ? 'Something in front of it asks for a log-on (httpNodeAuth or a proxy).'
        : 'It leads somewhere else.';
    throw new SignatureError('REFUSED', `The URL answers ${answer.status}. ${hint}`, { status: answer.status });
  }
}
