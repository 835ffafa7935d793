import type { Request, Router } from 'express';
import { readAccessToken } from '../../auth/access-tokens';
import { users } from '../../auth/accounts';
import type { Sandbox } from '../../context';
import { ApiError } from '../../http/errors';
import { type EcmAnswer, type EcmService, type EcmWork, ecmCall } from '../answer';
import { bodyOf, contentServerService, csError, formOf } from './service';
import { checkTicket, issueTicket } from './tickets';

/** Whether name and password are those of a known user. */
export const isUser = (name: unknown, password: unknown): boolean =>
  users.some((user) => user.name === name && user.password === password);

/** Routes without a ticket: logging in, and whether the server is there. */
export function authRoutes(sandbox: Sandbox, router: Router): void {
  const on = (work: EcmWork) => ecmCall(sandbox, contentServerService, 'auth', work);

  router.post(
    '/v1/auth',
    on((call) => {
      const { username, password } = bodyOf(formOf(call));
      if (!isUser(username, password)) throw csError(401, 'Invalid username/password specified.');
      return { status: 200, body: { ticket: issueTicket(sandbox, 'otcs') } };
    }),
  );
  router.get(
    '/v1/auth',
    on(({ request }) => {
      checkProof(sandbox, request);
      return {
        status: 200,
        headers: { OTCSTicket: issueTicket(sandbox, 'otcs') },
        body: { data: { id: 1000, name: 'sandbox-user', type: 0, type_name: 'User' } },
      };
    }),
  );
  router.get(
    '/v1/ping',
    on(() => ({ status: 200, body: { rest_api: [{ build: 1, href: 'api/v1', version: 1 }] } })),
  );
}

/** Accepts an OAuth token or a ticket of OTDS. */
function checkProof(sandbox: Sandbox, request: Request): void {
  const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (token !== undefined) {
    if (isAccessToken(sandbox, token)) return;
    throw csError(401, 'Authentication Required');
  }
  const ticket = request.headers.otdsticket;
  if (typeof ticket !== 'string') throw csError(401, 'Authentication Required');
  const verdict = checkTicket(sandbox, 'otds', ticket);
  if (verdict === 'expired') {
    throw new ApiError(400, { status: 1034, error: 'Expired OTDS SSO ticket', errorDetails: null });
  }
  if (verdict === 'unknown') throw csError(401, 'Authentication Required');
}

/** Whether it is a good access token of the sandbox. */
export function isAccessToken(sandbox: Sandbox, token: string): boolean {
  try {
    return readAccessToken(sandbox, token) !== undefined;
  } catch {
    return false;
  }
}

const otds: EcmService = {
  name: 'otds',
  refusal: (status, error) => new ApiError(status, { status, error, errorDetails: null }),
  quotaFull: () => new ApiError(507, { status: 507, error: 'No space left', errorDetails: null }),
  retained: () => new ApiError(403, { status: 403, error: 'Forbidden', errorDetails: null }),
};

/** `/otdsws`: tickets of the directory service. Its OAuth endpoint is among the token endpoints. */
export function otdsRoutes(sandbox: Sandbox, router: Router): void {
  const ticket = (name: unknown, password: unknown): EcmAnswer => {
    if (!isUser(name, password)) throw otds.refusal(401, 'Invalid credentials');
    const made = issueTicket(sandbox, 'otds');
    return { status: 200, body: { token: made, userId: 'sandbox-user', ticket: made, resourceID: null } };
  };
  router.post(
    ['/rest/authentication/credentials', '/v1/authentication/credentials'],
    ecmCall(sandbox, otds, 'auth', ({ request }) => {
      const body = (request.body ?? {}) as Record<string, unknown>;
      return ticket(body.userName ?? body.user_name, body.password);
    }),
  );
}
