import { z } from 'zod';
import { ApiError } from './errors';

/** The framework's texts for a value that is missing, null, or of the wrong kind. */
function wrong(text: string): { error: (issue: { input?: unknown }) => string } {
  return {
    error: ({ input }) => {
      if (input === undefined) return 'This field is required.';
      return input === null ? 'This field may not be null.' : text;
    },
  };
}

const trimmed = (value: unknown): unknown => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim() : value;
};

/** A text of at most `max` characters that may be empty; numbers become texts and blanks at the ends go. */
export function text(max = Number.POSITIVE_INFINITY) {
  const tooLong = `Ensure this field has no more than ${max} characters.`;
  return z.preprocess(
    trimmed,
    z.string(wrong('Not a valid string.')).refine((value) => value.length <= max, tooLong),
  );
}

/** The same, but not empty. */
export function filledText(max?: number) {
  return text(max).refine((value) => value.length > 0, 'This field may not be blank.');
}

const emailPattern = /^[^\s@<>",;:]+@[^\s@<>",;:]+\.[^\s@<>",;:.]+$/;

/** An e-mail address of at most `max` characters. */
export function email(max = 255) {
  return filledText(max).refine((value) => value === '' || emailPattern.test(value), 'Enter a valid email address.');
}

/** An absolute http(s) address of at most 2100 characters. */
export function url() {
  return filledText(2100).refine((value) => {
    const parsed = URL.parse(value);
    return value === '' || parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  }, 'Enter a valid URL.');
}

const booleans: Record<string, boolean> = { true: true, t: true, 1: true, false: false, f: false, 0: false };

/** A boolean; the usual texts are tolerated. */
export function bool() {
  return z.preprocess(
    (value) => {
      return typeof value === 'string' || typeof value === 'number'
        ? (booleans[String(value).toLowerCase()] ?? value)
        : value;
    },
    z.boolean(wrong('Must be a valid boolean.')),
  );
}

/** A whole number between two limits; a text of digits is tolerated. */
export function integer(min: number, max: number) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\s*-?\d+\s*$/.test(value) ? Number(value) : value),
    z
      .number(wrong('A valid integer is required.'))
      .refine(Number.isInteger, 'A valid integer is required.')
      .refine((value) => value >= min, `Ensure this value is greater than or equal to ${min}.`)
      .refine((value) => value <= max, `Ensure this value is less than or equal to ${max}.`),
  );
}

/** One of a few texts. */
export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: ({ input }) => wrong(`"${String(input)}" is not a valid choice.`).error({ input }) });
}

/** A day as `YYYY-MM-DD`. */
export function day() {
  return filledText(10).refine(
    (value) => value === '' || (/^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))),
    'Date has wrong format. Use one of these formats instead: YYYY-MM-DD.',
  );
}

/** A list of such objects. */
export function list<T extends z.ZodType>(item: T) {
  return z.array(item, wrong('Expected a list of items but got type "str".'));
}

/** An object with these fields; others are ignored, as the service does. */
export function fields<T extends z.ZodRawShape>(shape: T) {
  return z.object(shape, wrong('Invalid data. Expected a dictionary.'));
}

/** The `integration` names that the API knows. */
export const integration = choice(['mfiles', 'salesforce', 'formdesk', 'zapier', 'microsoft-flow']).nullish();

/**
 * Reads a body by its schema.
 *
 * @throws ApiError 400 with every complaint in the nested shape of the API
 */
export function read<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const shape = complaints(result.error.issues, body);
  throw new ApiError(400, Array.isArray(shape) ? { non_field_errors: shape } : shape);
}

type Issue = { path: PropertyKey[]; message: string };
type Complaints = string[] | { [field: string]: Complaints } | Complaints[];

/** Lays complaints out as the API does: texts in a list per field, and a list with empty places for a list of objects. */
function complaints(issues: Issue[], input: unknown): Complaints {
  const own = issues.filter((issue) => issue.path.length === 0).map((issue) => issue.message);
  if (own.length > 0) return own;
  if (Array.isArray(input)) return input.map((item, i) => complaints(below(issues, i), item));
  const keys = new Set(issues.map((issue) => String(issue.path[0])));
  const values = input as Record<string, unknown> | null | undefined;
  return Object.fromEntries([...keys].map((key) => [key, complaints(below(issues, key), values?.[key])]));
}

function below(issues: Issue[], step: string | number): Issue[] {
  return issues
    .filter((issue) => String(issue.path[0]) === String(step))
    .map((issue) => ({ path: issue.path.slice(1), message: issue.message }));
}
