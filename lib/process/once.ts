import { SignatureError, toError } from '../errors';
import type { Ledger } from '../ledger/ledger';
import type { EpochMs } from '../time/clock';
import { leaseNow } from '../time/lease';
import type { SignatureAccount } from './account';
import { underOperation } from './lease';

/** An outside effect that must not happen twice. */
export interface Effect {
  account: SignatureAccount;
  ledger: Ledger;
  kind: string;
  /** Idempotency key. */
  key: string;
  node: string;
  envelope: string;
}

export interface Attempt<P> {
  /** What an earlier attempt has noted; null for the first. */
  progress: P | null;
  /** Puts progress on disk before the next thing is done. */
  note(progress: P): Promise<void>;
}

/**
 * Does something once: its result is kept, and a repeat gets the result instead of the effect. What was done half is on
 * disk as far as it was noted, so the next attempt can go on from there.
 *
 * @param work gives the result; or, before it has done or noted anything, a moment before which it cannot be done. That is
 * no failure: nothing stays behind, and it is for the caller to come again
 * @throws what `work` throws; the next attempt goes on. `IN_PROGRESS` while another process is at it
 */
export async function once<R, P>(
  { account, ledger, kind, key, node, envelope }: Effect,
  work: (attempt: Attempt<P>) => Promise<{ result: R } | { notBefore: EpochMs }>,
): Promise<{ result: R } | { notBefore: EpochMs }> {
  const since = leaseNow();
  const begun = await ledger.beginOperation({
    key,
    kind,
    account: account.id,
    // No node of its own: it is the ladder's timer that brings it to its end, not the dispatcher.
    node: '',
    envelope,
    fingerprint: '',
    request: { node },
    message: '',
    attachments: [],
    owner: account.dispatcher.owner,
    leaseMs: account.dispatcher.leaseMs,
  });
  if (begun.state === 'done') return { result: begun.result as R };
  if (begun.state !== 'mine') throw new SignatureError('IN_PROGRESS', 'Another process is carrying out this step.');
  const { rev } = begun;
  const fail = (code: string, message: string) =>
    ledger.failOperation({ key, rev, error: { code, message }, retryAt: null });
  try {
    const answer = await underOperation(account.dispatcher, ledger, { key, rev }, since, () =>
      work({
        progress: begun.progress as P | null,
        note: async (progress) => {
          if ((await ledger.noteOperation({ key, rev, progress })) === 'stale') throw takenOver();
        },
      }),
    );
    if ('notBefore' in answer) await ledger.withdrawOperation({ key, rev });
    else if ((await ledger.finishOperation({ key, rev, result: answer.result })) === 'stale') throw takenOver();
    return answer;
  } catch (thrown) {
    const error = toError(thrown);
    await fail(error instanceof SignatureError ? error.code : 'REMOTE_FAULT', error.message).catch(() => undefined);
    throw thrown;
  }
}

const takenOver = (): SignatureError => new SignatureError('IN_PROGRESS', 'Another process has taken this step over.');
