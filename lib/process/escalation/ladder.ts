import { createHash } from 'node:crypto';
import type { Envelope } from '../../core-signature/signers';
import { isTerminal } from '../../core-signature/status';
import { SignatureError } from '../../errors';
import type { Ledger } from '../../ledger/ledger';
import type { ClaimedTimer } from '../../ledger/types';
import type { SignatureAccount } from '../account';
import { refreshEnvelope } from '../refresh';
import { carryOut } from './actions';
import { nextAfter, planOf } from './plan';
import { checkAlternates, type LadderSpec } from './spec';

/** A ladder that is to be started. */
export interface LadderRequest {
  node: string;
  envelope: string;
  name: string;
  /** Dates left open (`due`, `expires`) are taken from the envelope. */
  spec: Omit<LadderSpec, 'expires'>;
  /** The message as `encodeMessage` writes it. */
  message: string;
  messageKey: string;
}

/**
 * Starts a ladder: checks all of it, and parks the message.
 *
 * @returns problems that are no errors, such as steps after the envelope's expiry, which will not fire
 * @throws SignatureError `BAD_INPUT` naming the step; `UNKNOWN_ENVELOPE`; `LEDGER_*`
 */
export async function startLadder(account: SignatureAccount, request: LadderRequest): Promise<string[]> {
  const ledger = await account.dispatcher.ledger();
  const { node, envelope: id, name, message, messageKey } = request;
  const envelope = await currentEnvelope(account, ledger, id);
  const expires = envelope.dueAt === null ? null : Date.parse(envelope.dueAt);
  const spec: LadderSpec = { ...request.spec, due: request.spec.due ?? expires, expires };
  checkAlternates(
    spec,
    envelope.signers.filter(({ state }) => state !== 'informed').map(({ email }) => email),
  );
  const { problems } = planOf(spec);
  const error = problems.find(({ severity }) => severity === 'error');
  if (error) throw new SignatureError('BAD_INPUT', error.message, { field: `steps.${error.step ?? 0}` });
  await ledger.openLadder({
    id: createHash('sha256')
      .update(JSON.stringify([node, id, messageKey]))
      .digest('hex')
      .slice(0, 32),
    account: account.id,
    envelope: id,
    node,
    clock: account.lane,
    name: name || envelope.name,
    spec,
    message,
    first: isTerminal(envelope.status) ? null : nextAfter(spec, null),
  });
  account.dispatcher.kick();
  return problems.map(({ message: text }) => text);
}

/** Read afresh where the service answers; a service that is away does not keep a ladder from being started. */
async function currentEnvelope(account: SignatureAccount, ledger: Ledger, id: string): Promise<Envelope> {
  const read = async (): Promise<Envelope | undefined> =>
    (await ledger.envelope({ account: account.id, id }))?.snapshot as Envelope | undefined;
  try {
    await refreshEnvelope(account, id, 'reconcile');
  } catch (thrown) {
    const known = await read();
    if (known) return known;
    throw thrown;
  }
  const envelope = await read();
  if (envelope) return envelope;
  throw new SignatureError('UNKNOWN_ENVELOPE', `The envelope ${id} is not known in this account.`, {
    field: 'envelope',
  });
}

/** What a fired step says of itself, as `msg.escalation`. */
export interface StepReport {
  /** Id of the step, as in the dialog. */
  step: string;
  label: string;
  /** 1 for the first step that fired, 2 for the second … */
  level: number;
  action: string;
  outcome: string;
  /** Signers who are late. */
  signers: { email: string; name?: string }[];
  /** Who takes over or is told. */
  to: { email: string; name?: string }[];
  plannedAt: string;
  firedAt: string;
  lateMs: number;
  next: { step: string; at: string } | null;
  detail?: string;
}

/**
 * A step is due. The service is asked first, so nothing is done to an envelope that has ended; then the action is carried
 * out once; then the step leaves the node and the next one is set, in one transaction.
 *
 * @throws SignatureError when the service cannot be asked; the step is then tried again
 */
export async function runStep(account: SignatureAccount, timer: ClaimedTimer, ledger: Ledger): Promise<void> {
  const claim = { id: timer.id, rev: timer.rev };
  const before = await ledger.ladder({ id: timer.ref });
  if (before?.state !== 'running' || before.next === null) {
    await ledger.finishTimer(claim);
    return;
  }
  await refreshEnvelope(account, before.envelope, 'reconcile');
  const ladder = await ledger.ladder({ id: timer.ref });
  const record = await ledger.envelope({ account: account.id, id: before.envelope });
  const envelope = record?.snapshot as Envelope;
  // A step that a crash interrupted has taken the envelope back itself: then it goes on.
  const oursToEnd = record?.heldBy !== '' && record?.heldBy.startsWith(`ladder:${timer.ref}:`);
  if (ladder?.state !== 'running' || ladder.next === null || (isTerminal(envelope.status) && !oursToEnd)) {
    await ledger.finishTimer(claim);
    return;
  }
  const spec = ladder.spec as LadderSpec;
  const firing = planOf(spec).firings.find(({ id }) => id === ladder.next?.id);
  if (!firing)
    throw new SignatureError('BAD_CONFIG', `The ladder has no step ${ladder.next.id} any more.`, { field: 'steps' });
  const result = await carryOut({ account, ledger, ladder, spec, firing, envelope });
  if (result === 'over') {
    await ledger.finishTimer(claim);
    return;
  }
  if ('notBefore' in result) {
    await ledger.retryTimer({ ...claim, due: result.notBefore, error: result.why, counts: false });
    return;
  }
  const { endedBy, ...told } = result;
  const next = endedBy === undefined ? nextAfter(spec, firing.id, ladder.fired) : null;
  const firedAt = account.clock.now();
  const report: StepReport = {
    step: firing.stepId,
    label: firing.action.label,
    level: ladder.fired.length + 1,
    action: firing.action.do,
    ...told,
    plannedAt: new Date(ladder.next.at).toISOString(),
    firedAt: new Date(firedAt).toISOString(),
    lateMs: Math.max(0, firedAt - ladder.next.at),
    next: next ? { step: next.id, at: new Date(next.at).toISOString() } : null,
  };
  const fired = await ledger.fireLadder({
    id: ladder.id,
    claim,
    firing: firing.id,
    next,
    body: report,
    emit: true,
    endedBy,
  });
  // Left by a command at this very moment: then the envelope it has ended is let go without the step.
  if (
    fired.state === 'stale' &&
    endedBy !== undefined &&
    (await ledger.ladder({ id: ladder.id }))?.state !== 'running'
  ) {
    await ledger.releaseHold({ account: account.id, id: ladder.envelope, by: endedBy });
  }
  if (fired.state === 'held') {
    await ledger.retryTimer({
      ...claim,
      due: firedAt + heldRetryMs,
      error: 'the envelope is being replaced',
      counts: false,
    });
  }
  account.dispatcher.kick();
}

/** While an envelope is being replaced by another step, its end is not decided. */
const heldRetryMs = 5_000;
