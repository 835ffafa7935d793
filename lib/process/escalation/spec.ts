import { z } from 'zod';
import { sameEmail } from '../../core-signature/signers';
import { SignatureError } from '../../errors';
import type { CalendarConfig } from '../../time/calendar/config';
import type { EpochMs } from '../../time/clock';
import type { Step } from '../../time/ladder/steps';

/** Someone who can take a signer's place, or has to be told. */
export interface Person {
  email: string;
  name?: string;
}

/** What a step does, with everything that came from the message already in it. */
export interface StepAction {
  do: 'remind' | 'notify' | 'forward' | 'replace' | 'cancel' | 'emit';
  label: string;
  /** Given in the step; otherwise the directory says who, per late signer. */
  to: Person | null;
  reason: string;
}

/** Who stands behind a signer. `*` is anybody who is not named. */
export type Directory = Record<string, { alternate?: Person; manager?: Person }>;

/** What the ledger keeps of a ladder: enough to plan it again at any time. */
export interface LadderSpec {
  steps: Step<StepAction>[];
  start: EpochMs;
  due: EpochMs | null;
  expires: EpochMs | null;
  calendar: CalendarConfig;
  directory: Directory;
  forwardFallback: 'replace' | 'notify' | 'none';
}

const person = z.union([
  z.email('is not an e-mail address').transform((email): Person => ({ email })),
  z.object({ email: z.email('is not an e-mail address'), name: z.string().optional() }),
]);

/**
 * A person as a flow gives one: an e-mail address, or `{email, name}`.
 *
 * @throws SignatureError `BAD_INPUT` naming the field
 */
export function personOf(value: unknown, field: string): Person | null {
  if (value === undefined || value === null || value === '') return null;
  const parsed = person.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SignatureError('BAD_INPUT', `${field} must be an e-mail address, or an object with "email" and "name".`, {
    field,
  });
}

const directory = z.record(z.string(), z.object({ alternate: person.optional(), manager: person.optional() }));

/**
 * The directory of alternates and managers.
 *
 * @throws SignatureError `BAD_INPUT`
 */
export function directoryOf(value: unknown): Directory {
  if (value === undefined || value === null || value === '') return {};
  const parsed = directory.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  const text = `directory${where ? `.${where}` : ''} cannot be read. Write {"anna@example.com": {"alternate": …, "manager": …}}.`;
  throw new SignatureError('BAD_INPUT', text, { field: 'directory' });
}

/** Who is behind a signer in this role; null when nobody is named. */
export function standIn(spec: LadderSpec, action: StepAction, signer: string): Person | null {
  if (action.to) return action.to;
  const own = Object.entries(spec.directory).find(([email]) => sameEmail(email, signer))?.[1];
  const entry = own ?? spec.directory['*'];
  return (action.do === 'notify' ? entry?.manager : entry?.alternate) ?? null;
}

/**
 * Refuses an alternate who is the signer, which no service would accept, before anything has started.
 *
 * @throws SignatureError `BAD_INPUT`
 */
export function checkAlternates(spec: LadderSpec, signers: readonly string[]): void {
  for (const [index, { action }] of spec.steps.entries()) {
    if (action.do !== 'forward' && action.do !== 'replace') continue;
    const same = signers.find((signer) => {
      const alternate = standIn(spec, action, signer);
      return alternate !== null && sameEmail(alternate.email, signer);
    });
    if (same === undefined) continue;
    throw new SignatureError(
      'BAD_INPUT',
      `step ${index + 1}: the alternate is the signer ${same}. Choose somebody else.`,
      {
        field: `steps.${index}.action.to`,
      },
    );
  }
}
