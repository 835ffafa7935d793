/** Where a notification goes: the kinds of addresses, their checks, and the label under which logs may name them. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { SignatureError } from '../errors';
import { checked } from './checked';
import { checkEndpoint, type EndpointRules } from './push-hosts';
import { isAuthSecret, isPublicKey, toBase64Url } from './web-push-keys';

const plain = (error: string) => z.string({ error }).trim();

const fcmToken = plain('must be a text').regex(
  /^[\w:.%=-]{8,4096}$/,
  'is not a registration token. Pass it on exactly as the app got it from Firebase',
);
const fid = plain('must be a text').regex(
  /^[cdef][\w-]{21}$/,
  'is not a Firebase installation id. It has 22 characters and begins with c, d, e or f',
);
const topic = plain('must be a text')
  .transform((name) => name.replace(/^\/topics\//, ''))
  .pipe(z.string().regex(/^[\w.~%-]{1,900}$/, 'is not a topic. Use letters, digits and - _ . ~ %'));

const topicTest = String.raw`'[\w.~%-]+' in topics`;
const condition = plain('must be a text')
  .max(2000, 'is too long')
  .refine((text) => isCondition(text), {
    error: `is not a condition. Write for example "'sales' in topics && 'eu' in topics", with at most five topics`,
  });

const phone = plain('must be a text')
  .transform((number) => number.replace(/[\s()./-]/g, ''))
  .pipe(
    z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/, 'is not a phone number. Write it with + and the country, such as +49 170 1234567'),
  );
const email = plain('must be a text').pipe(z.email('is not an e-mail address').max(254, 'is too long'));

const base64Text = plain('is missing').transform(toBase64Url);
const keys = z.object(
  {
    p256dh: base64Text.refine(isPublicKey, 'is not a public key of a push subscription (65 bytes on P-256, base64url)'),
    auth: base64Text.refine(isAuthSecret, 'is not the secret of a push subscription (16 bytes, base64url)'),
  },
  { error: 'are missing. Pass the subscription on as PushSubscription.toJSON() gives it' },
);

const recipientSchema = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('fcmToken'), token: fcmToken }),
    z.object({ kind: z.literal('fid'), fid }),
    z.object({ kind: z.literal('topic'), topic }),
    z.object({ kind: z.literal('condition'), condition }),
    z.object({
      kind: z.literal('webPush'),
      endpoint: plain('is missing').max(4096, 'is too long'),
      keys,
      /** Milliseconds since 1970; `null` when it does not expire. */
      expirationTime: z.number().nullable().optional(),
    }),
    z.object({ kind: z.literal('phone'), phone }),
    z.object({ kind: z.literal('email'), email }),
    z.object({ kind: z.literal('whatsapp'), phone }),
    z.object({ kind: z.literal('url'), url: plain('is missing').max(4096, 'is too long') }),
    /** What the integrator's template makes of it is between the template and OpenText. */
    z.object({ kind: z.literal('opentext'), devices: z.json({ error: 'must be a value that JSON can hold' }) }),
  ],
  { error: 'is not a kind of recipient' },
);

export type Recipient = z.output<typeof recipientSchema>;
export type RecipientKind = Recipient['kind'];

export interface RecipientRules extends EndpointRules {
  /** Name of the list, for messages; default `recipients`. */
  field?: string;
}

/**
 * Checks one recipient.
 *
 * @param value `{kind, …}`
 * @param rules which hosts a subscription or a URL may lead to
 * @param label name for messages, for example `recipients.2`
 * @throws SignatureError BAD_RECIPIENT; the address is not repeated in it
 */
export function parseRecipient(value: unknown, rules: RecipientRules = {}, label = 'recipient'): Recipient {
  const recipient = checked(recipientSchema, value, { code: 'BAD_RECIPIENT', name: label, prefix: label });
  if (recipient.kind === 'webPush') checkEndpoint(recipient.endpoint, 'webPush', rules, `${label}.endpoint`);
  if (recipient.kind === 'url') checkEndpoint(recipient.url, 'url', rules, `${label}.url`);
  return recipient;
}

/**
 * Checks a list of recipients and drops repeated ones.
 *
 * @throws SignatureError NO_RECIPIENT when there is none, BAD_RECIPIENT naming the position in the list
 */
export function parseRecipients(value: unknown, rules: RecipientRules = {}): Recipient[] {
  const { field = 'recipients' } = rules;
  const list = Array.isArray(value) ? value : value === undefined || value === null || value === '' ? [] : [value];
  if (list.length === 0) {
    throw new SignatureError('NO_RECIPIENT', `${field} is empty. Give at least one device, address or topic.`, {
      field,
    });
  }
  const found = new Map<string, Recipient>();
  for (const [index, item] of list.entries()) {
    const recipient = parseRecipient(item, rules, `${field}.${index}`);
    const address = addressOf(recipient);
    if (!found.has(`${recipient.kind} ${address}`)) found.set(`${recipient.kind} ${address}`, recipient);
  }
  return [...found.values()];
}

/** What makes a recipient this one. Never to be shown. */
export function addressOf(recipient: Recipient): string {
  switch (recipient.kind) {
    case 'fcmToken':
      return recipient.token;
    case 'fid':
      return recipient.fid;
    case 'topic':
      return recipient.topic;
    case 'condition':
      return recipient.condition;
    case 'webPush':
      return recipient.endpoint;
    case 'phone':
    case 'whatsapp':
      return recipient.phone;
    case 'email':
      return recipient.email.toLowerCase();
    case 'url':
      return recipient.url;
    case 'opentext':
      return JSON.stringify(recipient.devices);
  }
}

/**
 * Every text by which a service may repeat a recipient's address in its answer: to be taken out of whatever is shown.
 * Longer ones come first, so that none leaves a rest of another.
 */
export function addressTexts(recipient: Recipient): string[] {
  const texts = [addressOf(recipient)];
  if (recipient.kind === 'email') texts.push(recipient.email);
  if (recipient.kind === 'phone' || recipient.kind === 'whatsapp') texts.push(recipient.phone.slice(1));
  if (recipient.kind === 'opentext') texts.push(...textsIn(recipient.devices));
  if (recipient.kind === 'webPush') texts.push(...urlParts(recipient.endpoint), recipient.keys.auth);
  if (recipient.kind === 'url') texts.push(...urlParts(recipient.url));
  return texts.sort((a, b) => b.length - a.length);
}

/** Long parts of a URL's path and query: what makes it unguessable. */
const urlParts = (url: string): string[] =>
  url
    .split(/[/?&=#]/)
    .slice(3)
    .filter((part) => part.length >= 8);

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= 8 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The name under which logs, results and errors know a recipient: its kind and a short hash, for example `fcmToken#1f0c9a2e`. */
export const recipientLabel = (recipient: Recipient): string =>
  `${recipient.kind}#${createHash('sha256').update(addressOf(recipient)).digest('hex').slice(0, 8)}`;

/** Topic tests joined by && and ||, with parentheses, at most five of them (FCM's rule). */
function isCondition(text: string): boolean {
  const tests = text.match(new RegExp(topicTest, 'g'))?.length ?? 0;
  let rest = text.replace(new RegExp(topicTest, 'g'), 'T').replace(/\s+/g, '');
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest
      .replace(/T(?:&&|\|\|)T/g, 'T')
      .replace(/!T/g, 'T')
      .replace(/\(T\)/g, 'T');
  }
  return rest === 'T' && tests <= 5;
}
