import { randomUUID } from 'node:crypto';
import type { Field } from '../model';
import type { Tag } from '../pdf';
import type { PrefillTag } from './schema';

/** Turns the tags found in a PDF into fields. */
export function fieldsFromTags(tags: Tag[]): Field[] {
  return tags.map((tag) => ({ ...tag, uuid: randomUUID() }));
}

/**
 * The value a field has before anybody enters one: from `prefill_tags` by external id, else from the tag itself.
 * A date field is filled with today later, when its page is opened, unless the tag says `p:0`.
 */
export function presetOf(field: Field, prefillTags: PrefillTag[]): string | boolean | null {
  const given = prefillTags.find((tag) => field.externalId !== null && tag.external_id === field.externalId);
  if (field.type === 'c') return given?.checkbox_value ?? field.prefill === '1';
  if (field.type === 'd') return given?.date_value ?? null;
  if (field.type === 's') return null;
  const own = field.prefill === '0' || field.prefill === '1' ? null : field.prefill;
  return given?.text ?? own;
}
