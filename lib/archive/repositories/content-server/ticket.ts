/** Where a Content Server ticket comes from: name and password, or a token or ticket of OpenText Directory Services. */
import { z } from 'zod';
import { SignatureError } from '../../../errors';
import type { HttpAnswer, HttpClient } from '../../../http/client';
import { type FaultOptions, isGood, plainFault, readAs, remoteClient } from '../remote';
import type { RepositoryTools } from '../types';

export type ContentServerAuth =
  | { kind: 'password'; username: string; password: string; domain?: string }
  | { kind: 'otdsTicket'; otdsUrl: string; username: string; password: string }
  | {
      kind: 'otdsOAuth';
      /** Of the directory service, for example `https://otds.example.com`. */
      otdsUrl: string;
      clientId: string;
      clientSecret: string;
      /** With both, the grant is `password`, otherwise `client_credentials`. */
      username?: string;
      password?: string;
      scope?: string;
    };

const form = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json;charset=utf-8' };
const ticketAnswer = z.object({ ticket: z.string().min(1) });
const tokenAnswer = z.object({ access_token: z.string().min(1) });

export const secretsOf = (auth: ContentServerAuth): string[] =>
  auth.kind === 'otdsOAuth' ? [auth.clientSecret, auth.password ?? ''] : [auth.password];

const inverted = (answer: HttpAnswer, options: FaultOptions): SignatureError =>
  // Content Server answers wrong credentials with 401, and with 400 or 500 in some versions.
  [400, 401, 403, 500].includes(answer.status)
    ? plainFault({ ...answer, status: 401 }, options)
    : plainFault(answer, options);

/**
 * Logs in.
 *
 * @param http to Content Server
 * @throws SignatureError UNAUTHORIZED, UNREACHABLE, REMOTE_FAULT
 */
export async function fetchTicket(
  http: HttpClient,
  auth: ContentServerAuth,
  options: FaultOptions,
  tools: RepositoryTools,
): Promise<string> {
  const secrets = secretsOf(auth);
  const accept = [400, 401, 403, 500];
  if (auth.kind === 'password') {
    const { username, password, domain } = auth;
    const body = new URLSearchParams({ username, password, ...(domain && { domain }) }).toString();
    const answer = await http.request({ method: 'POST', url: 'v1/auth', body, headers: form, secrets, accept });
    if (!isGood(answer)) throw inverted(answer, options);
    return readAs(ticketAnswer, answer.data, options.service).ticket;
  }
  const proof = await directoryProof(auth, tools);
  const answer = await http.request({
    method: 'GET',
    url: 'v1/auth',
    headers: { ...form, ...proof.headers },
    secrets: [...secrets, proof.secret],
    accept,
  });
  if (!isGood(answer)) throw inverted(answer, { ...options, secrets: [...secrets, proof.secret] });
  const ticket = answer.headers.otcsticket;
  if (ticket) return ticket;
  throw new SignatureError(
    'REMOTE_FAULT',
    'Content Server gave no ticket for the token of the directory service. Check that it trusts that service.',
  );
}

/** What the directory service gives for the credentials, as a header for Content Server. */
async function directoryProof(
  auth: Exclude<ContentServerAuth, { kind: 'password' }>,
  tools: RepositoryTools,
): Promise<{ headers: Record<string, string>; secret: string }> {
  const baseUrl = `${auth.otdsUrl.replace(/\/+$/, '').replace(/\/otdsws$/, '')}/`;
  const service = 'The directory service (OTDS)';
  const http = remoteClient({ service, baseUrl }, tools);
  const secrets = secretsOf(auth);
  if (auth.kind === 'otdsTicket') {
    const answer = await http.request({
      method: 'POST',
      url: 'otdsws/rest/authentication/credentials',
      json: { userName: auth.username, password: auth.password },
      secrets,
      idempotent: true,
    });
    const { ticket } = readAs(ticketAnswer, answer.data, service);
    return { headers: { otdsticket: ticket }, secret: ticket };
  }
  const { clientId, clientSecret, username, password, scope } = auth;
  const isPassword = username !== undefined && password !== undefined;
  const answer = await http.request({
    method: 'POST',
    url: 'otdsws/oauth2/token',
    form: {
      grant_type: isPassword ? 'password' : 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      ...(scope && { scope }),
      ...(isPassword && { username, password }),
    },
    secrets,
    idempotent: true,
    accept: [400],
  });
  if (!isGood(answer)) throw plainFault({ ...answer, status: 401 }, { service, baseUrl, secrets });
  const token = readAs(tokenAnswer, answer.data, service).access_token;
  return { headers: { authorization: `Bearer ${token}` }, secret: token };
}
