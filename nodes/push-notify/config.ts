import * as z from 'zod';
import { commonFields, numberField, text, typedAs, typedValue } from '../../lib/node-red/config-fields';
import { moments } from '../../lib/push/moments';

/** Configuration of `push-notify`. An empty title or body takes the text of the moment. */
export const pushNotifyConfig = z.object({
  ...commonFields,
  service: text(),
  envelope: typedValue('envelope'),
  envelopeType: typedAs('msg'),
  /** `custom` has no text of its own, only what the dialog says. */
  moment: z.enum(['custom', ...moments]).default('pleaseSign'),
  /**
   * `turn`: the signers whose turn it is · `escalation`: those named in `msg.escalation` · `people`: people of the
   * registry, by e-mail address or any id · `addresses`: recipients themselves, `{kind, …}`
   */
  recipientsSource: z.enum(['turn', 'escalation', 'people', 'addresses']).default('turn'),
  recipients: typedValue('recipients'),
  recipientsType: typedAs('msg'),
  title: typedValue(),
  titleType: typedAs('str'),
  body: typedValue(),
  bodyType: typedAs('str'),
  /** Empty: the signing link of the recipient, where the envelope has one. */
  link: typedValue(),
  linkType: typedAs('str'),
  /** Empty: the envelope's due date. The notification dies then. */
  due: typedValue(),
  dueType: typedAs('msg'),
  ttl: typedValue(),
  ttlType: typedAs('str'),
  priority: z.enum(['high', 'normal']).default('high'),
  /** Empty: the envelope, so that a reminder replaces what came before. */
  collapseKey: typedValue(),
  collapseKeyType: typedAs('str'),
  badge: typedValue(),
  badgeType: typedAs('num'),
  image: typedValue(),
  imageType: typedAs('str'),
  data: typedValue(),
  dataType: typedAs('json'),
  /** `{android, apns, webpush}`: blocks laid over what is made of the rest. */
  platform: typedValue(),
  platformType: typedAs('json'),
  /**
   * What makes two messages the same notification; empty: envelope, moment and message. A repeat under the same key
   * sends nothing.
   */
  key: typedValue(),
  keyType: typedAs('str'),
  /** How long an unreachable service is tried again. */
  retryHours: numberField(24, { min: 0, max: 720 }),
});

export type PushNotifyConfig = z.infer<typeof pushNotifyConfig>;
