import type { Rule } from './rules.editor';

/** Time zones by name, as this browser knows them; `UTC` is missing in some lists. */
const zones = (): string[] => [...new Set(['UTC', ...(Intl.supportedValuesOf?.('timeZone') ?? [])])];

/** The zone of this browser, for what has no zone of its own. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** Lets a text field suggest the names of time zones. */
export function suggestZones(field: JQuery): void {
  const id = `${field.attr('id') ?? ''}-zones`;
  const list = $('<datalist>', { id });
  for (const zone of zones()) $('<option>', { value: zone }).appendTo(list);
  list.appendTo(field.closest('.form-row'));
  field.attr('list', id);
}

/** A name such as `Europe/Berlin`; an offset such as `+01:00` would not know about daylight saving. */
export function isZoneName(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const timeZone: Rule = (value, { say, label }) => isZoneName(value.trim()) || say('validation.zone', { label });
