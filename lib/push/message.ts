/** The one model of a notification, whatever service carries it. */
import { z } from 'zod';
import { SignatureError } from '../errors';
import type { Clock, EpochMs } from '../time/clock';
import { parseDuration, untilTime } from '../time/duration';
import { checked, withoutBlanks } from './checked';
import { isAcceptableLink } from './link';

export type Priority = 'high' | 'normal';

/** Fields of one platform, laid over what is made of the rest; in the spelling of FCM's REST API. */
export type PlatformBlock = Record<string, unknown>;

/** Plain data, so that it can be kept while it is tried again. */
export interface Notification {
  title: string;
  body?: string;
  /** What a click opens. Holds a secret when it is a signing link. */
  link?: string;
  dueAt?: EpochMs;
  /** From here on it must not be shown any more: the end of its time to live, or the due date when that is earlier. */
  expiresAt: EpochMs;
  priority: Priority;
  /** A later notification with the same key replaces this one. */
  collapseKey?: string;
  envelopeId?: string;
  /** Number at the app's icon. */
  badge?: number;
  image?: string;
  sound?: string;
  data: Record<string, string>;
  /** The service only checks; FCM alone can do that. */
  dryRun: boolean;
  android?: PlatformBlock;
  apns?: PlatformBlock;
  webpush?: PlatformBlock;
}

/** What a notification is made of, as the dialog or the message gives it. `null` and empty texts count as not given. */
export interface NotificationInput {
  title: string;
  body?: string;
  link?: string;
  /** ISO 8601 date and time, milliseconds since 1970, a `Date`, or a length of time from now. */
  dueAt?: string | number | Date;
  /** A length of time such as `2 days`, or seconds; default and most: four weeks. */
  ttl?: string | number;
  /** Default `high`: it asks a person to act. */
  priority?: Priority;
  /** Default: the envelope's id. */
  collapseKey?: string;
  badge?: number | string;
  image?: string;
  sound?: string;
  data?: Record<string, string | number | boolean>;
  dryRun?: boolean;
  android?: PlatformBlock;
  apns?: PlatformBlock;
  webpush?: PlatformBlock;
}

export interface NotificationContext {
  clock: Clock;
  envelopeId?: string;
  /** Accept links with http also to other computers, for a sandbox in the local network. */
  allowHttpLinks?: boolean;
}

/** The longest time to live of FCM and of the web push services, in seconds. */
export const longestTtlSeconds = 4 * 7 * 24 * 3600;

/** FCM keeps these names for itself; refused everywhere, so that a flow does not break when the service is exchanged. */
const isReservedKey = (key: string): boolean =>
  key === 'from' || key === 'message_type' || key.startsWith('google.') || key.startsWith('gcm.notification.');

const text = z.string({ error: 'must be a text' }).trim();
const block = z.record(z.string(), z.unknown(), { error: 'must be an object' });

const inputSchema = z.object({
  title: z.string({ error: 'is missing. Give the notification a title' }).trim().min(1, 'is empty. Give it a text'),
  body: text.optional(),
  link: text.optional(),
  dueAt: z.unknown().optional(),
  ttl: z.unknown().optional(),
  priority: z.enum(['high', 'normal'], { error: 'must be "high" or "normal"' }).default('high'),
  collapseKey: text.min(1).max(1000, 'is longer than 1,000 characters').optional(),
  badge: z.coerce
    .number({ error: 'must be a whole number, 0 or more' })
    .int('must be a whole number, 0 or more')
    .min(0, 'must be a whole number, 0 or more')
    .max(2 ** 31 - 1, 'is too large')
    .optional(),
  image: text.refine((url) => isAcceptableLink(url, { httpsOnly: true }), 'must be an https address').optional(),
  sound: text.optional(),
  data: z
    .record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean()], { error: 'must be a text, number or boolean' }),
      {
        error: 'must be an object of texts',
      },
    )
    .refine((data) => !Object.keys(data).some(isReservedKey), {
      error: 'has a key that push services reserve (from, message_type, google.…, gcm.notification.…). Rename it',
    })
    .transform((data) => Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)])))
    .default({}),
  dryRun: z.boolean({ error: 'must be true or false' }).default(false),
  android: block.optional(),
  apns: block.optional(),
  webpush: block.optional(),
});

/**
 * Makes a notification and checks all of it that does not depend on the service.
 *
 * @param input see `NotificationInput`
 * @param context the clock on which the due date counts, and the envelope it is about
 * @throws SignatureError BAD_INPUT naming the field, DUE_IN_PAST
 */
export function createNotification(input: NotificationInput, context: NotificationContext): Notification {
  const given = checked(inputSchema, withoutBlanks(input), { code: 'BAD_INPUT', name: 'notification' });
  const { dueAt: dueGiven, ttl, link, collapseKey = context.envelopeId, ...rest } = given;
  const now = context.clock.now();
  if (link !== undefined && !isAcceptableLink(link, { allowHttp: context.allowHttpLinks })) {
    throw new SignatureError(
      'BAD_INPUT',
      'link must be an https address, or an address of your app such as "myapp://…". Plain http is accepted for this computer only.',
      { field: 'link' },
    );
  }
  const dueAt = dueGiven === undefined ? undefined : untilTime(dueGiven, context.clock, 'dueAt');
  if (dueAt !== undefined && dueAt <= now) throw dueInPast();
  const ttlMs =
    ttl === undefined ? Number.POSITIVE_INFINITY : parseDuration(numeric(ttl), { unit: 'seconds', field: 'ttl' });
  const lifetimeMs = Math.min(ttlMs, longestTtlSeconds * 1000);
  return {
    ...rest,
    ...(link !== undefined && { link }),
    ...(collapseKey !== undefined && { collapseKey }),
    ...(context.envelopeId !== undefined && { envelopeId: context.envelopeId }),
    ...(dueAt !== undefined && { dueAt }),
    expiresAt: Math.min(now + lifetimeMs, dueAt ?? Number.POSITIVE_INFINITY),
  };
}

/** The error of a notification whose time has passed before it could be sent. */
export const dueInPast = (): SignatureError =>
  new SignatureError('DUE_IN_PAST', 'dueAt is in the past. Nothing was sent. Give a moment that is still to come.', {
    field: 'dueAt',
  });

/**
 * The time to live that is left.
 *
 * @param now on the clock the notification was made with
 * @returns whole seconds, at least 0
 */
export const ttlSeconds = ({ expiresAt }: Notification, now: EpochMs): number =>
  Math.min(longestTtlSeconds, Math.max(0, Math.floor((expiresAt - now) / 1000)));

/** The data an app gets: what the flow gave, and link, due date and envelope beside it. */
export const dataOf = ({ data, link, dueAt, envelopeId }: Notification): Record<string, string> => ({
  ...(link !== undefined && { link }),
  ...(dueAt !== undefined && { dueAt: new Date(dueAt).toISOString() }),
  ...(envelopeId !== undefined && { envelopeId }),
  ...data,
});

const numeric = (value: unknown): unknown =>
  typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
