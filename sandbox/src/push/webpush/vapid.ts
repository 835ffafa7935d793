/** Voluntary Application Server Identification (RFC 8292). */
import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { isPoint } from './encryption';

const longestLifeSeconds = 24 * 3600;
/** Clocks differ a little. */
const toleranceSeconds = 60;

const headSchema = z.object({ alg: z.literal('ES256') });
const claimsSchema = z.object({ aud: z.string(), exp: z.number(), sub: z.string().optional() });

export interface VapidCheck {
  /** Origins under which this push service is known. */
  audiences: string[];
  /** Key to which the subscription is restricted. */
  restrictedTo: string | null;
  /** Real time in milliseconds: senders sign by their own clock. */
  now: number;
}

/** Reads `vapid t=…, k=…`; undefined for anything else. */
export function vapidParameters(authorization: string | undefined): { t: string; k: string } | undefined {
  const list = /^vapid\s+(.+)$/i.exec(authorization ?? '')?.[1];
  const parameters = new Map(
    (list ?? '').split(',').map((part): [string, string] => {
      const [name = '', ...value] = part.trim().split('=');
      return [name.toLowerCase(), value.join('=').replace(/^"|"$/g, '')];
    }),
  );
  const t = parameters.get('t');
  const k = parameters.get('k');
  return t && k ? { t, k } : undefined;
}

/**
 * Checks who sends.
 *
 * @param given token and public key of the header
 * @returns what is wrong, or undefined
 */
export function mistakeInVapid({ t, k }: { t: string; k: string }, check: VapidCheck): string | undefined {
  const key = Buffer.from(k, 'base64url');
  if (!isPoint(key)) return 'k is not a public key on P-256.';
  const [head = '', claims = '', signature = '', ...rest] = t.split('.');
  const parsedHead = headSchema.safeParse(fromSegment(head));
  const parsedClaims = claimsSchema.safeParse(fromSegment(claims));
  if (rest.length > 0 || !parsedHead.success || !parsedClaims.success) {
    return 't is not a JWT signed by ES256 with aud and exp.';
  }
  if (!isSigned(`${head}.${claims}`, Buffer.from(signature, 'base64url'), key)) return 't is not signed by the key k.';
  const { aud, exp, sub } = parsedClaims.data;
  if (!check.audiences.includes(aud)) return `aud is not the origin of this push service (${check.audiences[0]}).`;
  const left = exp - check.now / 1000;
  if (left <= -toleranceSeconds) return 'The token has expired.';
  if (left > longestLifeSeconds + toleranceSeconds) return 'exp is more than 24 hours ahead.';
  if (sub === undefined || !/^(?:mailto:\S+@\S+|https:\/\/\S+)$/.test(sub))
    return 'sub is not a mailto: or https: URL.';
  if (check.restrictedTo !== null && !Buffer.from(check.restrictedTo, 'base64url').equals(key)) {
    return 'The subscription was made for another application server key.';
  }
  return undefined;
}

function isSigned(text: string, signature: Buffer, point: Buffer): boolean {
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'));
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  return verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, signature);
}

function fromSegment(segment: string): unknown {
  try {
    return JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
