import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Sandbox } from '../context';

/** Lifetime of an access token in seconds of virtual time. */
export const accessTokenLifetime = 900;

interface Claims {
  sub: string;
  tenant_id: string;
  client_id: string;
  iat: number;
  exp: number;
}

/**
 * Makes an access token for a member: a signed `at+jwt`, so that nothing has to be stored and a restart keeps it valid.
 *
 * @param member uuid of the member for whom the client acts
 * @param tenant subdomain of the member's team
 */
export function issueAccessToken(sandbox: Sandbox, member: string, tenant: string, clientId: string): string {
  const now = Math.floor(sandbox.clock.now() / 1000);
  const claims = { sub: member, tenant_id: tenant, client_id: clientId, iat: now, exp: now + accessTokenLifetime };
  const head = encode({ typ: 'at+jwt', alg: 'HS256' });
  const body = encode({ ...claims, iss: sandbox.baseUrl, aud: ['sign', 'ot2'], jti: randomUUID() });
  return `${head}.${body}.${sign(sandbox, `${head}.${body}`)}`;
}

/** Reads an access token; undefined when it is not ours or has expired. */
export function readAccessToken(sandbox: Sandbox, token: string): Claims | undefined {
  const [head, body, signature, ...rest] = token.split('.');
  if (head === undefined || body === undefined || signature === undefined || rest.length > 0) return undefined;
  const right = Buffer.from(sign(sandbox, `${head}.${body}`));
  const given = Buffer.from(signature);
  if (right.length !== given.length || !timingSafeEqual(right, given)) return undefined;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
  return claims.exp * 1000 > sandbox.clock.now() ? claims : undefined;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function sign(sandbox: Sandbox, text: string): string {
  let key = sandbox.store.setting<string>('tokens.key');
  if (key === undefined) {
    key = randomBytes(32).toString('hex');
    sandbox.store.set('tokens.key', key);
  }
  return createHmac('sha256', key).update(text).digest('base64url');
}
