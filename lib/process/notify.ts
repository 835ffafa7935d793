import { createHash } from 'node:crypto';
import { SignatureError, toError } from '../errors';
import type { Ledger } from '../ledger/ledger';
import type { ClaimedOperation } from '../ledger/types';
import type { Notification } from '../push/message';
import { type Recipient, recipientLabel } from '../push/recipients';
import type { PushProvider, SendResult } from '../push/types';
import type { Clock, EpochMs } from '../time/clock';
import { leaseNow } from '../time/lease';
import { backoffMs, type Dispatcher } from './dispatcher';
import { leftToOther, underOperation } from './lease';
import { isSuperseded } from './superseded';

/** A push service at work. */
export interface PushService {
  readonly id: string;
  readonly provider: PushProvider;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  /** Lane of `clock` in the ledger. */
  readonly lane: string;
}

/** One notification for one device or address. */
export interface Target {
  /** Who it is for; empty when only an address is known. */
  person: string;
  /** Id of the device in the registry; empty when it is not from there. */
  device: string;
  recipient: Recipient;
  notification: Notification;
}

/** Somebody who cannot be reached, for a reason that is known before anything is sent. */
export interface Unreachable {
  person: string;
  kind: string;
  device: string;
  reason: string;
  code: string;
}

export interface NotifyJob {
  node: string;
  /** Idempotency key of this notification. */
  key: string;
  targets: Target[];
  unreachable: Unreachable[];
  /** The message as `encodeMessage` writes it. */
  message: string;
  /** How long an unreachable service is tried again, in milliseconds. */
  retryForMs: number;
}

/** What the ledger keeps of a job. */
interface StoredJob {
  targets: Target[];
  unreachable: Unreachable[];
  giveUpAt: EpochMs;
}

/** Per target, by its place in the list: what became of it, or that a call is on its way. */
type Progress = Record<
  string,
  { state: 'sending' | 'sent' | 'undeliverable' | 'waiting'; id?: string; reason?: string; code?: string }
>;

export interface NotifyResult {
  sent: { person: string; kind: string; device: string; id?: string }[];
  undeliverable: Unreachable[];
}

/**
 * `finished`: the message is in the outbox. `waiting`: parts of it are tried again later. `repeat`: it was done before,
 * nothing was sent; the caller emits the message itself.
 */
export type NotifyAnswer =
  | { state: 'finished' }
  | { state: 'waiting' }
  | { state: 'repeat'; deliveryId: string; result: NotifyResult };

const kind = 'notify';

/**
 * Notifies everybody on a list, once each, however often it is tried.
 *
 * All targets are checked before the first is sent to. The job is on disk before the first call; each result is on disk
 * before the next call. What cannot be delivered now is tried again from the ledger, also after a restart, until the
 * notification's own time is over.
 *
 * @throws SignatureError what a provider finds wrong with a notification or recipient; `LEDGER_*`
 */
export async function notify(service: PushService, job: NotifyJob): Promise<NotifyAnswer> {
  for (const { notification, recipient } of job.targets) service.provider.check(notification, recipient);
  const ledger = await service.dispatcher.ledger();
  const stored: StoredJob = {
    targets: job.targets,
    unreachable: job.unreachable,
    giveUpAt: service.clock.now() + job.retryForMs,
  };
  const key = `${kind}:${service.id}:${job.key}`;
  const since = leaseNow();
  const begun = await ledger.beginOperation({
    key,
    kind,
    account: service.id,
    node: job.node,
    // Not the envelope's: it belongs to an account, and the operation to a push service.
    envelope: '',
    fingerprint: fingerprintOf(job.targets),
    request: stored,
    message: job.message,
    attachments: [],
    owner: service.dispatcher.owner,
    leaseMs: service.dispatcher.leaseMs,
    clock: service.lane,
  });
  if (begun.state === 'done')
    return { state: 'repeat', deliveryId: `${key}:done`, result: begun.result as NotifyResult };
  if (begun.state !== 'mine') throw takenOver();
  const { rev } = begun;
  const finished = await underOperation(service.dispatcher, ledger, { key, rev }, since, async () => {
    // What an earlier attempt has begun is what is finished: who has which device may have changed since.
    const operation = await ledger.operation({ key });
    if (operation === null) throw takenOver();
    return deliverAll(service, ledger, { ...operation, rev }, operation.request as StoredJob);
  }).catch(leftToOther);
  return { state: finished ? 'finished' : 'waiting' };
}

/** Goes on with a job that waited, or that a crash interrupted. */
export async function resumeNotify(service: PushService, operation: ClaimedOperation): Promise<boolean> {
  return deliverAll(service, await service.dispatcher.ledger(), operation, operation.request as StoredJob);
}

type Operation = Pick<ClaimedOperation, 'key' | 'rev' | 'node' | 'attempt' | 'progress' | 'createdAt'>;

