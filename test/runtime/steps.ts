/** What a person, another system or the service does in the runtime tests, one function each. */
import { createHmac } from 'node:crypto';
import path from 'node:path';
import { type Ledger, openLedger } from '../../dist/lib/ledger/ledger';
import { linkFor, type SandboxState, sandboxState, signAs } from '../../scripts/lib/signer';
import { contractPdf, type House } from '../support/house';

export const pdf = contractPdf.toString('base64');

export interface Answer<T> {
  status: number;
  body: T;
}

/** Posts JSON (or bytes as they are) and reads the answer, which may be no JSON. */
export async function post<T = Record<string, unknown>>(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.isBuffer(body) || typeof body === 'string' ? (body as string) : JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await answer.text();
  let parsed: unknown = text;
  try {
    parsed = JSON.parse(text);
  } catch {}
  return { status: answer.status, body: parsed as T };
}

export interface SentAnswer {
  envelope: string;
  status: string;
  repeated: boolean;
  signers: { email: string; state: string; embedUrl?: string | null }[];
}

/** Posts an order for an envelope to a flow of the house; a document and one signer unless it says otherwise. */
export function order<T = SentAnswer>(house: House, body: object = {}, at = '/send'): Promise<Answer<T>> {
  const signers = [{ email: 'anna@example.com' }];
  return post<T>(`${house.runtime.url}${at}`, { document: pdf, title: 'Contract', signers, ...body });
}

/** The same, for tests in which it has to go well. Answers the id of the envelope. */
export async function sent(house: House, body: object = {}, at = '/send'): Promise<string> {
  const answer = await order(house, body, at);
  if (answer.status !== 200) throw new Error(`${at} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body.envelope;
}

/** Signs as each of the signers, one after the other, with the link of their mail. */
export async function sign(house: House, envelope: string, ...emails: string[]): Promise<void> {
  for (const email of emails.length > 0 ? emails : ['anna@example.com']) {
    await signAs(await linkFor(house.sandbox.url, email, envelope), email.split('@')[0] ?? email);
  }
}

/** Declines with the link of the mail. */
export async function decline(house: House, envelope: string, email = 'anna@example.com'): Promise<void> {
  const link = await linkFor(house.sandbox.url, email, envelope);
  const answer = await post(`${link.split('?')[0]}/api/decline`, { reason: 'The price is wrong.' });
  if (answer.status !== 200) throw new Error(`declining was refused: ${JSON.stringify(answer.body)}`);
}

export const state = (house: House): Promise<SandboxState> => sandboxState(house.sandbox.url);

/** Invitations that were mailed, for one envelope or at all. */
export async function invitations(house: House, envelope?: string): Promise<string[]> {
  const { mails } = await state(house);
  return mails
    .filter(({ kind, document }) => kind === 'invitation' && (envelope === undefined || document === envelope))
    .map(({ to }) => to)
    .toSorted();
}

/** Documents at the service with an external id. */
export async function documentsOf(house: House, externalId: string): Promise<string[]> {
  const { documents } = await state(house);
  return documents.filter((document) => document.externalId === externalId).map(({ uuid }) => uuid);
}

/** Asks the sandbox's API as the team whose token it is. */
export async function api<T>(
  house: House,
  target: string,
  { method = 'GET', token = 'sandbox-token', body }: { method?: string; token?: string; body?: object } = {},
): Promise<T> {
  const answer = await fetch(`${house.sandbox.url}/api/v1/${target}`, {
    method,
    headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${target} answered ${answer.status}: ${await answer.text()}`);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

export interface ServiceEvent {
  uuid: string;
  event_type: string;
  timestamp: string;
  document: { uuid: string } | null;
  signer: { email: string } | null;
}

/** An envelope that was not sent by a flow, but by somebody else of the team with the token. */
export async function sentByHand(house: House, callbackUrl: string | null, token = 'sandbox-token'): Promise<string> {
  const document = await api<{ uuid: string; url: string }>(house, 'documents/', {
    method: 'POST',
    token,
    body: { file_from_content: pdf, file_from_content_name: 'hand.pdf', events_callback_url: callbackUrl },
  });
  await api(house, 'signrequests/', {
    method: 'POST',
    token,
    body: {
      document: document.url,
      from_email: token === 'sandbox-token' ? 'sender@sandbox.example' : 'sender@other.example',
      signers: [{ email: 'anna@example.com' }],
    },
  });
  return document.uuid;
}

/** What the service knows to have happened to an envelope, oldest first. */
export async function eventsOf(house: House, envelope: string, token?: string): Promise<ServiceEvent[]> {
  const { results } = await api<{ results: ServiceEvent[] }>(house, `events/?document__uuid=${envelope}`, { token });
  return results.toReversed();
}

/** The body of the webhook for an event, with the hash that the key gives. */
export function webhookBody(event: ServiceEvent, key = 'sandbox-token'): Record<string, unknown> & ServiceEvent {
  const event_time = String(Math.floor(Date.parse(event.timestamp) / 1000));
  const event_hash = createHmac('sha256', key)
    .update(event_time + event.event_type)
    .digest('hex');
  return { ...event, event_time, event_hash, token_name: 'Sandbox Team token' };
}

/** Where the service was told to call back about an envelope. */
export async function callbackUrl(house: House, envelope: string): Promise<string> {
  const document = await api<{ events_callback_url: string }>(house, `documents/${envelope}/`);
  return document.events_callback_url;
}

/** Looks into the runtime's ledger from outside. */
export async function inLedger<T>(house: House, look: (ledger: Ledger) => Promise<T>): Promise<T> {
  const file = path.join(house.runtime.userDir, 'core-signature-ledger.sqlite');
  const ledger = await openLedger({ engine: 'sqlite', file });
  try {
    return await look(ledger);
  } finally {
    await ledger.close();
  }
}
