import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Sandbox } from '../../context';
import { ApiError } from '../../http/errors';
import type { EcmCall } from '../answer';

/** How long a ticket is good: half an hour of virtual time without a renewal. */
export const ticketLifetimeMs = 30 * 60_000;

export type TicketKind = 'otcs' | 'otds';

/** Makes a ticket: signed, so that nothing has to be stored and a restart keeps it valid. */
export function issueTicket(sandbox: Sandbox, kind: TicketKind): string {
  const head = `${kind}.${sandbox.clock.now().toString(36)}.${randomBytes(6).toString('base64url')}`;
  return Buffer.from(`${head}.${sign(sandbox, head)}`).toString('base64url');
}

/** Reads a ticket: when it was issued, or that it is none of ours. */
function issuedAt(sandbox: Sandbox, kind: TicketKind, ticket: string): number | undefined {
  const [of, at, salt, signature] = Buffer.from(ticket, 'base64url').toString().split('.');
  if (of !== kind || at === undefined || signature === undefined) return undefined;
  const right = Buffer.from(sign(sandbox, `${of}.${at}.${salt}`));
  const given = Buffer.from(signature);
  if (right.length !== given.length || !timingSafeEqual(right, given)) return undefined;
  return Number.parseInt(at, 36);
}

/** Whether a ticket is good, was once, or never was. */
export function checkTicket(sandbox: Sandbox, kind: TicketKind, ticket: string): 'ok' | 'expired' | 'unknown' {
  const at = issuedAt(sandbox, kind, ticket);
  if (at === undefined) return 'unknown';
  return at + ticketLifetimeMs > sandbox.clock.now() ? 'ok' : 'expired';
}

/**
 * Takes the ticket from the header or a cookie. One that is getting old is renewed in a header of the answer.
 *
 * @throws ApiError 401
 */
export function requireTicket(sandbox: Sandbox, { request }: EcmCall): void {
  const header = request.headers.otcsticket ?? request.headers.llcookie;
  const cookie = /(?:^|;\s*)(?:otcsticket|LLCookie)=([^;]+)/i.exec(request.headers.cookie ?? '')?.[1];
  const ticket = typeof header === 'string' ? header : cookie;
  if (ticket === undefined) throw new ApiError(401, { error: 'Authentication Required' });
  if (checkTicket(sandbox, 'otcs', ticket) !== 'ok') {
    throw new ApiError(401, { error: 'Your session has expired. Please sign in again.' });
  }
  const at = issuedAt(sandbox, 'otcs', ticket) ?? 0;
  const isOld = at + ticketLifetimeMs / 2 < sandbox.clock.now();
  if (isOld) request.res?.set('OTCSTicket', issueTicket(sandbox, 'otcs'));
}

function sign(sandbox: Sandbox, text: string): string {
  let key = sandbox.store.setting<string>('ecm.key');
  if (key === undefined) {
    key = randomBytes(32).toString('hex');
    sandbox.store.set('ecm.key', key);
  }
  return createHmac('sha256', key).update(text).digest('base64url');
}
