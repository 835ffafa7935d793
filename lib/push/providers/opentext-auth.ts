/** Credentials of OpenText's messaging service: user and password, or OAuth 2 client credentials (RFC 6749 §4.4). */
import { z } from 'zod';
import { SignatureError } from '../../errors';
import type { HttpClient } from '../../http/client';
import type { Pace } from '../../http/retry';
import { BearerToken, type FetchedToken } from '../bearer-token';
import { ask, saying } from '../outcome';
import type { OpenTextSettings } from '../settings';

export interface Authorizer {
  /** @throws SignatureError of the token endpoint; the signal's reason */
  authorization(signal?: AbortSignal): Promise<string>;
  /** Whether another header value than this refused one may be had. */
  invalidate(refused: string): boolean;
}

const assumedLifetimeSeconds = 600;

const tokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().catch(assumedLifetimeSeconds),
});

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

/** Token endpoint of the OpenText Cloud Platform. */
export const tenantTokenUrl = (region: OpenTextSettings['region'], tenant: string): string =>
  `https://${region === 'eu' ? 'eu' : 'us'}.api.opentext.com/tenants/${encodeURIComponent(tenant)}/oauth2/token`;

/** Makes the source of `Authorization` headers. */
export function createOpenTextAuth(
  settings: Pick<OpenTextSettings, 'auth' | 'region'>,
  tools: { http: HttpClient; pace: Pick<Pace, 'now'> },
): Authorizer {
  const { auth } = settings;
  if (auth.kind === 'basic') {
    const header = basic(auth.user, auth.password);
    return { authorization: async () => header, invalidate: () => false };
  }
  const { clientId, clientSecret } = auth;
  const tokenUrl = auth.tokenUrl ?? tenantTokenUrl(settings.region, auth.tenant ?? '');
  const fetch = async (): Promise<FetchedToken> => {
    const { status, data } = await ask(tools.http, {
      method: 'POST',
      url: tokenUrl,
      headers: { authorization: basic(formEncoded(clientId), formEncoded(clientSecret)) },
      form: { grant_type: 'client_credentials' },
      idempotent: true,
      secrets: [clientSecret],
    });
    if (status === 429 || status >= 500) {
      const code = status === 429 ? 'RATE_LIMITED' : 'REMOTE_FAULT';
      throw new SignatureError(code, `The token endpoint answered with an error (${status}). Try again later.`, {
        status,
      });
    }
    if (status >= 300) {
      throw new SignatureError(
        'UNAUTHORIZED',
        `The token endpoint refused the credentials.${saying(data, [clientSecret])} Check clientId, clientSecret and tokenUrl.`,
        { field: 'auth.clientSecret', status },
      );
    }
    const parsed = tokenSchema.safeParse(data);
    if (!parsed.success) {
      throw new SignatureError('REMOTE_FAULT', 'The token endpoint answered without an access token. Check tokenUrl.', {
        field: 'auth.tokenUrl',
        status,
      });
    }
    return { token: parsed.data.access_token, lifetimeMs: parsed.data.expires_in * 1000 };
  };
  const token = new BearerToken(fetch, tools.pace);
  return {
    authorization: (signal) => token.authorization(signal),
    invalidate(refused) {
      token.invalidate(refused);
      return true;
    },
  };
}
