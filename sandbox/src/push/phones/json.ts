import { timestamp, timestampOrNull } from '../../clock';
import type { Sandbox } from '../../context';
import type { MessagingJob, Phone, PhoneNotification, Subscription } from '../model';
import { attemptState } from '../opentext/progress';
import { isReachable, waitingFor } from './delivery';
import { endpointOf, subscriptionsOf } from './phones';

const limit = 200;

/** What `/sandbox/state` shows of the push services, newest first. */
export function pushState(sandbox: Sandbox) {
  const { store } = sandbox;
  return {
    phones: store.phones.all().map((phone) => phoneJson(sandbox, phone)),
    pushCalls: store.pushCalls
      .all()
      .slice(-limit)
      .reverse()
      .map(({ uuid, at, ...call }) => ({ id: uuid, at: timestamp(at), ...call })),
    messages: store.messagingJobs
      .all()
      .slice(-limit)
      .reverse()
      .map((job) => jobJson(sandbox, job)),
  };
}

/** A phone with everything on it; private keys excepted. */
export function phoneJson(sandbox: Sandbox, phone: Phone) {
  const { uuid, name, createdAt, installation, off, token, fid, topics } = phone;
  return {
    id: uuid,
    name,
    createdAt: timestamp(createdAt),
    headless: installation === null,
    online: isReachable(sandbox, phone),
    off,
    token,
    fid,
    topics,
    subscriptions: subscriptionsOf(sandbox, phone).map((subscription) => subscriptionJson(sandbox, subscription)),
    waiting: waitingFor(sandbox, phone).length,
    notifications: sandbox.store.notifications
      .newest((notification) => notification.phone === uuid)
      .slice(0, limit)
      .map(notificationJson),
  };
}

/** A subscription as a browser gives it out, with whose it is. */
export function subscriptionJson(sandbox: Sandbox, subscription: Subscription) {
  const { uuid, label, expiresAt, keys, applicationServerKey } = subscription;
  return {
    id: uuid,
    label,
    endpoint: endpointOf(sandbox, subscription),
    expirationTime: expiresAt,
    keys,
    applicationServerKey,
  };
}

function notificationJson({ uuid, phone: _phone, source: _source, ...notification }: PhoneNotification) {
  return {
    id: uuid,
    ...notification,
    at: timestamp(notification.at),
    openedAt: timestampOrNull(notification.openedAt),
    dismissedAt: timestampOrNull(notification.dismissedAt),
  };
}

function jobJson({ clock }: Sandbox, job: MessagingJob) {
  const { uuid, at, destinations, ...rest } = job;
  return {
    jobId: uuid,
    at: timestamp(at),
    ...rest,
    destinations: destinations.map(({ address, ref, outcome }) => ({
      address,
      ref,
      state: attemptState(clock.now() - at, outcome),
    })),
  };
}
