import express, { type ErrorRequestHandler, Router } from 'express';
import type { Sandbox } from '../../context';
import { type PushService, pushCall, retryHeaders, send } from '../answer';
import { authorize } from './auth';
import { messagingError } from './errors';
import { channels, outbound } from './outbound';
import { pushJob } from './parser';
import { jobStatus } from './status';

/** Codes by which a rule lets a job be taken and get lost later. */
const laterCodes = ['UNDELIVERABLE', 'CANCELLED'];

const service: PushService = {
  name: 'opentext',
  refusal: ({ code = '', status = 500, retryAfter }) =>
    laterCodes.includes(code)
      ? undefined
      : messagingError(status, 'Refused by a fault switch of the sandbox.', retryHeaders(retryAfter)),
  failure: messagingError(500, 'Internal error.'),
};

const parserErrors: ErrorRequestHandler = (error, _request, response, next) => {
  const { status } = error as { status?: number };
  if (status === undefined) next(error);
  else send(response, messagingError(status, status === 413 ? 'The body is too large.' : 'The body is not JSON.'));
};

/** OpenText Notifications / Cloud Messaging below `/mra/v1`: push jobs, SMS, e-mail, WhatsApp, and their status. */
export function openText(sandbox: Sandbox): Router {
  const router = Router({ strict: true });
  router.use(express.json({ type: () => true, limit: '5mb' }));
  router.post(
    '/utils/parser',
    pushCall(sandbox, service, (request, aim) => pushJob(sandbox, request, aim)),
  );
  for (const [path, read] of Object.entries(channels)) {
    router.post(
      `/outbound/${path}`,
      pushCall(sandbox, service, (request, aim) => outbound(sandbox, request, aim, read)),
    );
  }
  router.get(
    '/outbound/:channel/status',
    pushCall(sandbox, service, async (request, aim) => {
      authorize(sandbox, request.headers.authorization);
      const id = String(request.query.job_id ?? '');
      await aim({ target: `status of ${id}`, names: ['status'], byNameOnly: true });
      return jobStatus(sandbox, String(request.params.channel), id);
    }),
  );
  router.use((_request, response) => send(response, messagingError(404, 'There is no such resource.')));
  router.use(parserErrors);
  return router;
}
