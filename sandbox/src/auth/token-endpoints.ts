import { timingSafeEqual } from 'node:crypto';
import type { Request, Router } from 'express';
import type { Sandbox } from '../context';
import { type Answer, answer } from '../http/answer';
import { ApiError } from '../http/errors';
import { accessTokenLifetime, issueAccessToken } from './access-tokens';
import { clients, users } from './accounts';
import { recordLogin } from './audit-events';

const directPaths = [
  '/oauth2/token',
  '/otdstenant/:site/oauth2/token',
  '/tenant/:site/oauth2/token',
  '/otdsws/oauth2/token',
];
const gatewayPath = '/tenants/:tenantId/oauth2/token';

/** The token endpoints of all documented variants; each takes form and JSON bodies. */
export function tokenEndpoints(sandbox: Sandbox, router: Router): void {
  router.post(directPaths, (request, response) =>
    answer(sandbox, request, response, () => token(sandbox, request, invalidClient)),
  );
  router.post(gatewayPath, (request, response) =>
    answer(sandbox, request, response, () => token(sandbox, request, invalidApiKey)),
  );
}

function token(sandbox: Sandbox, request: Request, wrongClient: () => ApiError): Answer {
  const body = (request.body ?? {}) as Record<string, unknown>;
  const field = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
  const [id, secret] = basicCredentials(request) ?? [field('client_id'), field('client_secret')];
  const client = clients.find((candidate) => candidate.id === id);
  if (client === undefined || !same(client.secret, secret)) throw wrongClient();

  const grant = field('grant_type');
  if (grant === '') throw oauthError(400, 'invalid_request', 'The parameter grant_type is missing.');
  if (grant !== 'client_credentials' && grant !== 'password') {
    throw oauthError(400, 'unsupported_grant_type', `The grant type "${grant}" is not supported.`);
  }
  const user = users.find((candidate) => candidate.team === client.team);
  if (grant === 'password') {
    const right = user?.name === field('username') && same(user.password, field('password'));
    recordLogin(sandbox, client.team, field('username'), request.ip ?? '', right);
    if (!right) throw oauthError(400, 'invalid_grant', 'The user name or password is wrong.');
  }
  const member = sandbox.store.members.all().find((one) => one.team === client.team && one.isOwner);
  if (member === undefined) throw oauthError(400, 'unauthorized_client', 'The team of this client was deleted.');
  return {
    status: 200,
    headers: { 'Cache-Control': 'no-store', Pragma: 'no-cache' },
    body: {
      access_token: issueAccessToken(sandbox, member.uuid, client.team, client.id),
      token_type: 'Bearer',
      expires_in: accessTokenLifetime,
    },
  };
}

/** Client id and secret from HTTP Basic, each percent-encoded as RFC 6749 section 2.3.1 wants it. */
function basicCredentials(request: Request): [string, string] | undefined {
  const encoded = /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  try {
    return [decodeURIComponent(id ?? ''), decodeURIComponent(secret ?? '')];
  } catch {
    return [id ?? '', secret ?? ''];
  }
}

function same(right: string, given: string): boolean {
  const a = Buffer.from(right);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** RFC 6749 section 5.2. */
function oauthError(status: number, error: string, text: string): ApiError {
  return new ApiError(status, { error, error_description: text }, { 'Cache-Control': 'no-store' });
}

function invalidClient(): ApiError {
  return oauthError(401, 'invalid_client', 'The client id or secret is wrong.');
}

/** The regional gateway's own shape. */
function invalidApiKey(): ApiError {
  return new ApiError(401, {
    fault: { faultstring: 'Invalid ApiKey', detail: { errorcode: 'oauth.v2.InvalidApiKey' } },
  });
}
