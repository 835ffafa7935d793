import { type Envelope, type EnvelopeSigner, sameEmail } from '../../core-signature/signers';
import { isTerminal } from '../../core-signature/status';
import { SignatureError } from '../../errors';
import type { Ledger } from '../../ledger/ledger';
import type { Ladder } from '../../ledger/types';
import { reminderMark } from '../../ledger/verbs/marks';
import type { EpochMs } from '../../time/clock';
import type { SignatureAccount } from '../account';
import { type Effect, once } from '../once';
import { refreshEnvelope } from '../refresh';
import type { Firing } from './plan';
import { replaceSigner } from './replace';
import { type LadderSpec, type Person, standIn } from './spec';

/** A step at the moment it is carried out. */
export interface StepContext {
  account: SignatureAccount;
  ledger: Ledger;
  ladder: Ladder;
  spec: LadderSpec;
  firing: Firing;
  /** Read just now. */
  envelope: Envelope;
}

/** What came of an action. */
export interface ActionResult {
  outcome: string;
  signers: Person[];
  to: Person[];
  detail?: string;
  /** The step has ended the envelope, which is held under this name. */
  endedBy?: string;
}

export type ActionAnswer = ActionResult | { notBefore: EpochMs; why: string } | 'over';

/** The service drops a second reminder for a document within this time (API docs, "resend"). */
export const reminderGapMs = 10 * 60_000;

/** Carries out the action of a step, once, whatever fails in between. */
export async function carryOut(context: StepContext): Promise<ActionAnswer> {
  const late = context.envelope.signers.filter(isLate);
  const { action } = context.firing;
  switch (action.do) {
    case 'remind':
      return remind(context, late);
    case 'forward':
      return forward(context, late);
    case 'replace':
      return replace(context, late);
    case 'cancel':
      return cancel(context, late);
    case 'notify':
      return { outcome: 'notified', signers: people(late), to: standIns(context, late) };
    case 'emit':
      return { outcome: 'emitted', signers: people(late), to: standIns(context, late) };
  }
}

/** Whose turn it is and who has not acted. */
const isLate = ({ state }: EnvelopeSigner): boolean => state === 'ready' || state === 'viewed';

const people = (signers: EnvelopeSigner[]): Person[] => signers.map(({ email, name }) => ({ email, name }));

function standIns({ spec, firing }: StepContext, late: EnvelopeSigner[]): Person[] {
  const found = late.flatMap(({ email }) => standIn(spec, firing.action, email) ?? []);
  return found.filter((one, index) => found.findIndex((other) => sameEmail(other.email, one.email)) === index);
}

const effectOf = ({ account, ledger, ladder, firing }: StepContext, kind: string): Effect => ({
  account,
  ledger,
  kind,
  key: `ladder:${ladder.id}:${firing.id}:${kind}`,
  node: ladder.node,
  envelope: ladder.envelope,
});

/**
 * One reminder mail to everybody who is late. Whether a call took effect that was cut off cannot be read back; within the
 * service's ten minutes repeating it is harmless, after that it counts as sent, for nobody is to be mailed twice.
 */
async function remind(context: StepContext, late: EnvelopeSigner[]): Promise<ActionAnswer> {
  const { account, ledger, envelope } = context;
  const signers = people(late);
  const { requestId } = envelope;
  if (late.length === 0 || requestId === null) return { outcome: 'nobody', signers, to: [] };
  const name = reminderMark(account.id, envelope.id);
  const now = account.clock.now();
  type Progress = { began: EpochMs | null };
  const done = await once<{ outcome: string }, Progress>(effectOf(context, 'remind'), async ({ progress, note }) => {
    if (progress === null && !(await ledger.setMark({ name, value: now, ifAtMost: now - reminderGapMs }))) {
      return { notBefore: ((await ledger.mark({ name })) ?? now) + reminderGapMs };
    }
    const began = progress?.began ?? now;
    if (now >= began + reminderGapMs) return { result: { outcome: 'unknown' } };
    await note({ began });
    try {
      await account.client.signatureRequests.resend(requestId);
    } catch (thrown) {
      const mayBeSent = !(thrown instanceof SignatureError) || thrown.code === 'OUTCOME_UNKNOWN';
      // That this call was refused says nothing about one before it.
      if (!mayBeSent) await note({ began: progress?.began ?? null });
      throw thrown;
    }
    await ledger.setMark({ name, value: began });
    return { result: { outcome: 'reminded' } };
  });
  if ('notBefore' in done) return { notBefore: done.notBefore, why: 'the service allows one reminder in ten minutes' };
  return { ...done.result, signers, to: [] };
}

/** Who hands over to whom. */
interface Change {
  from: string;
  to: Person;
}

/** Late signers with their alternates; nobody gets two turns, and nobody who signs already gets another one. */
function changesOf({ spec, firing, envelope }: StepContext, late: EnvelopeSigner[]): Change[] {
  const taken = envelope.signers.filter(({ state }) => state !== 'informed').map(({ email }) => email);
  return late.flatMap(({ email }) => {
    const to = standIn(spec, firing.action, email);
    if (!to || taken.some((other) => sameEmail(other, to.email))) return [];
    taken.push(to.email);
    return [{ from: email, to }];
  });
}

