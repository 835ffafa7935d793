/** Properties as the browser binding's forms carry them. */
import type { CmisProperties, Pairs } from './client';

/** Id of a property with its value as text, or with the list of its values. */
export type Value = readonly [id: string, value: string | readonly string[]];

export const propertyFields = (values: readonly Value[]): Pairs =>
  values.flatMap(([id, value], n): Pairs => {
    const field = `propertyValue[${n}]`;
    const fields: Pairs =
      typeof value === 'string' ? [[field, value]] : value.map((one, m) => [`${field}[${m}]`, one] as const);
    return [[`propertyId[${n}]`, id], ...fields];
  });

/** What a document has several of, for example its secondary types. */
export const listIn = (properties: CmisProperties | null, name: string): string[] => {
  const value = properties?.[name];
  return Array.isArray(value) ? value.map(String) : [];
};

const secondary = 'cmis:secondaryObjectTypeIds';

/** The property that adds secondary types to those a document has; nothing when it has them all. */
export function addedTypes(before: CmisProperties | null, wanted: readonly string[]): Value[] {
  const present = listIn(before, secondary);
  const all = new Set([...present, ...wanted]);
  return all.size === present.length ? [] : [[secondary, [...all]]];
}

/** Those that would change the document. What is as it should be is not sent, as it may be writable only once. */
export const changedValues = (values: readonly Value[], before: CmisProperties): Value[] =>
  values.filter(([id, value]) => {
    const now = before[id] ?? [];
    const list = typeof value === 'string' ? [value] : value;
    const present = (Array.isArray(now) ? now : [now]).map(String);
    return list.length !== present.length || list.some((one, n) => one !== present[n]);
  });
