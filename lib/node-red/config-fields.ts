import * as z from 'zod';

/**
 * Building blocks of a node's configuration schema.
 *
 * The editor stores what its form fields hold: text for numbers, an empty string for "nothing chosen". These schemas
 * accept that and give the runtime a clean value, so that a flow written by hand, by the editor or by an older version
 * reads the same.
 */

/** A typed input is two properties in a flow: the value as text and the type that says where the value comes from. */
export const valueTypes = ['str', 'num', 'bool', 'json', 'bin', 'msg', 'flow', 'global', 'env', 'jsonata'] as const;
export const valueType = z.enum(valueTypes);
export type ValueType = z.infer<typeof valueType>;

/** Free text; missing means empty. */
export const text = (value = '') => z.coerce.string().default(value);

/** A checkbox. */
export const flag = (value: boolean) => z.boolean().default(value);

/** The value half of a typed input. Numbers and booleans written by hand into a flow become text, as the editor has it. */
export const typedValue = (value = '') =>
  z
    .union([z.string(), z.number(), z.boolean()])
    .transform((given) => String(given))
    .default(value);

/** The type half of a typed input. */
export const typedAs = (type: ValueType) => valueType.default(type);

interface Bounds {
  min: number;
  max: number;
}

/**
 * A number field with bounds, which the editor stores as text.
 *
 * @param value default, also for an empty field
 */
export const numberField = (value: number, bounds: Bounds) =>
  z
    .union([z.string(), z.number()])
    .transform((given, context) => (given === '' ? value : numberWithin(given, bounds, context)))
    .default(value);

/**
 * A number field with bounds that may be empty, which means none.
 *
 * @param value default of a flow that does not have the field
 */
export const numberOrNone = (value: number, bounds: Bounds) =>
  z
    .union([z.string(), z.number(), z.null()])
    .transform((given, context) => (given === '' || given === null ? null : numberWithin(given, bounds, context)))
    .default(value);

function numberWithin(given: string | number, { min, max }: Bounds, context: z.RefinementCtx): number {
  const number = Number(given);
  if (Number.isFinite(number) && number >= min && number <= max) return number;
  context.addIssue({ code: 'custom', message: `must be a number from ${min} to ${max}, not "${given}"` });
  return z.NEVER;
}

/** What every node has, whatever it does. */
export const commonFields = { name: text(), version: z.number().int().default(1) };
