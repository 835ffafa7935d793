/** Access tokens of a service account (RFC 7523; Google, "Using OAuth 2.0 for server to server applications"). */
import { sign } from 'node:crypto';
import { z } from 'zod';
import { SignatureError } from '../../errors';
import type { HttpClient } from '../../http/client';
import type { Pace } from '../../http/retry';
import type { FetchedToken } from '../bearer-token';
import { ask, saying } from '../outcome';
import type { ServiceAccount } from './service-account';

const messagingScope = 'https://www.googleapis.com/auth/firebase.messaging';
const lifetimeSeconds = 3600;

const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * A signed assertion.
 *
 * @param account who asks
 * @param audience the token endpoint
 * @param now real time, in milliseconds since 1970
 * @returns JWT with RS256, valid for an hour
 */
export function assertionOf(account: ServiceAccount, audience: string, now: number): string {
  const issued = Math.floor(now / 1000);
  const head = segment({ alg: 'RS256', typ: 'JWT', ...(account.keyId !== undefined && { kid: account.keyId }) });
  const claims = segment({
    iss: account.clientEmail,
    scope: messagingScope,
    aud: audience,
    iat: issued,
    exp: issued + lifetimeSeconds,
  });
  const signature = sign('RSA-SHA256', Buffer.from(`${head}.${claims}`), account.privateKey).toString('base64url');
  return `${head}.${claims}.${signature}`;
}

const tokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().catch(lifetimeSeconds),
});

/**
 * Exchanges an assertion for an access token.
 *
 * @throws SignatureError UNAUTHORIZED, UNREACHABLE, REMOTE_FAULT, RATE_LIMITED
 */
export async function fetchGoogleToken(
  account: ServiceAccount,
  tokenUrl: string,
  tools: { http: HttpClient; pace: Pick<Pace, 'now'> },
): Promise<FetchedToken> {
  const assertion = assertionOf(account, tokenUrl, tools.pace.now());
  const { status, data } = await ask(tools.http, {
    method: 'POST',
    url: tokenUrl,
    form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion },
    idempotent: true,
    secrets: [assertion],
  });
  if (status === 429 || status >= 500) {
    const code = status === 429 ? 'RATE_LIMITED' : 'REMOTE_FAULT';
    throw new SignatureError(code, `Google's token endpoint answered with an error (${status}). Try again later.`, {
      status,
    });
  }
  if (status >= 300) {
    throw new SignatureError(
      'UNAUTHORIZED',
      `Google refused the service account.${saying(data, [assertion])} Check the key file, and the clock of this computer.`,
      { field: 'serviceAccount', status },
    );
  }
  const parsed = tokenSchema.safeParse(data);
  if (!parsed.success) {
    throw new SignatureError(
      'REMOTE_FAULT',
      "Google's token endpoint answered without an access token. Check tokenUrl.",
      {
        field: 'tokenUrl',
        status,
      },
    );
  }
  return { token: parsed.data.access_token, lifetimeMs: parsed.data.expires_in * 1000 };
}
