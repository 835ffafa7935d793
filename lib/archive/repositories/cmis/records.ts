/** Retention and holds of CMIS 1.1: secondary types with properties of their own. */
import type { RecordOptions } from '../types';
import type { CmisProperties, Pairs } from './client';

const retention = 'cmis:rm_clientMgtRetention';
const hold = 'cmis:rm_hold';

/**
 * Form fields of an `update` that puts a document under retention or hold. Holds that are there stay.
 *
 * @param before the document's properties now
 */
export function recordPairs(before: CmisProperties | null, { retainUntil, hold: wanted }: RecordOptions): Pairs {
  const list = (name: string) => {
    const value = before?.[name];
    return Array.isArray(value) ? value.map(String) : [];
  };
  const types = [...(retainUntil ? [retention] : []), ...(wanted ? [hold] : [])];
  const missing = types.filter((type) => !list('cmis:secondaryObjectTypeIds').includes(type));
  const pairs: [string, string][] = missing.map((type, n) => [`addSecondaryTypeId[${n}]`, type]);
  let n = 0;
  if (retainUntil !== undefined) {
    pairs.push(
      [`propertyId[${n}]`, 'cmis:rm_expirationDate'],
      [`propertyValue[${n}]`, String(Date.parse(retainUntil))],
    );
    n += 1;
  }
  if (wanted !== undefined) {
    const holds = new Set([...list('cmis:rm_holdIds'), wanted]);
    pairs.push([`propertyId[${n}]`, 'cmis:rm_holdIds']);
    for (const [m, id] of [...holds].entries()) pairs.push([`propertyValue[${n}][${m}]`, id]);
  }
  return pairs;
}
