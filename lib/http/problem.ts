/**
 * The reason in an error answer, as a sentence. Understands the shapes of Django REST framework (`detail`, a map of
 * field to texts, lists of such maps), RFC 6749 (`error`, `error_description`), RFC 9457 (`title`, `detail`), Google
 * (`error.message`) and the OpenText gateway (`fault.faultstring`).
 */

export interface Problem {
  /** Readable reason, at most 500 characters; empty when the answer gives none. */
  text: string;
  /** Dotted path of the first field at fault, for example `signers.1.email`. */
  field?: string;
}

const longestText = 500;
const deepest = 6;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textAt = (body: Record<string, unknown>, ...keys: string[]): string | undefined =>
  keys.map((key) => body[key]).find((value): value is string => typeof value === 'string' && value.trim() !== '');

/** Every text in a tree of field errors with the path that leads to it. */
function* fieldTexts(
  value: unknown,
  path: (string | number)[] = [],
): Generator<{ path: (string | number)[]; text: string }> {
  if (path.length > deepest) return;
  if (typeof value === 'string') yield { path, text: value };
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield* fieldTexts(item, typeof item === 'string' ? path : [...path, index]);
    }
  } else if (isRecord(value)) {
    for (const [key, item] of Object.entries(value)) {
      yield* fieldTexts(item, key === 'non_field_errors' ? path : [...path, key]);
    }
  }
}

/** `['signers', 1, 'email']` → `signers 2, email`: people count from one. */
const label = (path: readonly (string | number)[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text} ${part + 1}`.trim();
    return text === '' ? part : `${text}, ${part}`;
  }, '');

const sentence = (text: string): string => {
  const plain = text.trim();
  return /[.!?]$/.test(plain) ? plain : `${plain}.`;
};

const brief = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text);

/**
 * Reads the reason out of a parsed error body.
 *
 * @param body parsed JSON of any shape; anything else gives an empty text
 */
export function readProblem(body: unknown): Problem {
  if (!isRecord(body))
    return { text: Array.isArray(body) ? brief([...fieldTexts(body)].map(asSentence).join(' ')) : '' };
  const inner = [body.fault, body.error].find(isRecord);
  const single =
    textAt(body, 'error_description', 'detail') ??
    (inner && textAt(inner, 'faultstring', 'message')) ??
    (body.errors === undefined ? textAt(body, 'message', 'title', 'error') : undefined);
  if (single !== undefined) return { text: brief(sentence(single)) };
  const found = [...fieldTexts(body.errors ?? body)];
  const field = found.find(({ path }) => path.length > 0)?.path.join('.');
  return { text: brief(found.map(asSentence).join(' ')), ...(field !== undefined && { field }) };
}

const asSentence = ({ path, text }: { path: (string | number)[]; text: string }): string =>
  sentence(path.length === 0 ? text : `${label(path)}: ${text}`);
