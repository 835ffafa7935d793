import type { CmsInstance } from '../model';
import { coreError } from './service';

const term = /\s*([\w.]+)\s*(?:eq|=)\s*(?:'((?:[^']|'')*)'|(-?[\w.]+))\s*/iy;

/**
 * Reads a filter such as `name eq 'X' and parent_folder_id eq '…'`; two quotes stand for one.
 *
 * @throws ApiError 400 when it is something else
 */
export function filterOf(filter: string | null): (instance: CmsInstance) => boolean {
  if (filter === null || filter.trim() === '') return () => true;
  const wanted: [string, string][] = [];
  term.lastIndex = 0;
  for (let at = 0; at < filter.length; at = term.lastIndex) {
    const match = term.exec(filter);
    if (match === null) throw coreError(400, `The filter cannot be read at position ${at}.`);
    wanted.push([match[1] ?? '', match[2]?.replaceAll("''", "'") ?? match[3] ?? '']);
    const joint = /and\s/iy;
    joint.lastIndex = term.lastIndex;
    if (joint.test(filter)) term.lastIndex = joint.lastIndex;
    else if (term.lastIndex < filter.length) throw coreError(400, 'Only terms joined by "and" are supported.');
  }
  return (instance) => wanted.every(([name, value]) => propertyOf(instance, name) === value);
}

/** Any property may stand alone, or as `properties.name`. */
function propertyOf({ uuid, type, given }: CmsInstance, name: string): string | undefined {
  switch (name) {
    case 'id':
      return uuid;
    case 'type':
      return type;
    case 'latest':
      return 'true';
    case 'name':
      return given.name;
    case 'parent_folder_id':
      return given.parent_folder_id ?? '';
    default: {
      const value = given.properties[name.replace(/^properties\./, '')];
      return value === undefined || value === null ? undefined : String(value);
    }
  }
}
