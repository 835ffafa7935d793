/** Retention and holds of CMIS 1.1: secondary types with properties of their own. */
import type { RecordOptions } from '../types';
import type { CmisProperties } from './client';
import { addedTypes, listIn, type Value } from './form';

const retention = 'cmis:rm_clientMgtRetention';
const hold = 'cmis:rm_hold';

/**
 * Properties that put a document under retention or hold. Holds that are there stay.
 *
 * @param before the document's properties now
 */
export function recordValues(before: CmisProperties | null, { retainUntil, hold: wanted }: RecordOptions): Value[] {
  const types = [...(retainUntil ? [retention] : []), ...(wanted ? [hold] : [])];
  return [
    ...addedTypes(before, types),
    ...(retainUntil ? [['cmis:rm_expirationDate', String(Date.parse(retainUntil))] as const] : []),
    ...(wanted ? [['cmis:rm_holdIds', [...new Set([...listIn(before, 'cmis:rm_holdIds'), wanted])]] as const] : []),
  ];
}
