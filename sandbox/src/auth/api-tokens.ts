import { createHash, randomBytes } from 'node:crypto';
import type { Router } from 'express';
import { apiUrl, type Sandbox } from '../context';
import { resource } from '../http/answer';
import { ApiError } from '../http/errors';
import { paginate } from '../http/paging';
import { email, fields, filledText, read } from '../http/validate';
import type { ApiToken } from '../model';
import { users } from './accounts';

const newToken = fields({
  email: email(),
  password: filledText(),
  subdomain: filledText(100),
  name: filledText(255).optional(),
});

/** `GET /api-tokens/`, and the older `POST` by which a member gets a token for a team. */
export function apiTokens(sandbox: Sandbox, router: Router): void {
  const { apiTokens: tokens, members } = sandbox.store;
  const toJson = (token: ApiToken) => ({
    subdomain: token.team,
    name: token.name,
    key: token.uuid,
    // The key itself has no place in an address.
    url: apiUrl(sandbox, 'api-tokens', createHash('sha256').update(token.uuid).digest('hex').slice(0, 16)),
  });
  resource(sandbox, router, '/api-tokens/', {
    GET: ({ caller, address }) => ({
      status: 200,
      body: paginate(
        tokens.newest((token) => token.team === caller.team.uuid),
        toJson,
        address,
      ),
    }),
    POST: ({ body }) => {
      const given = read(newToken, body);
      const member = members.all().find((one) => one.team === given.subdomain && one.email === given.email);
      if (member === undefined || !users.some((user) => user.password === given.password)) {
        throw new ApiError(400, { non_field_errors: ['Unable to log in with provided credentials.'] });
      }
      const key = randomBytes(20).toString('hex');
      const name = given.name ?? 'API token';
      return { status: 201, body: toJson(tokens.put({ uuid: key, team: given.subdomain, member: member.uuid, name })) };
    },
  });
}
