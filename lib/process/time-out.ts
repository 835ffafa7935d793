import type { Envelope } from '../core-signature/signers';
import { isTerminal } from '../core-signature/status';
import { SignatureError } from '../errors';
import type { Ledger } from '../ledger/ledger';
import type { ClaimedTimer } from '../ledger/types';
import type { SignatureAccount } from './account';
import { once } from './once';
import { refreshEnvelope } from './refresh';

/** What happens at the service when the time of a parked message is up. */
export type AtTimeout = 'leave' | 'cancel';

/**
 * A deadline has come. The service is asked once more before the message leaves as timed out: a webhook may have been
 * lost. When it cannot be asked, the deadline counts.
 *
 * With `cancel` the envelope is taken back first, so that nobody signs what nobody waits for any more: the message leaves
 * when the service has done it. Who signed before that has signed.
 *
 * @returns what the service had against it, when it refused to take the envelope back; the message has left all the same
 * @throws SignatureError with `cancel`, when the service or the envelope is not to be had now; the deadline is then tried
 * again
 */
export async function deadlineReached(
  account: SignatureAccount,
  timer: ClaimedTimer,
  ledger: Ledger,
  atTimeout: AtTimeout,
): Promise<string | undefined> {
  const claim = { id: timer.id, rev: timer.rev };
  if (atTimeout === 'leave') {
    await refreshEnvelope(account, timer.envelope, 'reconcile').catch(() => undefined);
    await ledger.expireWait({ claim });
    return undefined;
  }
  const refused = await takeBack(account, timer, ledger);
  await ledger.expireWait({ claim });
  return refused;
}

/**
 * Cancels the envelope, once, and holds it meanwhile: its end by our own hand must not settle the wait before the timeout
 * does. The hold is named like the timer, and ends with the wait.
 */
async function takeBack(account: SignatureAccount, timer: ClaimedTimer, ledger: Ledger): Promise<string | undefined> {
  const { id: by, envelope: id, node } = timer;
  const read = async (): Promise<Envelope | undefined> => {
    try {
      await refreshEnvelope(account, id, 'reconcile');
    } catch (thrown) {
      // Deleted at the service: there is nothing left to take back.
      if (!(thrown instanceof SignatureError) || thrown.code !== 'UNKNOWN_ENVELOPE') throw thrown;
      return undefined;
    }
    return (await ledger.envelope({ account: account.id, id }))?.snapshot as Envelope;
  };
  const requestId = (await read())?.requestId;
  if (!requestId) return undefined;
  const held = await ledger.holdEnvelope({ account: account.id, id, by });
  const successor = (await ledger.envelope({ account: account.id, id }))?.successor;
  if (held === 'held' || successor) {
    throw new SignatureError('IN_PROGRESS', 'The envelope is being cancelled or replaced by a step just now.');
  }
  if (held === 'ended') return undefined;
  const effect = { account, ledger, kind: 'cancel', key: `${by}:cancel`, node, envelope: id };
  const done = await once<{ refused?: string }, null>(effect, async () => {
    const refused = await cancel(account, requestId);
    return { result: refused === undefined ? {} : { refused } };
  });
  const status = (await read())?.status;
  // It ended in another way before it could be taken back: that is what the wait has come to.
  if (status !== undefined && isTerminal(status) && status !== 'cancelled') {
    await ledger.releaseHold({ account: account.id, id, by });
    return undefined;
  }
  return 'result' in done ? done.result.refused : undefined;
}

/** @returns why the service will not do it, now or later; undefined when it has done it, or it was over anyhow */
async function cancel({ client }: SignatureAccount, requestId: string): Promise<string | undefined> {
  try {
    await client.signatureRequests.cancel(requestId);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof SignatureError && thrown.code === 'REFUSED') return thrown.message;
    if (thrown instanceof SignatureError && thrown.code === 'UNKNOWN_ENVELOPE') return undefined;
    throw thrown;
  }
}
