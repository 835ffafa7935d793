import { z } from 'zod';
import type { Content } from '../model';

const word = z.string().nullish().catch(null);
const count = z.coerce.number().int().min(0).nullish().catch(null);

const contentSchema = z.object({
  title: word,
  body: word,
  link: word,
  url: word,
  navigate: word,
  image: word,
  badge: count,
  app_badge: count,
  dueAt: word,
  tag: word,
  data: z.record(z.string(), z.unknown()).catch({}),
});
const nestedSchema = z.object({ notification: z.record(z.string(), z.unknown()) });

/**
 * Reads a decrypted payload as a service worker would: JSON with title, body, link and so on, the same below
 * `notification`, or plain text.
 */
export function readContent(text: string): Content {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return emptyContent('Message', text);
  }
  const nested = nestedSchema.safeParse(value);
  const parsed = contentSchema.safeParse(
    nested.success ? { ...(value as object), ...nested.data.notification } : value,
  );
  if (!parsed.success) return emptyContent('Message', text);
  const { title, body, link, url, navigate, image, badge, app_badge: appBadge, dueAt, tag, data } = parsed.data;
  const linkInData = typeof data.link === 'string' ? data.link : null;
  return {
    title: title || 'Message',
    body: body ?? '',
    link: link ?? url ?? navigate ?? linkInData,
    image: image ?? null,
    badge: badge ?? appBadge ?? null,
    dueAt: dueAt ?? null,
    tag: tag ?? null,
    data,
  };
}

/** A message with a title and a text only. */
export function emptyContent(title: string, body: string): Content {
  return { title, body, link: null, image: null, badge: null, dueAt: null, tag: null, data: {} };
}
