import { createHash } from 'node:crypto';
import type { Document, SignatureRequest } from '../core-signature/models';
import type { SignatureRequestInput } from '../core-signature/requests';
import { type Envelope, envelopeOf } from '../core-signature/signers';
import { envelopeStatuses, isTerminal, statusOf } from '../core-signature/status';
import { type ErrorCode, SignatureError, toError } from '../errors';
import type { Ledger } from '../ledger/ledger';
import type { Attachment, RecordEnvelopeInput } from '../ledger/types';
import { type LeaseTime, leaseNow, leaseSignal } from '../time/lease';
import { sleep } from '../time/timers';
import type { SignatureAccount } from './account';
import { backoffMs } from './dispatcher';
import { underOperation } from './lease';
import { bytesOf, fingerprintOf, openPasswords, type SendJob, type StoredJob, store, storedJob } from './send-job';

/** What the ledger keeps with the delivery of a sent envelope. */
export interface SentBody {
  repeated: boolean;
  prepareUrl?: string;
}

/** What came of it. A `delivery` is in the ledger's outbox until the caller has emitted the message and says so. */
export interface SendResult {
  envelope: Envelope;
  /** The envelope had been sent before; nothing was sent now. */
  repeated: boolean;
  deliveryId: string;
  /** Page where the sender places the fields and sends, when the envelope is only prepared. */
  prepareUrl?: string;
  /** Fencing token and time of the delivery's claim; missing for a repeat, which leaves no row behind. */
  claimed?: { rev: number; since: LeaseTime };
}

const pollMs = 250;

/** Failures after which it is worth while to try again; all others are final. */
const passing: ReadonlySet<ErrorCode> = new Set(['UNREACHABLE', 'RATE_LIMITED', 'REMOTE_FAULT', 'OUTCOME_UNKNOWN']);

/**
 * Sends an envelope once, whatever fails in between.
 *
 * The intent is on disk before the first request. A request whose outcome is not known is never simply repeated: the
 * envelope is looked up by its external id first. A job with an external id that was sent before gives the same envelope.
 *
 * @throws SignatureError what the service refused; `UNREACHABLE`, `RATE_LIMITED`, `REMOTE_FAULT` or `OUTCOME_UNKNOWN`
 * when it kept failing (repeating the message is safe); `IN_PROGRESS`; `LEDGER_*`
 */
export async function sendEnvelope(account: SignatureAccount, job: SendJob): Promise<SendResult> {
  const ledger = await account.dispatcher.ledger();
  const ours = store(account, job);
  const bytes = bytesOf(job);
  const fingerprint = fingerprintOf(ours, bytes);
  const key = operationKey(account.id, job.externalId);
  const { dispatcher } = account;
  const giveUpAt = Date.now() + job.retryForMs + dispatcher.leaseMs;
  for (;;) {
    const since = leaseNow();
    const begun = await ledger.beginOperation({
      key,
      kind: 'send',
      account: account.id,
      node: job.node,
      fingerprint,
      request: ours,
      message: job.message,
      attachments: bytes,
      owner: dispatcher.owner,
      leaseMs: dispatcher.leaseMs,
    });
    if (begun.state === 'done') return repeat(ledger, account, key, begun.result);
    if (begun.state === 'mine') {
      const { rev, repeat: repeated } = begun;
      const lookFirst = job.foreignId || repeated;
      return underOperation(dispatcher, ledger, { key, rev }, since, async () => {
        // What an earlier attempt may have begun to send under this id is what is sent.
        const same = begun.fingerprint === fingerprint;
        const stored = same ? ours : await storedJob(ledger, key);
        const content = same ? bytes : undefined;
        const attempt = { key, rev, node: job.node, stored, content, lookFirst, mayBeSent: repeated };
        return carryOut(account, ledger, attempt);
      });
    }
    // The same envelope is being sent by somebody else just now: wait for what comes of it.
    if (Date.now() > giveUpAt) throw inProgress(job.externalId);
    await sleep(pollMs);
  }
}

/** Brings a job to its end that a crash or a pause interrupted. */
export async function resumeSend(
  account: SignatureAccount,
  operation: { key: string; rev: number; node: string; request: unknown },
): Promise<SendResult> {
  const ledger = await account.dispatcher.ledger();
  const { key, rev, node } = operation;
  const stored = operation.request as StoredJob;
  return carryOut(account, ledger, { key, rev, node, stored, lookFirst: true, mayBeSent: true });
}

