/** Re-checks an exported journal, in which each entry's hash covers the hash before it. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

const journal = z.object({
  account: z.string(),
  envelope: z.string(),
  entries: z.array(
    z.object({ seq: z.number(), at: z.number(), kind: z.string(), body: z.unknown(), hash: z.string() }),
  ),
});

/** JSON text with sorted keys and without spaces: the text that was hashed. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

/**
 * Checks the chain of a journal: `{account, envelope, entries: [{seq, at, kind, body, hash}]}`.
 *
 * @param value parsed JSON
 * @returns what is wrong, as one sentence naming the entry; undefined when the chain holds
 */
export function brokenChain(value: unknown): string | undefined {
  const parsed = journal.safeParse(value);
  if (!parsed.success) return 'The journal is not in the expected form.';
  const { account, envelope, entries } = parsed.data;
  let before = '';
  for (const [index, { seq, at, kind, body, hash }] of entries.entries()) {
    const text = `${before}\n${canonical([account, envelope, seq, at, kind, canonical(body)])}`;
    if (seq !== index + 1) return `Entry ${index + 1} of the journal is missing.`;
    if (hash !== createHash('sha256').update(text).digest('base64url'))
      return `Entry ${seq} of the journal was changed.`;
    before = hash;
  }
  return undefined;
}
