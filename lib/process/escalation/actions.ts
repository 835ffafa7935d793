import { type Envelope, type EnvelopeSigner, sameEmail } from '../../core-signature/signers';
import { isTerminal } from '../../core-signature/status';
import { SignatureError } from '../../errors';
import type { Ledger } from '../../ledger/ledger';
import type { Ladder } from '../../ledger/types';
import type { EpochMs } from '../../time/clock';
import type { SignatureAccount } from '../account';
import { refreshEnvelope } from '../refresh';
import { type Effect, once } from './once';
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
  if (late.length === 0 || envelope.requestId === null) return { outcome: 'nobody', signers, to: [] };
  const mark = `reminded:${account.id}:${envelope.id}`;
  const last = await ledger.mark({ name: mark });
  const now = account.clock.now();
  const effect = effectOf(context, 'remind');
  const done = await once<{ outcome: string }, { began: EpochMs }>(effect, async ({ progress, note }) => {
    if (progress === null && last !== null && now < last + reminderGapMs) return { notBefore: last + reminderGapMs };
    if (progress !== null && now >= progress.began + reminderGapMs) return { result: { outcome: 'unknown' } };
    if (progress === null) await note({ began: now });
    await account.client.signatureRequests.resend(envelope.requestId ?? '');
    await ledger.setMark({ name: mark, value: progress?.began ?? now });
    return { result: { outcome: 'reminded' } };
  });
  if ('notBefore' in done) return { notBefore: done.notBefore, why: 'the service allows one reminder in ten minutes' };
  return { ...done.result, signers, to: [] };
}

/** Hands each late signer's turn to the alternate. Signatures given so far stay. */
async function forward(context: StepContext, late: EnvelopeSigner[]): Promise<ActionAnswer> {
  const { account, spec, firing, envelope } = context;
  const signers = people(late);
  const to = standIns(context, late);
  if (late.length === 0 || envelope.requestId === null) return { outcome: 'nobody', signers, to };
  if (to.length === 0) return { outcome: 'noAlternate', signers, to };
  const requestId = envelope.requestId;
  for (const signer of late) {
    const alternate = standIn(spec, firing.action, signer.email);
    if (!alternate) continue;
    try {
      await account.client.signatureRequests.forward(requestId, {
        signer_email_to_forward: signer.email,
        signer_email_to_forward_to: alternate.email,
        forwarded_reason: firing.action.reason || undefined,
      });
    } catch (thrown) {
      if (!(thrown instanceof SignatureError) || thrown.code !== 'REFUSED') throw thrown;
      const refused = await afterRefusal(context, signer);
      if (refused !== 'refused') {
        if (refused === 'over') return 'over';
        continue;
      }
      return fallBack(context, late, thrown.message);
    }
  }
  return { outcome: 'forwarded', signers, to };
}

/** The signer may have signed, or been forwarded by the attempt before a crash: then a refusal is as good as success. */
async function afterRefusal(
  { account, ledger, envelope }: StepContext,
  signer: EnvelopeSigner,
): Promise<'over' | 'moved' | 'refused'> {
  await refreshEnvelope(account, envelope.id, 'reconcile');
  const now = (await ledger.envelope({ account: account.id, id: envelope.id }))?.snapshot as Envelope;
  if (isTerminal(now.status)) return 'over';
  const still = now.signers.find(({ email }) => sameEmail(email, signer.email));
  return still && isLate(still) ? 'refused' : 'moved';
}

async function fallBack(context: StepContext, late: EnvelopeSigner[], detail: string): Promise<ActionAnswer> {
  const { spec } = context;
  if (spec.forwardFallback === 'replace') return replace(context, late);
  const outcome = spec.forwardFallback === 'notify' ? 'notified' : 'refused';
  return { outcome, signers: people(late), to: standIns(context, late), detail };
}

async function replace(context: StepContext, late: EnvelopeSigner[]): Promise<ActionAnswer> {
  const { account, ledger, spec, firing, envelope } = context;
  const signers = people(late);
  const to = standIns(context, late);
  const changes = late.flatMap(({ email }) => {
    const alternate = standIn(spec, firing.action, email);
    return alternate ? [{ from: email, to: alternate }] : [];
  });
  if (late.length === 0) return { outcome: 'nobody', signers, to };
  if (changes.length === 0) return { outcome: 'noAlternate', signers, to };
  const replaced = await replaceSigner({ account, ledger, envelope, effect: effectOf(context, 'replace'), changes });
  return replaced === 'over' ? 'over' : { ...replaced, signers, to };
}

/** Takes the envelope back; one that has ended meanwhile stays as it ended. */
async function cancel(context: StepContext, late: EnvelopeSigner[]): Promise<ActionAnswer> {
  const { account, envelope } = context;
  if (envelope.requestId !== null) {
    const { cancelled } = await account.client.signatureRequests.cancel(envelope.requestId);
    if (!cancelled) {
      await refreshEnvelope(account, envelope.id, 'reconcile');
      const now = (await context.ledger.envelope({ account: account.id, id: envelope.id }))?.snapshot as Envelope;
      if (now.status !== 'cancelled') return 'over';
    }
  }
  return { outcome: 'cancelled', signers: people(late), to: [] };
}
