import { randomUUID } from 'node:crypto';
import type { Sandbox } from '../../context';
import type { Content, Phone, PushMessage, Subscription } from '../model';
import { decrypt } from '../webpush/encryption';
import { emptyContent, readContent } from './content';

/** Real time a message has to reach an open page, even when its sender wants it delivered at once or never. */
const graceMs = 5000;
const keptNotifications = 2000;

export interface Sent extends Omit<PushMessage, 'uuid' | 'phone' | 'at' | 'expiresAt'> {
  ttlSeconds: number;
}

/**
 * Takes in a message for a phone. One with the same topic that still waits is dropped; at the end of its time, on the
 * virtual clock, the message is dropped too.
 *
 * @returns the message, which may have arrived already
 */
export function accept(sandbox: Sandbox, phone: Phone, { ttlSeconds, ...sent }: Sent): PushMessage {
  const { store, clock } = sandbox;
  const at = clock.now();
  const isThere = isReachable(sandbox, phone);
  const lifeMs = Math.max(ttlSeconds * 1000, isThere ? graceMs : 0);
  const message: PushMessage = { uuid: randomUUID(), phone: phone.uuid, at, expiresAt: at + lifeMs, ...sent };
  for (const other of store.pushMessages.all()) {
    if (message.topic !== null && other.topic === message.topic && isSameSource(other, message)) drop(sandbox, other);
  }
  if (lifeMs === 0) return message;
  store.pushMessages.put(message);
  scheduleDrop(sandbox, message);
  deliver(sandbox, phone);
  return message;
}

/** Puts the end of a waiting message on the agenda. */
export function scheduleDrop(sandbox: Sandbox, message: PushMessage): void {
  sandbox.clock.set(agendaName(message), message.expiresAt, () => drop(sandbox, message));
}

/** Forgets a waiting message. */
export function drop({ store, clock }: Sandbox, message: PushMessage): void {
  clock.drop(agendaName(message));
  store.pushMessages.delete(message.uuid);
}

/** What waits for a phone, oldest first. */
export function waitingFor({ store }: Sandbox, phone: Phone): PushMessage[] {
  return store.pushMessages.all().filter((message) => message.phone === phone.uuid);
}

/** Shows on a phone that is there whatever can be read without its page. */
export function deliver(sandbox: Sandbox, phone: Phone): void {
  if (!isReachable(sandbox, phone)) return;
  for (const message of waitingFor(sandbox, phone)) {
    const { payload } = message;
    if (payload.kind === 'clear') show(sandbox, message, payload.content);
    else {
      const subscription = sandbox.store.subscriptions.get(message.source);
      if (subscription?.privateKey) open(sandbox, message, subscription);
    }
  }
}

/** Shows a message on its phone; a visible one with the same topic is replaced. */
export function show(sandbox: Sandbox, message: PushMessage, content: Content, error: string | null = null): void {
  const { store, clock } = sandbox;
  const { uuid, phone, service, source, label, urgency } = message;
  const topic = message.topic ?? content.tag;
  for (const other of store.notifications.all()) {
    if (topic !== null && !other.replaced && other.topic === topic && isSameSource(other, message)) {
      store.notifications.put({ ...other, replaced: true });
    }
  }
  const state = { replaced: false, openedAt: null, dismissedAt: null, error };
  store.notifications.put({
    ...content,
    ...state,
    uuid,
    phone,
    service,
    source,
    label,
    at: clock.now(),
    topic,
    urgency,
  });
  store.notifications.keepLatest(keptNotifications);
  drop(sandbox, message);
}

/** What a receiver makes of the bytes: the text of an empty message is empty. */
export function contentOf(text: string): Content {
  return text === '' ? emptyContent('New message', '') : readContent(text);
}

function open(sandbox: Sandbox, message: PushMessage, { keys, privateKey }: Subscription): void {
  const body = Buffer.from(message.payload.kind === 'encrypted' ? message.payload.body : '', 'base64');
  try {
    const text = body.length === 0 ? '' : decrypt(body, { ...keys, privateKey: privateKey ?? '' }).toString('utf8');
    show(sandbox, message, contentOf(text));
  } catch (thrown) {
    show(sandbox, message, unreadable, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** Shown in place of a message that the receiver cannot decrypt. */
export const unreadable = emptyContent('Unreadable message', 'It is not encrypted for the keys of this phone.');

/** Whether messages reach the phone now: it is on, and its page is open if it has one. */
export function isReachable({ push }: Sandbox, phone: Phone): boolean {
  return !phone.off && (phone.installation === null || push.isOpen(phone.uuid));
}

function isSameSource(a: { phone: string; source: string }, b: { phone: string; source: string }): boolean {
  return a.phone === b.phone && a.source === b.source;
}

const agendaName = (message: PushMessage): string => `push/${message.uuid}`;