async function deliverAll(
  service: PushService,
  ledger: Ledger,
  operation: Operation,
  job: StoredJob,
): Promise<boolean> {
  const { key, rev, node, attempt, createdAt } = operation;
  const progress: Progress = { ...(operation.progress as Progress | null) };
  const note = async (index: number, entry: Progress[string]): Promise<void> => {
    progress[index] = entry;
    if ((await ledger.noteOperation({ key, rev, progress })) === 'stale') throw takenOver();
  };
  let wait = 0;
  try {
    for (const [index, target] of job.targets.entries()) {
      const before = progress[index];
      if (before?.state === 'sent' || before?.state === 'undeliverable') continue;
      if (before?.state === 'sending' && !mayRepeat(target.recipient)) {
        await note(index, unclear);
        continue;
      }
      if (await isSuperseded(ledger, service.id, target.notification, target.recipient, createdAt)) {
        await note(index, superseded);
        continue;
      }
      await note(index, { state: 'sending' });
      const result = await deliver(service, ledger, `${key}/${index}`, target, job.giveUpAt);
      await note(index, entryOf(result));
      if (result.state === 'retry') wait = Math.max(wait, result.afterMs ?? backoffMs(attempt));
    }
  } catch (thrown) {
    const error = toError(thrown);
    const code = error instanceof SignatureError ? error.code : 'REMOTE_FAULT';
    const retryAt = service.clock.now() + backoffMs(attempt);
    const failure = { key, rev, error: { code, message: error.message }, retryAt };
    const answer = await ledger.failOperation(failure).catch(() => undefined);
    throw answer === 'stale' ? takenOver() : thrown;
  }
  if (wait > 0) {
    const retryAt = service.clock.now() + wait;
    await ledger.failOperation({ key, rev, error: { code: 'UNREACHABLE', message: 'to be tried again' }, retryAt });
    service.dispatcher.kick();
    return false;
  }
  const body = resultOf(job, progress);
  await ledger.finishOperation({
    key,
    rev,
    result: body,
    delivery: { id: `${key}:done`, node, port: 0, body },
  });
  service.dispatcher.kick();
  return true;
}

/** Tells a repeat of a notification from one to other devices under the same key. */
const fingerprintOf = (targets: readonly Target[]): string =>
  createHash('sha256')
    .update(JSON.stringify(targets.map(({ person, recipient }) => [person, recipient])))
    .digest('base64url');

async function deliver(
  service: PushService,
  ledger: Ledger,
  idempotencyKey: string,
  target: Target,
  giveUpAt: EpochMs,
): Promise<SendResult> {
  const { notification, recipient, device } = target;
  if (service.clock.now() >= notification.expiresAt) {
    return { state: 'failed', reason: 'its time was over before it could be delivered', code: 'DUE_IN_PAST' };
  }
  const result = await service.provider.send(notification, recipient, { idempotencyKey });
  if (device !== '' && result.state === 'sent') await ledger.markDevice({ id: device, ok: true });
  if (device !== '' && result.state === 'dead')
    await ledger.markDevice({ id: device, ok: false, reason: result.reason });
  const over = Math.min(giveUpAt, notification.expiresAt);
  if (result.state === 'retry' && service.clock.now() + (result.afterMs ?? 0) >= over) {
    return { state: 'failed', reason: `given up: ${result.reason}`, code: 'UNREACHABLE' };
  }
  return result;
}

/**
 * Whether a call whose outcome a crash has hidden may be made again: the device shows the later of two with one collapse
 * key, and a webhook carries its id. A text message would simply come twice.
 */
const mayRepeat = ({ kind: type }: Recipient): boolean =>
  ['fcmToken', 'fid', 'topic', 'condition', 'webPush', 'url'].includes(type);

const unclear: Progress[string] = {
  state: 'undeliverable',
  reason: 'a crash has hidden whether it was sent; it is not sent twice',
  code: 'OUTCOME_UNKNOWN',
};

const superseded: Progress[string] = {
  state: 'undeliverable',
  reason: 'a later notification has taken its place',
  code: 'SUPERSEDED',
};

function entryOf(result: SendResult): Progress[string] {
  switch (result.state) {
    case 'sent':
      return { state: 'sent', id: result.id };
    case 'retry':
      return { state: 'waiting', reason: result.reason };
    case 'dead':
      return { state: 'undeliverable', reason: result.reason, code: 'BAD_RECIPIENT' };
    case 'failed':
      return { state: 'undeliverable', reason: result.reason, code: result.code };
  }
}

function resultOf(job: StoredJob, progress: Progress): NotifyResult {
  const result: NotifyResult = { sent: [], undeliverable: [...job.unreachable] };
  for (const [index, { person, recipient }] of job.targets.entries()) {
    const { state, id, reason = '', code = '' } = progress[index] ?? { state: 'waiting' };
    const who = { person, kind: recipient.kind, device: recipientLabel(recipient) };
    if (state === 'sent') result.sent.push({ ...who, ...(id !== undefined && { id }) });
    else result.undeliverable.push({ ...who, reason, code });
  }
  return result;
}

const takenOver = (): SignatureError =>
  new SignatureError('IN_PROGRESS', 'Another process has taken this notification over.');
