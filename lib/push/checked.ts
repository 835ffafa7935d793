/** The border of the push part: one place that turns schema problems into our errors. */
import type { z } from 'zod';
import { type ErrorCode, SignatureError } from '../errors';

/**
 * Checks a value and gives it back as the schema makes it. Messages of the schema complete the sentence that begins with
 * the field's name.
 *
 * @param schema of the value
 * @param value from outside
 * @param fault code of the error, and the name of the value as a whole
 * @throws SignatureError with the given code, naming the first field at fault; values are never repeated in it
 */
export function checked<T extends z.ZodType>(
  schema: T,
  value: unknown,
  fault: { code: ErrorCode; name: string; prefix?: string },
): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const inner = (issue?.path ?? []).map(String).join('.');
  const field = [fault.prefix, inner].filter((part) => part !== undefined && part !== '').join('.') || fault.name;
  throw new SignatureError(fault.code, `${field} ${issue?.message ?? 'is wrong'}.`, { field });
}

/** The entries of a plain object that hold something: no `undefined`, `null` or empty text. Other values come back as they are. */
export function withoutBlanks(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => item !== undefined && item !== null && item !== ''),
  );
}
