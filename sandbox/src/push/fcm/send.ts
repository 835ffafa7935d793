import { randomBytes, randomInt } from 'node:crypto';
import type { Request } from 'express';
import type { Sandbox } from '../../context';
import type { Answer } from '../../http/answer';
import { retryHeaders, shortened, type TakeAim } from '../answer';
import type { Content, Phone } from '../model';
import { accept } from '../phones/delivery';
import { phoneOfToken } from '../phones/phones';
import { projectId } from './account';
import { checkMessage, type Target, targetOf, ttlOf } from './checks';
import { readCondition } from './condition';
import { type FcmErrorCode, fcmError, googleError } from './errors';
import { type FcmMessage, readRequest } from './message';
import { isAuthorized } from './token';

/** Device tokens beginning like this always fail, for tests that have no phone. */
const magicTokens: Record<string, { code: FcmErrorCode; retryAfter?: number }> = {
  'unregistered-': { code: 'UNREGISTERED' },
  'mismatch-': { code: 'SENDER_ID_MISMATCH' },
  'thirdparty-': { code: 'THIRD_PARTY_AUTH_ERROR' },
  'quota-': { code: 'QUOTA_EXCEEDED', retryAfter: 60 },
  'unavailable-': { code: 'UNAVAILABLE', retryAfter: 5 },
  'internal-': { code: 'INTERNAL' },
};

/** A registration token, or the id of an installation. */
const tokenPattern = /^[\w-]{16,}:[\w-]{20,}$/;
const fidPattern = /^[\w-]{16,32}$/;

/**
 * `POST /v1/projects/{project}/messages:send`.
 *
 * @throws ApiError in Google's shape
 */
export async function sendMessage(sandbox: Sandbox, request: Request, aim: TakeAim): Promise<Answer> {
  if (!isAuthorized(sandbox, request.headers.authorization)) {
    throw googleError(
      401,
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      { 'WWW-Authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' },
    );
  }
  if (request.params.project !== projectId) {
    throw googleError(403, "Permission 'cloudmessaging.messages.create' denied on this project (or it may not exist).");
  }
  const { validateOnly = false, message = {} } = readRequest(request.body);
  const target = targetOf(message);
  const phones = phonesOf(sandbox, target);
  const topic = topicOf(message);
  const urgency = message.android?.priority?.toLowerCase() ?? null;
  await aim({
    target: labelOf(target, phones),
    ttl: message.android?.ttl === undefined ? null : ttlOf(message),
    topic,
    urgency,
    names: [target.address, ...phones.map(({ name }) => name)],
  });
  checkMessage(message, target);
  if (target.kind === 'token' || target.kind === 'fid') checkDevice(target, phones);
  if (validateOnly) return accepted('fake_message_id');
  for (const phone of phones) {
    accept(sandbox, phone, {
      service: 'fcm',
      source: 'fcm',
      label: 'App',
      ttlSeconds: ttlOf(message),
      topic,
      urgency,
      payload: { kind: 'clear', content: contentOf(message) },
    });
  }
  return accepted(messageId(target));
}

function accepted(id: string): Answer {
  return { status: 200, body: { name: `projects/${projectId}/messages/${id}` } };
}

/** Ids look different for devices and topics. */
function messageId({ kind }: Target): string {
  const number = `${Date.now()}${String(randomInt(1e6)).padStart(6, '0')}`;
  if (kind === 'topic' || kind === 'condition') return number;
  return `0:${number}%${randomBytes(8).toString('hex')}`;
}

function phonesOf(sandbox: Sandbox, { kind, address }: Target): Phone[] {
  if (kind === 'token' || kind === 'fid') {
    const phone = phoneOfToken(sandbox, address);
    return phone?.[kind] === address ? [phone] : [];
  }
  const isMeant =
    kind === 'condition' ? readCondition(address) : (topics: readonly string[]) => topics.includes(address);
  return sandbox.store.phones.all().filter(({ token, topics }) => token !== null && isMeant(topics));
}

/** Refuses a device that is not there, or whose token asks for a refusal. */
function checkDevice({ kind, address }: Target, phones: Phone[]): void {
  const magic = Object.entries(magicTokens).find(([beginning]) => address.startsWith(beginning))?.[1];
  if (magic !== undefined) {
    throw fcmError(magic.code, undefined, retryHeaders(magic.retryAfter));
  }
  if (phones.length > 0) return;
  if (!(kind === 'token' ? tokenPattern : fidPattern).test(address)) {
    throw fcmError('INVALID_ARGUMENT', 'The registration token is not a valid FCM registration token');
  }
  throw fcmError('UNREGISTERED');
}

function labelOf({ kind, address }: Target, phones: Phone[]): string {
  if (kind === 'topic' || kind === 'condition') return `${kind} ${shortened(address)}`;
  return phones[0]?.name ?? shortened(address);
}

/** What replaces what: the tag of what is shown, or the collapse key of what waits. */
function topicOf({ android }: FcmMessage): string | null {
  return android?.notification?.tag ?? android?.collapseKey ?? null;
}

/** What an Android phone shows; a message of data only has no title, so the app's own fields are looked at. */
function contentOf({ notification, data = {}, android, webpush }: FcmMessage): Content {
  const all = { ...data, ...android?.data };
  const shown = { ...notification, ...android?.notification };
  return {
    title: shown.title ?? all.title ?? 'Data message',
    body: shown.body ?? all.body ?? (shown.title === undefined ? JSON.stringify(all) : ''),
    link: all.link ?? webpush?.fcmOptions?.link ?? null,
    image: shown.image ?? null,
    badge: shown.notificationCount ?? null,
    dueAt: all.dueAt ?? null,
    tag: shown.tag ?? null,
    data: all,
  };
}
