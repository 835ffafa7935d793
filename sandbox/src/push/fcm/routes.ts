import express, { type ErrorRequestHandler, Router } from 'express';
import type { Sandbox } from '../../context';
import { ApiError } from '../../http/errors';
import { type PushService, pushCall, retryHeaders, send } from '../answer';
import { fcmError, googleError, isFcmErrorCode } from './errors';
import { sendMessage } from './send';
import { exchange } from './token';

const service: PushService = {
  name: 'fcm',
  refusal({ code, status, retryAfter }) {
    const headers = retryHeaders(retryAfter);
    if (code !== undefined && isFcmErrorCode(code)) return fcmError(code, undefined, headers);
    return googleError(status ?? 500, 'Refused by a fault switch of the sandbox.', headers);
  },
  failure: fcmError('INTERNAL'),
};

const parserErrors: ErrorRequestHandler = (error, _request, response, next) => {
  const { status } = error as { status?: number };
  if (status === undefined) next(error);
  else send(response, googleError(status === 413 ? 413 : 400, 'Invalid JSON payload received.'));
};

/** Firebase Cloud Messaging, HTTP v1: token endpoint and `messages:send`. */
export function fcm(sandbox: Sandbox): Router {
  const router = Router({ strict: true });
  router.post('/fcm/token', express.urlencoded({ extended: false }), express.json(), async (request, response) => {
    const audiences = [sandbox.baseUrl, `${request.protocol}://${request.headers.host}`].map(
      (url) => `${url}/fcm/token`,
    );
    const answer = await exchange(sandbox, request.body, audiences).catch((error: unknown) => {
      if (error instanceof ApiError) return error;
      throw error;
    });
    sandbox.store.commit();
    send(response, answer);
  });
  router.post(
    '/v1/projects/:project/messages\\:send',
    express.json({ type: () => true, limit: '1mb' }),
    pushCall(sandbox, service, (request, aim) => sendMessage(sandbox, request, aim)),
  );
  router.use('/v1/projects', parserErrors);
  return router;
}