interface Attempt {
  key: string;
  rev: number;
  node: string;
  stored: StoredJob;
  /** The documents' bytes; read from the ledger when they are not at hand. */
  content?: Attachment[];
  /** The service may know the envelope. */
  lookFirst: boolean;
  /** An earlier attempt may have had an effect. */
  mayBeSent: boolean;
}

/** Tries until it is done, refused, taken over, or the time is up. */
async function carryOut(account: SignatureAccount, ledger: Ledger, attempt: Attempt): Promise<SendResult> {
  const { stored } = attempt;
  const lost = leaseSignal();
  const giveUpAt = Date.now() + stored.retryForMs;
  let { lookFirst, mayBeSent } = attempt;
  for (let tries = 1; ; tries += 1) {
    let isLooking = lookFirst;
    try {
      const existing = lookFirst ? await lookUp(account, stored, lost) : undefined;
      isLooking = false;
      const sent = await send(account, ledger, attempt, existing, lost);
      return await finish(account, ledger, attempt, sent);
    } catch (thrown) {
      if (lost.aborted) throw inProgress(stored.externalId);
      // As long as nobody can look, what became of an attempt before stays unknown.
      const error = isLooking && mayBeSent ? stillUnknown(toError(thrown)) : toError(thrown);
      const wait = Math.min(backoffMs(tries) / 2, 30_000);
      const again = error instanceof SignatureError && passing.has(error.code) && Date.now() + wait <= giveUpAt;
      if (!again) {
        await giveUp(ledger, attempt, error);
        throw error;
      }
      lookFirst = true;
      mayBeSent ||= isUnclear(error);
      await sleep(wait, lost);
    }
  }
}

interface Sent {
  document: Document;
  request: SignatureRequest;
  repeated: boolean;
}

/** What the service has under the external id. */
const lookUp = async (
  { client }: SignatureAccount,
  { externalId }: StoredJob,
  signal: AbortSignal,
): Promise<Document | undefined> => best(await client.documents.findByExternalId(externalId, signal));

/** One try: document, attachments and request, each only if it is not there yet. */
async function send(
  account: SignatureAccount,
  ledger: Ledger,
  { key, stored, content: atHand }: Attempt,
  existing: Document | undefined,
  signal: AbortSignal,
): Promise<Sent> {
  const { client } = account;
  if (existing?.signrequest) return { document: existing, request: existing.signrequest, repeated: true };

  if (!existing) await checkTemplate(account, stored, signal);
  const content = atHand ?? (await ledger.operationAttachments({ key }));
  const document =
    existing ??
    (await client.documents.create(
      {
        ...stored.document,
        ...fileOf(content, 'document'),
        events_callback_url: account.callbackUrl ?? undefined,
      },
      signal,
    ));
  try {
    await attach(account, document, stored, content, existing !== undefined, signal);
    const request = await client.signatureRequests.create(
      {
        ...openPasswords(account, stored.request),
        document: client.documents.urlOf(document.uuid),
      } as SignatureRequestInput,
      signal,
    );
    return { document, request, repeated: false };
  } catch (thrown) {
    if (!isFinal(thrown)) throw thrown;
    // Refused because there is one: a request that was still on its way when this process looked.
    const now = await client.documents.get(document.uuid, signal).catch(() => undefined);
    if (now?.signrequest) return { document: now, request: now.signrequest, repeated: true };
    // A refused request leaves a document behind that nobody will ever sign.
    if (now) await client.documents.delete(document.uuid).catch(() => undefined);
    throw thrown;
  }
}

/** The one to go on with when a crash left more than one: an open envelope, then a finished one, then a bare document. */
function best(documents: Document[]): Document | undefined {
  const rank = (document: Document): number =>
    document.signrequest === null ? 2 : isTerminal(statusOf(document)) ? 1 : 0;
  return documents.toSorted((a, b) => rank(a) - rank(b))[0];
}

async function checkTemplate(
  { client }: SignatureAccount,
  { document }: StoredJob,
  signal: AbortSignal,
): Promise<void> {
  const uuid = document.template?.match(/([^/]+)\/?$/)?.[1];
  if (uuid) await client.templates.get(uuid, signal);
}

