/** Texts and documents with placeholders: `{{path.to.value}}`. */
import { SignatureError } from '../errors';

const placeholder = /\{\{\{\s*([\w.-]+)\s*\}\}\}|\{\{\s*([\w.-]+)\s*\}\}/g;

/** The value at a dotted path; own properties only. */
function valueAt(values: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return Reflect.get(value, key);
  }, values);
}

const asText = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/**
 * Fills in a text. What is not there becomes nothing; values are never read as placeholders themselves.
 *
 * @param template with `{{path}}`
 * @param values for example the message with its envelope
 */
export const renderText = (template: string, values: unknown): string =>
  template.replace(placeholder, (_, triple?: string, double?: string) =>
    asText(valueAt(values, triple ?? double ?? '')),
  );

/**
 * Fills in a JSON document: `"{{path}}"` stands within a JSON string and is escaped for it, `{{{path}}}` stands for a
 * whole JSON value (`null` when it is not there).
 *
 * @param template JSON with placeholders
 * @param values what they stand for
 * @param field name of the template, for the message
 * @returns the JSON text
 * @throws SignatureError BAD_CONFIG when the result is not JSON; no part of it is repeated
 */
export function renderJson(template: string, values: unknown, field = 'template'): string {
  const text = template.replace(placeholder, (_, triple?: string, double?: string) =>
    triple === undefined
      ? JSON.stringify(asText(valueAt(values, double ?? ''))).slice(1, -1)
      : (JSON.stringify(valueAt(values, triple)) ?? 'null'),
  );
  try {
    JSON.parse(text);
  } catch {
    throw new SignatureError(
      'BAD_CONFIG',
      `${field} does not make a JSON document. Put "{{path}}" between double quotes, and {{{path}}} where a whole value stands.`,
      { field },
    );
  }
  return text;
}
