import { type Request, type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { parseDuration, timestamp } from '../clock';
import type { Sandbox } from '../context';
import type { Answer } from '../http/answer';
import { ApiError } from '../http/errors';
import { send } from './answer';
import type { Phone } from './model';
import { contentOf, deliver, show, unreadable, waitingFor } from './phones/delivery';
import { phoneJson, subscriptionJson } from './phones/json';
import {
  findPhone,
  openPhone,
  registerAtFcm,
  removePhone,
  subscribe,
  subscriptionsOf,
  unregisterAtFcm,
  unsubscribe,
} from './phones/phones';
import { isPoint } from './webpush/encryption';

const point = z
  .string()
  .refine((text) => isPoint(Buffer.from(text, 'base64url')), 'Give a public key on P-256: 65 bytes, base64url.');
const secret = z
  .string()
  .refine((text) => Buffer.from(text, 'base64url').length === 16, 'Give 16 bytes of secret, base64url.');
const life = z.union([z.string(), z.number()]).transform((value, context) => {
  const duration = parseDuration(value);
  if (duration === undefined) context.addIssue({ code: 'custom', message: 'Give a length of time such as "30d".' });
  return duration ?? 0;
});

const phoneBody = z.strictObject({
  name: z.string().trim().min(1, 'Give the phone a name.').max(60, 'The name has at most 60 characters.'),
  installation: z.string().min(8).max(100).optional(),
});
const changeBody = z.strictObject({
  off: z.boolean().optional(),
  topics: z.array(z.string().regex(/^[\w.~%-]{1,900}$/, 'A topic has letters, digits and - _ . ~ % only.')).optional(),
});
const subscriptionBody = z.strictObject({
  label: z.string().max(200).optional(),
  applicationServerKey: point.optional(),
  keys: z.strictObject({ p256dh: point, auth: secret }).optional(),
  expiresIn: life.optional(),
});
const openedBody = z.union([z.strictObject({ text: z.string() }), z.strictObject({ error: z.string().max(500) })]);
const touchBody = z.strictObject({ action: z.enum(['open', 'dismiss']) });

type Work = (request: Request) => Answer | Promise<Answer>;

/** `/sandbox/push`: phones, their subscriptions and tokens, and the service account. */
export function pushControl(sandbox: Sandbox): Router {
  const { store, clock, push } = sandbox;
  const router = Router();
  const on = (work: Work): RequestHandler => handler(sandbox, work);
  const onPhone = (work: (phone: Phone, request: Request) => Answer): RequestHandler =>
    on((request) => work(phoneOf(sandbox, request), request));
  const shown = (phone: Phone): Answer => ({
    status: 200,
    body: phoneJson(sandbox, store.phones.get(phone.uuid) ?? phone),
  });

  router.get(
    '/service-account.json',
    on(async () => ({ status: 200, body: await push.account.file(sandbox.baseUrl) })),
  );
  router.get(
    '/phones',
    on(() => ({ status: 200, body: store.phones.all().map((phone) => phoneJson(sandbox, phone)) })),
  );
  router.post(
    '/phones',
    on(({ body }) => {
      const { name, installation = null } = read(phoneBody, body);
      return shown(openPhone(sandbox, name, installation));
    }),
  );
  router.get('/phones/:phone', onPhone(shown));
  router.patch(
    '/phones/:phone',
    onPhone((phone, { body }) => {
      const changed = store.phones.put({ ...phone, ...read(changeBody, body) });
      deliver(sandbox, changed);
      return shown(changed);
    }),
  );
  router.delete(
    '/phones/:phone',
    onPhone((phone) => {
      removePhone(sandbox, phone);
      return { status: 204 };
    }),
  );
  router.post(
    '/phones/:phone/subscriptions',
    onPhone((phone, { body }) => {
      const { expiresIn, ...wanted } = read(subscriptionBody, body);
      if (phone.installation !== null && wanted.keys === undefined) {
        throw refusal(400, 'This phone has a page. Give the public half of its keys.');
      }
      const subscription = subscribe(sandbox, phone, { ...wanted, lifeMs: expiresIn });
      return { status: 201, body: subscriptionJson(sandbox, subscription) };
    }),
  );
  router.delete(
    '/phones/:phone/subscriptions/:id',
    onPhone((phone, { params }) => {
      const subscription = subscriptionsOf(sandbox, phone).find(({ uuid }) => uuid === params.id);
      if (subscription === undefined) throw refusal(404, 'There is no such subscription.');
      unsubscribe(sandbox, subscription);
      return { status: 204 };
    }),
  );
  router.post(
    '/phones/:phone/token',
    onPhone((phone) => shown(registerAtFcm(sandbox, phone))),
  );
  router.delete(
    '/phones/:phone/token',
    onPhone((phone) => shown(unregisterAtFcm(sandbox, phone))),
  );
  router.post(
    '/phones/:phone/poll',
    onPhone((phone, { body }) => {
      const { installation } = read(z.strictObject({ installation: z.string().optional() }), body);
      const isOwner = phone.installation !== null && phone.installation === installation;
      if (isOwner) push.see(phone.uuid);
      deliver(sandbox, phone);
      const waiting = isOwner && !phone.off ? waitingFor(sandbox, phone) : [];
      const messages = waiting.flatMap(({ uuid, source, payload }) =>
        payload.kind === 'encrypted' ? [{ id: uuid, subscription: source, body: payload.body }] : [],
      );
      const names = store.phones.all().map(({ name }) => name);
      return {
        status: 200,
        body: { phone: phoneJson(sandbox, phone), phones: names, isOwner, messages, now: timestamp(clock.now()) },
      };
    }),
  );
  router.post(
    '/phones/:phone/messages/:id',
    onPhone((phone, { params, body }) => {
      const result = read(openedBody, body);
      const message = waitingFor(sandbox, phone).find(({ uuid }) => uuid === params.id);
      // Two tabs may have read the same message: the second one is too late, which is fine.
      if (message !== undefined) {
        if ('text' in result) show(sandbox, message, contentOf(result.text));
        else show(sandbox, message, unreadable, result.error);
      }
      return shown(phone);
    }),
  );
  router.post(
    '/phones/:phone/notifications/:id',
    onPhone((phone, { params, body }) => {
      const { action } = read(touchBody, body);
      const notification = store.notifications.get(String(params.id));
      if (notification?.phone !== phone.uuid) throw refusal(404, 'There is no such notification.');
      const now = clock.now();
      store.notifications.put({
        ...notification,
        ...(action === 'open' ? { openedAt: notification.openedAt ?? now } : {}),
        ...(action === 'dismiss' ? { dismissedAt: notification.dismissedAt ?? now } : {}),
      });
      return shown(phone);
    }),
  );
  return router;
}

function phoneOf(sandbox: Sandbox, request: Request): Phone {
  const phone = findPhone(sandbox, String(request.params.phone));
  if (phone === undefined) throw refusal(404, 'There is no such phone.');
  return phone;
}

function handler(sandbox: Sandbox, work: Work): RequestHandler {
  return async (request, response) => {
    try {
      const answer = await work(request);
      sandbox.store.commit();
      send(response, answer);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      send(response, error);
    }
  };
}

function read<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body ?? {});
  if (!parsed.success) throw refusal(400, z.prettifyError(parsed.error));
  return parsed.data;
}

const refusal = (status: number, text: string): ApiError => new ApiError(status, { error: text });
