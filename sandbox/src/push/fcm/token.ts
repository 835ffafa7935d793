/** Access tokens for a service account (RFC 7523; Google, "Using OAuth 2.0 for server to server applications"). */
import { createHmac, randomBytes, timingSafeEqual, verify } from 'node:crypto';
import { z } from 'zod';
import type { Sandbox } from '../../context';
import type { Answer } from '../../http/answer';
import { ApiError } from '../../http/errors';
import { clientEmail } from './account';

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const scopes = ['https://www.googleapis.com/auth/firebase.messaging', 'https://www.googleapis.com/auth/cloud-platform'];
/** What Google's own libraries write, wherever they are sent to. */
const googleAudience = 'https://oauth2.googleapis.com/token';
const lifetimeSeconds = 3600;
/** Clocks differ a little. */
const toleranceSeconds = 60;

const bodySchema = z.object({ grant_type: z.string(), assertion: z.string() });
const headSchema = z.object({ alg: z.literal('RS256') });
const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  scope: z.string(),
  iat: z.number(),
  exp: z.number(),
});

/**
 * Exchanges a signed assertion for an access token. Assertions are judged by real time, which their signer goes by; the
 * token lives an hour of virtual time.
 *
 * @param audiences the addresses under which this endpoint is known
 * @throws ApiError 400 in the words of RFC 6749
 */
export async function exchange(sandbox: Sandbox, body: unknown, audiences: string[]): Promise<Answer> {
  const given = bodySchema.safeParse(body);
  if (!given.success) throw oauthError('invalid_request', 'Missing parameter: grant_type or assertion');
  if (given.data.grant_type !== grantType) {
    throw oauthError('unsupported_grant_type', `Invalid grant_type: ${given.data.grant_type}`);
  }
  const [head = '', claims = '', signature = '', ...rest] = given.data.assertion.split('.');
  const parsedHead = headSchema.safeParse(fromSegment(head));
  const parsedClaims = claimsSchema.safeParse(fromSegment(claims));
  if (rest.length > 0 || !parsedHead.success || !parsedClaims.success) {
    throw oauthError('invalid_grant', 'Invalid JWT: it must be signed by RS256 and have iss, aud, scope, iat and exp.');
  }
  const { iss, aud, scope, iat, exp } = parsedClaims.data;
  if (iss !== clientEmail) throw oauthError('invalid_grant', 'Invalid grant: account not found');
  const key = await sandbox.push.account.publicKey();
  const isSigned = verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'));
  if (!isSigned) throw oauthError('invalid_grant', 'Invalid JWT Signature.');
  if (![...audiences, googleAudience].includes(aud)) throw oauthError('invalid_grant', 'Invalid JWT: wrong audience.');
  const now = Date.now() / 1000;
  const isInTime = iat <= now + toleranceSeconds && exp > now - toleranceSeconds && exp - iat <= lifetimeSeconds;
  if (!isInTime) {
    throw oauthError(
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
    );
  }
  if (!scope.split(' ').some((one) => scopes.includes(one))) {
    throw oauthError('invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
  }
  return {
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    body: { access_token: issue(sandbox), expires_in: lifetimeSeconds - 1, token_type: 'Bearer' },
  };
}

/** Whether an `Authorization` header has a token of ours that is still good. */
export function isAuthorized(sandbox: Sandbox, authorization: string | undefined): boolean {
  const [, expires = '', signature = ''] = /^Bearer ya29\.(\d+)\.[\w-]+\.([\w-]+)$/i.exec(authorization ?? '') ?? [];
  const token = (authorization ?? '').replace(/^Bearer /i, '');
  const right = Buffer.from(sign(sandbox, token.slice(0, token.lastIndexOf('.'))));
  const given = Buffer.from(signature);
  return right.length === given.length && timingSafeEqual(right, given) && Number(expires) * 1000 > sandbox.clock.now();
}

function issue(sandbox: Sandbox): string {
  const expires = Math.floor(sandbox.clock.now() / 1000) + lifetimeSeconds;
  const text = `ya29.${expires}.${randomBytes(24).toString('base64url')}`;
  return `${text}.${sign(sandbox, text)}`;
}

function sign({ store }: Sandbox, text: string): string {
  let key = store.setting<string>('fcm.tokens.key');
  if (key === undefined) {
    key = randomBytes(32).toString('hex');
    store.set('fcm.tokens.key', key);
  }
  return createHmac('sha256', key).update(text).digest('base64url');
}

function fromSegment(segment: string): unknown {
  try {
    return JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function oauthError(error: string, text: string): ApiError {
  return new ApiError(400, { error, error_description: text });
}
