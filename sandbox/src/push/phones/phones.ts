import { randomBytes, randomUUID } from 'node:crypto';
import type { Sandbox } from '../../context';
import type { Phone, Subscription } from '../model';
import { makeReceiverKeys } from '../webpush/encryption';
import { drop, waitingFor } from './delivery';

const keptSubscriptions = 1000;

/** Finds a phone by its id or its name. */
export function findPhone({ store }: Sandbox, idOrName: string): Phone | undefined {
  return store.phones.get(idOrName) ?? store.phones.all().find(({ name }) => name === idOrName);
}

/** The phone that has this FCM token or installation id. */
export function phoneOfToken({ store }: Sandbox, address: string): Phone | undefined {
  return store.phones.all().find(({ token, fid }) => token === address || fid === address);
}

/**
 * Opens a phone: makes it, finds it, or takes it over from another browser. What that one had is gone then, as after
 * clearing an app's data: its keys are there and nowhere else.
 *
 * @param installation id of the browser's storage; null for somebody without a page, who takes over nothing
 */
export function openPhone(sandbox: Sandbox, name: string, installation: string | null): Phone {
  const { store, clock } = sandbox;
  const known = findPhone(sandbox, name);
  if (known === undefined) {
    const fresh = { uuid: randomUUID(), name, createdAt: clock.now(), off: false, token: null, fid: null, topics: [] };
    return store.phones.put({ ...fresh, installation });
  }
  if (installation === null || [null, installation].includes(known.installation)) return known;
  clearPhone(sandbox, known);
  return store.phones.put({ ...known, installation, token: null, fid: null, topics: [] });
}

/** Takes a phone away; its subscriptions answer 410 from now on, its token is unregistered. */
export function removePhone(sandbox: Sandbox, phone: Phone): void {
  clearPhone(sandbox, phone);
  for (const { uuid } of sandbox.store.notifications.all().filter((one) => one.phone === phone.uuid)) {
    sandbox.store.notifications.delete(uuid);
  }
  sandbox.store.phones.delete(phone.uuid);
}

function clearPhone(sandbox: Sandbox, phone: Phone): void {
  for (const subscription of subscriptionsOf(sandbox, phone)) unsubscribe(sandbox, subscription);
  for (const message of waitingFor(sandbox, phone)) drop(sandbox, message);
}

export interface NewSubscription {
  label?: string | undefined;
  applicationServerKey?: string | undefined;
  /** Public half of a page's keys; a phone without a page gets keys that the sandbox holds. */
  keys?: { p256dh: string; auth: string } | undefined;
  /** Milliseconds of virtual time. */
  lifeMs?: number | undefined;
}

/** Subscribes a phone to a sender. */
export function subscribe({ store, clock }: Sandbox, phone: Phone, wanted: NewSubscription): Subscription {
  const own = wanted.keys === undefined ? makeReceiverKeys() : undefined;
  const subscription = store.subscriptions.put({
    uuid: randomBytes(24).toString('base64url'),
    phone: phone.uuid,
    label: wanted.label ?? 'Signature flows',
    applicationServerKey: wanted.applicationServerKey ?? null,
    keys: wanted.keys ?? { p256dh: own?.p256dh ?? '', auth: own?.auth ?? '' },
    privateKey: own?.privateKey ?? null,
    expiresAt: wanted.lifeMs === undefined ? null : clock.now() + wanted.lifeMs,
    removedAt: null,
  });
  store.subscriptions.keepLatest(keptSubscriptions);
  return subscription;
}

/** Ends a subscription; its place stays, so that the push service can say that it is gone. */
export function unsubscribe(sandbox: Sandbox, subscription: Subscription): void {
  sandbox.store.subscriptions.put({ ...subscription, privateKey: null, removedAt: sandbox.clock.now() });
  for (const message of sandbox.store.pushMessages.all()) {
    if (message.source === subscription.uuid) drop(sandbox, message);
  }
}

/** The subscriptions of a phone that can still be used. */
export function subscriptionsOf(sandbox: Sandbox, phone: Phone): Subscription[] {
  return sandbox.store.subscriptions.all().filter((one) => one.phone === phone.uuid && isLive(sandbox, one));
}

/** Whether messages to a subscription are taken. */
export function isLive({ clock }: Sandbox, { expiresAt, removedAt }: Subscription): boolean {
  return removedAt === null && (expiresAt === null || expiresAt > clock.now());
}

/** Gives a phone a new FCM token and installation id; the old ones are unregistered. */
export function registerAtFcm({ store }: Sandbox, phone: Phone): Phone {
  const fid = randomBytes(16).toString('base64url');
  return store.phones.put({ ...phone, fid, token: `${fid}:APA91b${randomBytes(100).toString('base64url')}` });
}

/** Takes the app off a phone: its token is unregistered, its topics are gone. */
export function unregisterAtFcm({ store }: Sandbox, phone: Phone): Phone {
  return store.phones.put({ ...phone, fid: null, token: null, topics: [] });
}

/** Address of a subscription at the push service. */
export const endpointOf = (sandbox: Sandbox, { uuid }: Subscription): string => `${sandbox.baseUrl}/push/${uuid}`;
