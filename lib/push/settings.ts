/** What a push service is configured with, secrets included. */
import { z } from 'zod';
import { isSafeServiceUrl } from './push-hosts';
import { webhookSecret } from './standard-webhooks';
import { isKeyPair, isPublicKey, toBase64Url } from './web-push-keys';

const filled = z.string({ error: 'is empty. Fill it in' }).trim().min(1, 'is empty. Fill it in');

/** Empty texts count as missing: that is what an empty field of a dialog gives. */
const orMissing = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' || value === null ? undefined : value), schema.optional());
const optional = orMissing(z.string({ error: 'must be a text' }).trim());

/** An address an administrator wrote. Credentials go there, so plain http has to stay in the house. */
const url = filled
  .refine((text) => URL.canParse(text), 'is not a URL. Write https://…')
  .refine(isSafeServiceUrl, 'must begin with https://. Plain http is accepted within a private network only');
const baseUrl = url.transform((text) => (text.endsWith('/') ? text : `${text}/`));

const fcm = z.object({
  kind: z.literal('fcm'),
  /** The service account's key file: its text, or the parsed object. */
  serviceAccount: z.unknown(),
  /** Default: the one of the service account. */
  projectId: optional,
  baseUrl: orMissing(baseUrl).transform((text) => text ?? 'https://fcm.googleapis.com/'),
  /** Default: `token_uri` of the service account. */
  tokenUrl: orMissing(url),
  /** Android intent that a click starts; the link is in `data.link`. */
  clickAction: optional,
  /** Android notification channel. */
  channelId: optional,
  /** iOS notification category. */
  category: optional,
});

const webpush = z.object({
  kind: z.literal('webpush'),
  vapid: z
    .object(
      {
        subject: filled.refine(
          (text) => /^mailto:\s*\S+@\S+$/.test(text) || (URL.canParse(text) && new URL(text).protocol === 'https:'),
          'must be a contact of yours: "mailto:you@example.com" or an https address',
        ),
        publicKey: filled.transform(toBase64Url).refine(isPublicKey, 'is not a VAPID public key (65 bytes, base64url)'),
        privateKey: filled.transform(toBase64Url),
      },
      { error: 'is missing. Generate keys in the dialog' },
    )
    .refine((vapid) => isKeyPair(vapid.privateKey, vapid.publicKey), {
      path: ['privateKey'],
      error: 'is not a VAPID private key, or not the one of this public key. Paste both again, or generate new ones',
    }),
  /** Further hosts of push services. */
  hosts: z.array(z.string()).default([]),
  allowPrivateAddresses: z.boolean().default(false),
});

const openTextAuth = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('basic'), user: filled, password: filled }),
    z
      .object({
        kind: z.literal('oauth'),
        /** Default: the one of the tenant in the region. */
        tokenUrl: orMissing(url),
        tenant: optional,
        clientId: filled,
        clientSecret: filled,
      })
      .refine(({ tokenUrl, tenant }) => Boolean(tokenUrl ?? tenant), {
        path: ['tenant'],
        error: 'is empty. Fill it in, or give tokenUrl',
      }),
  ],
  { error: 'must be "basic" or "oauth"' },
);

const opentext = z.object({
  kind: z.literal('opentext'),
  /** Default: the one of the region. */
  baseUrl: orMissing(baseUrl),
  region: z.enum(['us', 'eu', 'us-test'], { error: 'must be us, eu or us-test' }).default('us'),
  auth: openTextAuth,
  /** JSON document of a push job with placeholders; needed for recipients of kind `opentext`. */
  template: optional,
  /** Name of the job file; default from the idempotency key. */
  fileName: optional,
  /** Sender's name in e-mails. */
  fromName: optional,
  billingCode: optional,
  /** Template of WhatsApp that Meta approved; `parameters` such as `{"body[1]text": "{{title}}"}`. Without one: free text. */
  whatsappTemplate: z
    .object({ id: filled, language: filled, parameters: z.record(z.string(), z.string()).default({}) })
    .optional(),
});

const webhook = z.object({
  kind: z.literal('webhook'),
  /** Secret of Standard Webhooks: base64, with or without `whsec_`. Without one, requests are not signed. */
  secret: orMissing(
    z
      .string({ error: 'must be a text' })
      .refine((text) => webhookSecret(text) !== undefined, 'is not 24 to 64 bytes in base64, with or without "whsec_"'),
  ),
  headers: z
    .record(z.string().regex(/^[\w-]+$/), z.string().regex(/^[\t\x20-\x7e]*$/), {
      error: 'has a name or a value that an HTTP header cannot hold',
    })
    .default({}),
  allowPrivateAddresses: z.boolean().default(false),
});

/** Checks the settings of a provider. */
export const settingsSchema = z.discriminatedUnion('kind', [fcm, webpush, opentext, webhook], {
  error: 'must be fcm, webpush, opentext or webhook',
});

/** As a caller writes them. */
export type ProviderSettings = z.input<typeof settingsSchema>;

export type FcmSettings = z.output<typeof fcm>;
export type WebPushSettings = z.output<typeof webpush>;
export type OpenTextSettings = z.output<typeof opentext>;
export type WebhookSettings = z.output<typeof webhook>;