async function attach(
  { client }: SignatureAccount,
  document: Document,
  { attachments }: StoredJob,
  content: Attachment[],
  mayExist: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (attachments.length === 0) return;
  const there = mayExist ? await client.attachments.of(document.uuid, signal) : [];
  for (const [index, { name, url }] of attachments.entries()) {
    if (there.some((one) => one.name === name)) continue;
    const file = url === undefined ? fileOf(content, `attachment ${index}`, name) : { file_from_url: url };
    await client.attachments.create({ document: client.documents.urlOf(document.uuid), name, ...file }, signal);
  }
}

function fileOf(content: Attachment[], name: string, fileName?: string) {
  const file = content.find((one) => one.name === name);
  if (!file) return {};
  return {
    file_from_content: Buffer.from(file.bytes).toString('base64'),
    ...(fileName === undefined ? {} : { file_from_content_name: fileName }),
  };
}

async function finish(account: SignatureAccount, ledger: Ledger, attempt: Attempt, sent: Sent): Promise<SendResult> {
  const { key, rev, node } = attempt;
  const envelope = handle(account, sent);
  const deliveryId = deliveryIdOf(key);
  const prepareUrl = sent.request.prepare_url ?? undefined;
  const since = leaseNow();
  const answer = await ledger.finishOperation({
    key,
    rev,
    result: { envelope: envelope.id, prepareUrl },
    envelope: recordOf(account, envelope, node, key),
    ...(attempt.stored.emits && {
      delivery: {
        id: deliveryId,
        node,
        port: 0,
        body: { repeated: sent.repeated, prepareUrl },
        claimed: { owner: account.dispatcher.owner, leaseMs: account.dispatcher.leaseMs },
      },
    }),
  });
  if (answer === 'stale') throw inProgress(attempt.stored.externalId);
  return { envelope, repeated: sent.repeated, deliveryId, prepareUrl, claimed: { rev: 1, since } };
}

/** A document just sent still says "converting"; what counts is that its request is out. */
function handle({ id, clock }: SignatureAccount, { document, request, repeated }: Sent): Envelope {
  const current = repeated || request.is_being_prepared ? document.status : 'se';
  const sentAt = repeated ? null : new Date(clock.now()).toISOString();
  return envelopeOf({ ...document, status: current, signrequest: request }, id, { sentAt });
}

export function recordOf(
  account: SignatureAccount,
  envelope: Envelope,
  node: string,
  operation: string,
): RecordEnvelopeInput {
  return {
    account: account.id,
    id: envelope.id,
    externalId: envelope.externalId ?? '',
    name: envelope.name,
    status: envelope.status,
    ...envelopeStatuses[envelope.status],
    snapshot: envelope,
    clock: account.lane,
    sentAt: account.clock.now(),
    dueAt: envelope.dueAt === null ? null : Date.parse(envelope.dueAt),
    node,
    operation,
  };
}

async function repeat(ledger: Ledger, account: SignatureAccount, key: string, result: unknown): Promise<SendResult> {
  const { envelope: id, prepareUrl } = result as { envelope: string; prepareUrl?: string };
  const known = await ledger.envelope({ account: account.id, id });
  return { envelope: known?.snapshot as Envelope, repeated: true, deliveryId: deliveryIdOf(key), prepareUrl };
}

async function giveUp(ledger: Ledger, { key, rev }: Attempt, error: Error): Promise<void> {
  const code = error instanceof SignatureError ? error.code : 'REMOTE_FAULT';
  await ledger
    .failOperation({ key, rev, error: { code, message: error.message }, retryAt: null })
    .catch(() => undefined);
}

/** It may have had its effect all the same. */
const isUnclear = (error: Error): boolean =>
  error instanceof SignatureError && ['OUTCOME_UNKNOWN', 'REMOTE_FAULT'].includes(error.code);

const stillUnknown = ({ message }: Error): SignatureError =>
  new SignatureError(
    'OUTCOME_UNKNOWN',
    `Whether the envelope was sent could not be found out: ${message} Repeat the message; nothing is sent twice.`,
  );

const isFinal = (thrown: unknown): boolean => thrown instanceof SignatureError && !passing.has(thrown.code);

const inProgress = (externalId: string): SignatureError =>
  new SignatureError('IN_PROGRESS', `The envelope with external id "${externalId}" is being sent by another process.`, {
    field: 'externalId',
  });

export const operationKey = (account: string, externalId: string): string => `send:${account}:${externalId}`;

/** Fixed per envelope, so that a repeated message is recognised by the nodes behind. */
const deliveryIdOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 32);
