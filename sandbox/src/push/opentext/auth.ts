import { readAccessToken } from '../../auth/access-tokens';
import { users } from '../../auth/accounts';
import type { Sandbox } from '../../context';
import { messagingError } from './errors';

/**
 * Checks the credentials: user id and password by Basic, or an access token of the sandbox's own OAuth.
 *
 * @throws ApiError 401
 */
export function authorize(sandbox: Sandbox, authorization: string | undefined): void {
  const [, scheme = '', credential = ''] = /^(\w+)\s+(\S+)$/.exec(authorization ?? '') ?? [];
  const isKnown =
    scheme.toLowerCase() === 'basic'
      ? users.some(({ name, password }) => credential === Buffer.from(`${name}:${password}`).toString('base64'))
      : scheme.toLowerCase() === 'bearer' && readAccessToken(sandbox, credential) !== undefined;
  if (!isKnown) {
    throw messagingError(401, 'The user id or the password is wrong, or the access token has expired.', {
      'WWW-Authenticate': 'Basic realm="Messaging"',
    });
  }
}
