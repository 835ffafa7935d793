import { hash } from 'node:crypto';

/**
 * JSON text with sorted keys and without spaces, so that equal values have equal text (the idea of RFC 8785).
 * Keys with the value `undefined` are left out, as JSON does.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** sha256 of UTF-8 text, base64url without padding (43 characters). */
export const sha256 = (text: string): string => hash('sha256', text, 'base64url');

/** The first 132 bits of the sha256, as a short permanent key (22 characters). */
export const shortHash = (text: string): string => sha256(text).slice(0, 22);
