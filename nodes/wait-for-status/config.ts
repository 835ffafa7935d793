import * as z from 'zod';
import { commonFields, text, typedAs, typedValue } from '../../lib/node-red/config-fields';

/** Statuses a message can wait for. */
export const awaitableStatuses = ['sent', 'viewed', 'signed', 'declined', 'expired', 'cancelled', 'failed'] as const;

/** Configuration of `wait-for-status`. */
export const waitForStatusConfig = z.object({
  ...commonFields,
  account: text(),
  envelope: typedValue('envelope'),
  envelopeType: typedAs('msg'),
  /** `list`: the statuses ticked in the dialog; `property`: a status or a list of them from the message. */
  statusesSource: z.enum(['list', 'property']).default('list'),
  statuses: z.array(z.enum(awaitableStatuses)).default(['signed']),
  statusesProperty: typedValue('statuses'),
  statusesPropertyType: typedAs('msg'),
  timeoutKind: z.enum(['none', 'duration', 'until']).default('none'),
  /** With `duration`: a number in `timeoutUnit`, or a text such as `3 days` or `P3D`. With `until`: a point in time. */
  timeout: typedValue(),
  timeoutType: typedAs('num'),
  timeoutUnit: z.enum(['seconds', 'minutes', 'hours', 'days']).default('days'),
  /** When the time is up: `leave` the envelope open, or `cancel` it at the service before the message leaves. */
  atTimeout: z.enum(['leave', 'cancel']).default('leave'),
  /** Of the messages with the same group, at any node of the account, the first to leave releases the others. */
  group: typedValue(),
  groupType: typedAs('msg'),
});

export type WaitForStatusConfig = z.infer<typeof waitForStatusConfig>;
