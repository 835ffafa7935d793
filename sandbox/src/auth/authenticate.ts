import type { Request } from 'express';
import type { Sandbox } from '../context';
import { ApiError } from '../http/errors';
import type { Member, Team } from '../model';
import { readAccessToken } from './access-tokens';

/** Who calls: a member, and the team for which the credentials act. */
export interface Caller {
  team: Team;
  member: Member;
}

const challenge = { 'WWW-Authenticate': 'Token' };

/**
 * Finds the caller by `Authorization: Bearer <access token>` or `Token <API token>`.
 *
 * @throws ApiError 401 in the two documented wordings
 */
export function authenticate(sandbox: Sandbox, request: Request): Caller {
  const [scheme, credential, ...rest] = (request.headers.authorization ?? '').split(/\s+/);
  if (scheme === undefined || credential === undefined || rest.length > 0) {
    throw new ApiError(401, { detail: 'Authentication credentials were not provided.' }, challenge);
  }
  const caller =
    scheme.toLowerCase() === 'token'
      ? byApiToken(sandbox, credential)
      : scheme.toLowerCase() === 'bearer'
        ? byAccessToken(sandbox, credential)
        : undefined;
  if (caller === undefined) throw new ApiError(401, { detail: 'Invalid token' }, challenge);
  return caller;
}

function byApiToken(sandbox: Sandbox, key: string): Caller | undefined {
  const token = sandbox.store.apiTokens.get(key);
  return token && callerOf(sandbox, token.team, token.member);
}

function byAccessToken(sandbox: Sandbox, token: string): Caller | undefined {
  const claims = readAccessToken(sandbox, token);
  return claims && callerOf(sandbox, claims.tenant_id, claims.sub);
}

function callerOf(sandbox: Sandbox, teamUuid: string, memberUuid: string): Caller | undefined {
  const team = sandbox.store.teams.get(teamUuid);
  const member = sandbox.store.members.get(memberUuid);
  return team && member && { team, member };
}
