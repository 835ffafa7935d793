import * as z from 'zod';
import { commonFields, flag, text } from '../../lib/node-red/config-fields';

/** Configuration of `push-service`: who carries notifications. `lib/push/settings.ts` checks the provider's part in full. */
export const pushServiceConfig = z.object({
  ...commonFields,
  provider: z.enum(['opentext', 'fcm', 'webpush', 'webhook']).default('webpush'),
  ledger: text(),
  /** Account whose clock counts, when notifications are about envelopes of a sandbox; empty: the system's clock. */
  account: text(),
  /** Language and zone of texts for people whose language is not known. */
  language: text('en'),
  zone: text('UTC'),
  allowPrivateAddresses: flag(false),

  /** webpush */
  vapidSubject: text(),
  vapidPublicKey: text(),
  /** One host a line, besides those of the well-known browsers. */
  pushHosts: text(),

  /** fcm; empty project: that of the service account */
  projectId: text(),
  fcmUrl: text(),
  fcmTokenUrl: text(),
  clickAction: text(),
  channelId: text(),
  category: text(),

  /** opentext */
  region: z.enum(['us', 'eu', 'us-test']).default('us'),
  openTextUrl: text(),
  openTextAuth: z.enum(['basic', 'oauth']).default('basic'),
  openTextTokenUrl: text(),
  user: text(),
  clientId: text(),
  /** JSON document of a push job with placeholders. */
  template: text(),
  fromName: text(),

  /**
   * Route at which browsers register for notifications, on the runtime's own HTTP server:
   * `<httpNodeRoot>/core-signature/devices/<registration>`. Empty: none.
   */
  registration: text(),
});

export type PushServiceConfig = z.infer<typeof pushServiceConfig>;

/** Secrets of a push service. */
export const pushServiceCredentials = z.object({
  /** Text of the key file of the Google service account. */
  serviceAccount: text(),
  vapidPrivateKey: text(),
  password: text(),
  clientSecret: text(),
  /** Secret that signs the calls of the plain webhook (Standard Webhooks). */
  webhookSecret: text(),
  /** Signs the invitations with which browsers register. */
  registrationSecret: text(),
});

export type PushServiceCredentials = z.infer<typeof pushServiceCredentials>;
