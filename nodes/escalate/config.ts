import * as z from 'zod';
import { commonFields, text, typedAs, typedValue } from '../../lib/node-red/config-fields';

/** What a step can do. */
export const stepActions = ['remind', 'notify', 'forward', 'replace', 'cancel', 'emit'] as const;

/** The action of a step; its times are described in `lib/time/ladder/steps.ts`. */
export const stepAction = z.object({
  do: z.enum(stepActions).default('remind'),
  /** Free text that names the step in `msg.escalation.step`. */
  label: text(),
  /**
   * `forward`, `replace`: the alternate signer; `notify`: who is told. An e-mail address or `{email, name}`; empty takes
   * the alternate (or, for `notify`, the manager) of each late signer from the directory.
   */
  to: typedValue(),
  toType: typedAs('str'),
  /** Visible to all parties when a signer is forwarded. */
  reason: typedValue(),
  reasonType: typedAs('str'),
});

/** Configuration of `escalate`. Each step is `{id, when, repeat?, ifPast, action}`. */
export const escalateConfig = z.object({
  ...commonFields,
  account: text(),
  envelope: typedValue('envelope'),
  envelopeType: typedAs('msg'),
  /** `list`: the steps of the dialog; `property`: a list of the same shape from the message. */
  stepsSource: z.enum(['list', 'property']).default('list'),
  steps: z.array(z.record(z.string(), z.unknown())).default([]),
  stepsProperty: typedValue('steps'),
  stepsPropertyType: typedAs('msg'),
  /** Empty: the envelope's own due date. */
  due: typedValue(),
  dueType: typedAs('msg'),
  /** A `working-calendar` node; empty: every hour of every day counts. */
  calendar: text(),
  /** A calendar of this message instead: an object as `lib/time/calendar/config.ts` describes it. */
  ownCalendar: typedValue(),
  ownCalendarType: typedAs('json'),
  /** `{"anna@example.com": {"alternate": {email, name}, "manager": {email, name}}, …, "*": {…}}` */
  directory: typedValue(),
  directoryType: typedAs('json'),
  /** What to do where the account refuses to forward. */
  forwardFallback: z.enum(['replace', 'notify', 'none']).default('notify'),
});

export type EscalateConfig = z.infer<typeof escalateConfig>;
export type StepAction = z.infer<typeof stepAction>;
