import express, { type ErrorRequestHandler, Router } from 'express';
import type { Sandbox } from '../../context';
import { ApiError } from '../../http/errors';
import { type EcmService, ecmCall } from '../answer';
import { granted, readRequest, rejected } from './time-stamp';

const service: EcmService = {
  name: 'tsa',
  refusal: (status, text) => new ApiError(status, text),
  quotaFull: () => new ApiError(503, 'Service Unavailable'),
  retained: () => new ApiError(503, 'Service Unavailable'),
};

/** A time-stamping authority over HTTP (RFC 3161, 3.4), to be mounted at `/tsa`. Its time is the sandbox's clock. */
export function timeStampAuthority(sandbox: Sandbox): Router {
  const router = Router();
  router.use(express.raw({ type: 'application/timestamp-query', limit: '64kb' }));
  router.post(
    '/',
    ecmCall(sandbox, service, 'stamp', async ({ request, rule }) => {
      const body: unknown = request.body;
      if (!Buffer.isBuffer(body)) throw new ApiError(415, 'Send application/timestamp-query.');
      const wanted = readRequest(body);
      const answer =
        typeof wanted === 'string' ? rejected(wanted) : await granted(sandbox, wanted, rule?.kind === 'corrupt');
      return { status: 200, headers: { 'Content-Type': 'application/timestamp-reply' }, body: answer };
    }),
  );
  router.use((_request, response) => void response.status(405).set('Allow', 'POST').type('text').send('Use POST.'));
  router.use(bodyErrors);
  return router;
}

const bodyErrors: ErrorRequestHandler = (error, _request, response, next) => {
  const { status } = error as { status?: number };
  if (status === undefined || response.headersSent) next(error);
  else response.status(status).type('text').send('The body of the request cannot be read.');
};
