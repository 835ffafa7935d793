import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Document } from '../../core-signature/models';
import type { SignerInput } from '../../core-signature/requests';
import { type Envelope, sameEmail } from '../../core-signature/signers';
import { statusOf } from '../../core-signature/status';
import { SignatureError } from '../../errors';
import { download } from '../../http/download';
import type { Ledger } from '../../ledger/ledger';
import type { SignatureAccount } from '../account';
import type { Composition } from '../compose';
import { type Effect, once } from '../once';
import { refreshEnvelope } from '../refresh';
import { operationKey, recordOf, sendEnvelope } from '../send';
import { openPasswords, type StoredJob, storedJob } from '../send-job';
import type { Person } from './spec';

export interface Replacement {
  account: SignatureAccount;
  ledger: Ledger;
  /** The envelope that is to be replaced, read just now. */
  envelope: Envelope;
  effect: Effect;
  wanted: Wanted;
}

/** Who is late, and who takes whose place. */
export interface Wanted {
  signers: Person[];
  changes: { from: string; to: Person }[];
}

export interface Replaced {
  outcome: 'replaced' | 'compensated' | 'nobody' | 'noAlternate';
  signers: Person[];
  to: Person[];
  detail?: string;
}

/** How far the saga is, and what it is about, for nobody is late any more once the old envelope is cancelled. */
interface Progress {
  /** The envelope that is replaced: the ladder goes over to the new one before the step is through. */
  envelope: string;
  /** Each is on disk before the next begins. `refused`: the new one was, so the old signers are asked again. */
  phase: 'held' | 'cancelled' | 'refused';
  wanted: Wanted;
  detail?: string;
}

const dayMs = 86_400_000;
const maxBytes = 100 * 1024 * 1024;

/**
 * Cancels an envelope and sends it anew with other signers: a saga, because the service has no such call.
 *
 * The old envelope is held first, so that the waits and ladders on it do not end when it is cancelled; they move to the new
 * one. Every part can be repeated after a crash. If the envelope turns out to be signed after all, it stays. If the new
 * one is refused, it is sent anew with the signers it had, so that the line is never left without an open request.
 *
 * @returns `over` when the envelope had ended before it could be cancelled
 * @throws SignatureError when the service is away; the next attempt goes on where this one stopped
 */
export async function replaceSigner(replacement: Replacement): Promise<Replaced | 'over'> {
  const { account, ledger, envelope, effect } = replacement;
  const by = effect.key;
  const answer = await once<Replaced | 'over', Progress>(effect, async ({ progress, note }) => {
    const wanted = progress?.wanted ?? replacement.wanted;
    const { signers, changes } = wanted;
    const told = { signers, to: changes.map(({ to }) => to) };
    if (progress !== null && (await hasSuccessor(replacement, progress.envelope))) {
      const outcome = progress.phase === 'refused' ? 'compensated' : 'replaced';
      return { result: { ...told, outcome, detail: progress.detail } };
    }
    const state = (phase: Progress['phase'], detail?: string): Progress => ({
      envelope: envelope.id,
      phase,
      wanted,
      detail,
    });
    if (signers.length === 0) return { result: { outcome: 'nobody', signers, to: [] } };
    if (changes.length === 0) return { result: { outcome: 'noAlternate', signers, to: [] } };
    const held = await ledger.holdEnvelope({ account: account.id, id: envelope.id, by });
    if (held === 'ended') return { result: 'over' };
    if (held === 'held') throw new SignatureError('IN_PROGRESS', 'Another step is replacing this envelope.');
    if (progress === null) await note(state('held'));
    const old = await account.client.documents.get(envelope.id);
    // Fetched before anything is taken back: without the document there is nothing to send anew.
    const pdf = await documentBytes(account, old);
    if (progress === null || progress.phase === 'held') {
      if (!(await cancelled(account, old))) {
        await refreshEnvelope(account, envelope.id, 'reconcile');
        await ledger.releaseHold({ account: account.id, id: envelope.id, by });
        return { result: 'over' };
      }
      await note(state('cancelled'));
    }
    const refused = progress?.phase === 'refused' ? progress.detail : undefined;
    const sent = await sendAnew({ ...replacement, wanted }, old, pdf, by, refused, (detail) =>
      note(state('refused', detail)),
    );
    return { result: { ...told, ...sent } };
  });
  return 'result' in answer ? answer.result : 'over';
}

/** The attempt before has come to the end of the saga, and could not say so. */
async function hasSuccessor({ account, ledger }: Replacement, id: string): Promise<boolean> {
  const record = await ledger.envelope({ account: account.id, id });
  return record !== null && record.successor !== '';
}

async function documentBytes(account: SignatureAccount, { file_as_pdf, file }: Document): Promise<Buffer> {
  const url = file_as_pdf ?? file;
  if (!url)
    throw new SignatureError('REMOTE_FAULT', 'The service gives no copy of the document, so it cannot be sent anew.');
  const sink = new PassThrough();
  const [bytes] = await Promise.all([
    buffer(sink),
    download(url, sink, {
      userAgent: 'node-red-core-signature',
      maxBytes,
      allowPrivateAddresses: account.allowPrivateAddresses || account.lane !== '',
    }),
  ]);
  return bytes;
}

