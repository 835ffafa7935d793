import * as z from 'zod';
import { commonFields, flag, numberField, text } from '../../lib/node-red/config-fields';

/** Configuration of `core-signature-account`: where the service is, how to log on, and where it can call back. */
export const accountConfig = z.object({
  ...commonFields,
  service: z.enum(['us', 'eu', 'preproduction', 'custom', 'sandbox']).default('sandbox'),
  /** Base URL; for `custom` and `sandbox` only. */
  url: text(),
  auth: z.enum(['ocp', 'otds', 'json', 'token']).default('token'),
  grant: z.enum(['client_credentials', 'password']).default('client_credentials'),
  /** Token endpoint; empty means the one that belongs to the service, the way to log on and the tenant. */
  tokenUrl: text(),
  tenant: text(),
  clientId: text(),
  username: text(),
  subscription: text(),
  tokenScheme: z.enum(['Token', 'Bearer']).default('Token'),
  /** Address at which the service reaches this runtime, for example `https://flows.example.com`. */
  publicUrl: text(),
  ledger: text(),
  ratePerSecond: numberField(5, { min: 0.1, max: 100 }),
  timeoutSeconds: numberField(30, { min: 1, max: 600 }),
  /** How often open envelopes are compared with the service, whatever webhooks say. */
  reconcileMinutes: numberField(15, { min: 0.05, max: 1440 }),
  cancelAction: text('cancel_signrequest'),
  resendAction: text('resend_signrequest_email'),
  forwardAction: text('forward_signer'),
  allowPrivateAddresses: flag(false),
});

export type AccountConfig = z.infer<typeof accountConfig>;

/** Secrets of an account; they live in Node-RED's encrypted credentials file only. */
export const accountCredentials = z.object({
  clientSecret: text(),
  password: text(),
  token: text(),
  /** One key a line; the first is current, the others are still accepted (rotation). */
  hashKeys: text(),
  /** Secret part of the webhook URL; empty means derived from the other secrets. */
  webhookPath: text(),
});

export type AccountCredentials = z.infer<typeof accountCredentials>;
