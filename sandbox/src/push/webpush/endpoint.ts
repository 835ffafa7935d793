/** The push service: generic event delivery by HTTP push (RFC 8030). */
import type { IncomingMessage } from 'node:http';
import { type Request, Router } from 'express';
import { z } from 'zod';
import type { Sandbox } from '../../context';
import type { Answer } from '../../http/answer';
import { ApiError } from '../../http/errors';
import { type PushService, pushCall, retryHeaders, type TakeAim } from '../answer';
import type { Phone, Subscription } from '../model';
import { accept, drop } from '../phones/delivery';
import { endpointOf, isLive } from '../phones/phones';
import { mistakeIn } from './encryption';
import { mistakeInVapid, vapidParameters } from './vapid';

/** What every push service has to take (RFC 8030 section 7.2); this one takes no more. */
const maxBody = 4096;
/** Beyond this, nobody is listened to any longer. */
const maxRead = 1024 * 1024;
/** The longest life a message gets: four weeks. */
const maxTtlSeconds = 2_419_200;

const headersSchema = z.object({
  ttl: z
    .string({ error: 'TTL is missing. Give the seconds for which the message may wait.' })
    .regex(/^\d{1,10}$/, 'TTL is not a number of seconds.')
    .transform((text) => Math.min(Number(text), maxTtlSeconds)),
  urgency: z
    .enum(['very-low', 'low', 'normal', 'high'], 'Urgency is not one of very-low, low, normal, high.')
    .default('normal'),
  topic: z
    .string()
    .regex(/^[\w-]{1,32}$/, 'Topic is not 1 to 32 characters of the URL-safe base64 alphabet.')
    .optional(),
});

const service: PushService = {
  name: 'webpush',
  refusal: ({ status = 500, retryAfter }) =>
    refusal(status, 'Refused by a fault switch of the sandbox.', retryHeaders(retryAfter)),
  failure: refusal(500, 'Internal error.'),
};

/** `POST /push/{subscription}` takes a message, `DELETE /push/messages/{message}` takes it back while it waits. */
export function webPush(sandbox: Sandbox): Router {
  const router = Router({ strict: true });
  router.post(
    '/push/:id',
    pushCall(sandbox, service, (request, aim) => push(sandbox, request, aim)),
  );
  router.delete('/push/messages/:id', (request, response) => {
    const message = sandbox.store.pushMessages.get(String(request.params.id));
    if (message !== undefined) drop(sandbox, message);
    sandbox.store.commit();
    response.status(message === undefined ? 404 : 204).end();
  });
  return router;
}

async function push(sandbox: Sandbox, request: Request, aim: TakeAim): Promise<Answer> {
  const body = await bodyOf(request);
  const subscription = sandbox.store.subscriptions.get(String(request.params.id));
  if (subscription === undefined) throw refusal(404, 'There is no such subscription.');
  const phone = sandbox.store.phones.get(subscription.phone);
  const headers = headersSchema.safeParse(request.headers);
  const { ttl, urgency, topic } = headers.data ?? {};
  await aim({
    target: phone?.name ?? 'a phone that is gone',
    ttl,
    urgency,
    topic,
    names: namesOf(sandbox, subscription),
  });
  if (phone === undefined || !isLive(sandbox, subscription)) throw refusal(410, 'The subscription is gone.');
  if (!headers.success) throw refusal(400, headers.error.issues[0]?.message ?? '');
  authorize(sandbox, request, subscription);
  if (body === undefined) throw refusal(413, `The body is larger than ${maxBody} bytes.`);
  if (body.length > 0) checkBody(request, body);
  return taken(sandbox, { body, phone, subscription, ...headers.data });
}

interface Push extends z.output<typeof headersSchema> {
  body: Buffer;
  phone: Phone;
  subscription: Subscription;
}

function taken(sandbox: Sandbox, { body, phone, subscription, ttl, urgency, topic }: Push): Answer {
  const { uuid } = accept(sandbox, phone, {
    service: 'webpush',
    source: subscription.uuid,
    label: subscription.label,
    ttlSeconds: ttl,
    topic: topic ?? null,
    urgency,
    payload: { kind: 'encrypted', body: body.toString('base64') },
  });
  return { status: 201, headers: { Location: `${sandbox.baseUrl}/push/messages/${uuid}`, TTL: String(ttl) } };
}

function authorize(sandbox: Sandbox, request: Request, subscription: Subscription): void {
  const given = vapidParameters(request.headers.authorization);
  if (given === undefined) throw refusal(401, 'Authorization is missing. Give "vapid t=…, k=…".');
  const audiences = [sandbox.baseUrl, `${request.protocol}://${request.headers.host}`];
  const check = { audiences, restrictedTo: subscription.applicationServerKey, now: Date.now() };
  const mistake = mistakeInVapid(given, check);
  if (mistake !== undefined) throw refusal(403, mistake);
}

function checkBody({ headers }: Request, body: Buffer): void {
  if (headers['content-encoding'] !== 'aes128gcm') throw refusal(400, 'Content-Encoding is not aes128gcm.');
  const mistake = mistakeIn(body);
  if (mistake !== undefined) throw refusal(400, mistake);
}

/** By which a fault rule can mean a subscription. */
function namesOf(sandbox: Sandbox, subscription: Subscription): string[] {
  const phone = sandbox.store.phones.get(subscription.phone);
  return [endpointOf(sandbox, subscription), subscription.label, phone?.name ?? ''];
}

/** Reads a body of any kind; undefined when it is too large. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size <= maxBody) chunks.push(chunk as Buffer);
    if (size > maxRead) break;
  }
  return size > maxBody ? undefined : Buffer.concat(chunks);
}

function refusal(status: number, text: string, headers: Record<string, string> = {}): ApiError {
  return new ApiError(status, text, headers);
}
