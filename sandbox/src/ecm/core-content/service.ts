import type { Request } from 'express';
import type { Sandbox } from '../../context';
import { ApiError } from '../../http/errors';
import type { EcmService, EcmWork } from '../answer';
import { isAccessToken } from '../content-server/auth';

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  429: 'Too Many Requests',
  507: 'Insufficient Storage',
};

/** A refusal of Content Metadata or Content Storage. */
export const coreError = (status: number, details: string): ApiError =>
  new ApiError(status, { status, title: titles[status] ?? 'Error', details });

export const coreService: EcmService = {
  name: 'core-content',
  refusal: coreError,
  quotaFull: () => coreError(507, 'The storage quota of the tenant has been exceeded.'),
  retained: () => coreError(423, 'The object is under retention.'),
};

/** Work that needs a Bearer token of the sandbox. */
export const withToken =
  (sandbox: Sandbox, work: EcmWork): EcmWork =>
  (call) => {
    checkToken(sandbox, call.request);
    return work(call);
  };

function checkToken(sandbox: Sandbox, { headers }: Request): void {
  const [, token] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (token === undefined || !isAccessToken(sandbox, token))
    throw coreError(401, 'The access token is missing or wrong.');
}