interface Forwarded {
  outcome: 'forwarded' | 'refused' | 'over' | 'nobody' | 'noAlternate';
  signers: Person[];
  to: Person[];
  detail?: string;
}

/**
 * Hands each late signer's turn to the alternate. Signatures given so far stay. Who hands over to whom is on disk before
 * the first call, because after a crash it is the alternates who are late.
 */
async function forward(context: StepContext, late: EnvelopeSigner[]): Promise<ActionAnswer> {
  const { account, envelope } = context;
  type Progress = { signers: Person[]; changes: Change[] };
  const done = await once<Forwarded, Progress>(effectOf(context, 'forward'), async ({ progress, note }) => {
    const plan = progress ?? { signers: people(late), changes: changesOf(context, late) };
    const { signers, changes } = plan;
    const to = changes.map((change) => change.to);
    const ended = (outcome: Forwarded['outcome'], detail?: string) => ({
      result: { outcome, signers, to, ...(detail !== undefined && { detail }) },
    });
    if (signers.length === 0 || envelope.requestId === null) return ended('nobody');
    if (changes.length === 0) return ended('noAlternate');
    if (progress === null) await note(plan);
    for (const change of changes) {
      const answer = await handOver(context, envelope.requestId, change);
      if (answer === 'over') return ended('over');
      if (answer !== 'moved') return ended('refused', answer.refused);
    }
    return ended('forwarded');
  });
  if (!('result' in done) || done.result.outcome === 'over') return 'over';
  const { outcome, ...result } = done.result;
  if (outcome === 'refused') return fallBack(context, late, result);
  // The message says whose turn it is now; where the service does not answer, as it was before.
  if (outcome === 'forwarded') await refreshEnvelope(account, envelope.id, 'reconcile').catch(() => undefined);
  return { outcome, ...result };
}

async function handOver(
  context: StepContext,
  requestId: string,
  { from, to }: Change,
): Promise<'moved' | 'over' | { refused: string }> {
  const { account, firing } = context;
  try {
    await account.client.signatureRequests.forward(requestId, {
      signer_email_to_forward: from,
      signer_email_to_forward_to: to.email,
      forwarded_reason: firing.action.reason || undefined,
    });
    return 'moved';
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
    const refused = await afterRefusal(context, from);
    return refused === 'refused' ? { refused: thrown.message } : refused;
  }
}

/** The service says no, also by saying that we may not. */
const isRefusal = (thrown: unknown): thrown is SignatureError =>
  thrown instanceof SignatureError && (thrown.code === 'REFUSED' || thrown.code === 'FORBIDDEN');

/** The signer may have signed, or been forwarded by the attempt before a crash: then a refusal is as good as success. */
async function afterRefusal(
  { account, ledger, envelope }: StepContext,
  signer: string,
): Promise<'over' | 'moved' | 'refused'> {
  await refreshEnvelope(account, envelope.id, 'reconcile');
  const now = (await ledger.envelope({ account: account.id, id: envelope.id }))?.snapshot as Envelope;
  if (isTerminal(now.status)) return 'over';
  const still = now.signers.find(({ email }) => sameEmail(email, signer));
  return still && isLate(still) ? 'refused' : 'moved';
}

async function fallBack(
  context: StepContext,
  late: EnvelopeSigner[],
  refused: Omit<Forwarded, 'outcome'>,
): Promise<ActionAnswer> {
  const { forwardFallback } = context.spec;
  if (forwardFallback === 'replace') return replace(context, late);
  return { outcome: forwardFallback === 'notify' ? 'notified' : 'refused', ...refused };
}

async function replace(context: StepContext, late: EnvelopeSigner[]): Promise<ActionAnswer> {
  const { account, ledger, envelope } = context;
  const effect = effectOf(context, 'replace');
  const wanted = { signers: people(late), changes: changesOf(context, late) };
  return replaceSigner({ account, ledger, envelope, effect, wanted });
}

/**
 * Takes the envelope back; one that has ended meanwhile stays as it ended. It is held until the step has been recorded, so
 * that the step comes before the end it brings about.
 */
async function cancel(context: StepContext, late: EnvelopeSigner[]): Promise<ActionAnswer> {
  const { account, ledger, envelope } = context;
  const { requestId, id } = envelope;
  const effect = effectOf(context, 'cancel');
  const by = effect.key;
  if (requestId === null) return { outcome: 'nobody', signers: people(late), to: [] };
  type Progress = { signers: Person[] };
  const done = await once<ActionResult | 'over', Progress>(effect, async ({ progress, note }) => {
    const { signers } = progress ?? { signers: people(late) };
    const held = await ledger.holdEnvelope({ account: account.id, id, by });
    if (held === 'ended') return { result: 'over' };
    if (held === 'held') throw new SignatureError('IN_PROGRESS', 'Another step is replacing this envelope.');
    // Nobody is late any more once it is cancelled.
    if (progress === null) await note({ signers });
    await account.client.signatureRequests.cancel(requestId);
    await refreshEnvelope(account, id, 'reconcile');
    const now = (await ledger.envelope({ account: account.id, id }))?.snapshot as Envelope;
    if (now.status === 'cancelled') return { result: { outcome: 'cancelled', signers, to: [], endedBy: by } };
    await ledger.releaseHold({ account: account.id, id, by });
    return { result: 'over' };
  });
  return 'result' in done ? done.result : 'over';
}