/** Takes the old envelope back; one that is cancelled already, by the attempt before a crash, counts as well. */
async function cancelled(account: SignatureAccount, { uuid, signrequest }: Document): Promise<boolean> {
  if (!signrequest) return true;
  const answer = await account.client.signatureRequests.cancel(signrequest.uuid);
  return answer.cancelled || statusOf(await account.client.documents.get(uuid)) === 'cancelled';
}

async function sendAnew(
  { account, ledger, envelope, wanted: { changes }, effect }: Replacement,
  old: Document,
  pdf: Buffer,
  by: string,
  refusedBefore: string | undefined,
  noteRefusal: (detail: string) => Promise<void>,
): Promise<Pick<Replaced, 'outcome' | 'detail'>> {
  const stored = await storedJob(ledger, operationKey(account.id, envelope.externalId ?? '')).catch(() => undefined);
  const anew = async (externalId: string, signers: SignerInput[]): Promise<void> => {
    const { envelope: sent } = await sendEnvelope(account, {
      // No node of its own: it is the ladder's timer that brings it to its end, not the dispatcher.
      node: '',
      externalId,
      foreignId: true,
      composition: compositionOf(account, old, envelope, stored, externalId, signers),
      source: { kind: 'content', name: 'document.pdf', bytes: pdf },
      attachments: [],
      message: '{}',
      emits: false,
      retryForMs: 30_000,
    });
    const successor = recordOf(account, sent, effect.node, operationKey(account.id, externalId));
    if ((await ledger.succeedEnvelope({ account: account.id, id: envelope.id, by, successor })) === 'stale') {
      throw new SignatureError('IN_PROGRESS', 'Another step has the envelope now.');
    }
  };
  const base = `${envelope.externalId ?? envelope.id}~${shortKey(by)}`;
  const before = signersOf(old, stored ? openPasswords(account, stored.request).signers : undefined);
  let refused = refusedBefore;
  if (refused === undefined) {
    try {
      await anew(
        base,
        before.map((signer) => changed(signer, changes)),
      );
      return { outcome: 'replaced' };
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown;
      refused = thrown.message;
      await noteRefusal(refused);
    }
  }
  await anew(`${base}-undone`, before);
  return { outcome: 'compensated', detail: refused };
}

/** The service says no to what was sent, and will say so again. */
const isRefusal = (thrown: unknown): thrown is SignatureError =>
  thrown instanceof SignatureError &&
  ['REFUSED', 'BAD_SIGNER', 'DUPLICATE_SIGNER', 'BAD_INPUT', 'NO_SIGNER'].includes(thrown.code);

const shortKey = (by: string): string => by.split(':').slice(1, 3).join('-').slice(-40);

/** The signers as they were asked, from our own request where we sent it, else from the service's rows. */
function signersOf(old: Document, asked: SignerInput[] | undefined): SignerInput[] {
  if (asked) return asked;
  return (old.signrequest?.signers ?? [])
    .filter(({ email }, index) => index > 0 || !sameEmail(email, old.signrequest?.from_email ?? ''))
    .map((row) => ({
      email: row.email,
      full_name: row.full_name ?? undefined,
      first_name: row.first_name || undefined,
      last_name: row.last_name || undefined,
      needs_to_sign: row.needs_to_sign,
      approve_only: row.approve_only || undefined,
      notify_only: row.notify_only || undefined,
      in_person: row.in_person || undefined,
      order: row.order,
      language: row.language ?? undefined,
      embed_url_user_id: row.embed_url_user_id ?? undefined,
    }));
}

/** The alternate takes the place of the signer: same role, same order, an address and a name of their own. */
function changed(signer: SignerInput, changes: Wanted['changes']): SignerInput {
  const change = changes.find(({ from }) => sameEmail(from, signer.email));
  if (!change) return signer;
  const { first_name: _, last_name: __, password: ___, verify_phone_number: ____, ...rest } = signer;
  return { ...rest, email: change.to.email, full_name: change.to.name };
}

function compositionOf(
  account: SignatureAccount,
  old: Document,
  envelope: Envelope,
  stored: StoredJob | undefined,
  externalId: string,
  signers: SignerInput[],
): Composition {
  const { signrequest } = old;
  const left =
    envelope.dueAt === null ? undefined : Math.ceil((Date.parse(envelope.dueAt) - account.clock.now()) / dayMs);
  return {
    document: {
      ...(stored?.document.prefill_tags && { prefill_tags: stored.document.prefill_tags }),
      auto_delete_days: old.auto_delete_days ?? undefined,
      auto_expire_days: left === undefined ? undefined : Math.min(730, Math.max(1, left)),
      events_callback_url: account.callbackUrl ?? undefined,
      external_id: externalId,
      name: old.name ?? undefined,
      file_from_content_name: 'document.pdf',
    },
    request: {
      ...(stored?.request ?? {
        from_email_name: signrequest?.from_email_name ?? undefined,
        subject: signrequest?.subject ?? undefined,
        message: signrequest?.message ?? undefined,
        send_reminders: signrequest?.send_reminders || undefined,
        who: signrequest?.who === 'mo' ? 'mo' : 'o',
      }),
      signers,
    },
  };
}
