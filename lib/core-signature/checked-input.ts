/** The border between what flows hand in and what is sent: one place that turns schema problems into our errors. */
import { z } from 'zod';
import { type ErrorCode, errorCodes, SignatureError } from '../errors';

/**
 * Checks what is about to be sent and drops what is undefined or unknown.
 *
 * @param schema of the request
 * @param input in the names of the wire
 * @throws SignatureError BAD_SIGNER, NO_SIGNER, DUPLICATE_SIGNER, NO_DOCUMENT, BAD_DOCUMENT or BAD_INPUT, naming the first
 *   field at fault; values are not repeated in the message, e-mail addresses of duplicates excepted
 */
export function checkedInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).map((part) => (typeof part === 'symbol' ? '' : part));
  const params: unknown = issue !== undefined && 'params' in issue ? issue.params : undefined;
  const code = codeIn(params) ?? (path[0] === 'signers' ? 'BAD_SIGNER' : 'BAD_INPUT');
  const label =
    path[0] === 'signers' && typeof path[1] === 'number'
      ? `signer ${path[1] + 1}: ${path.slice(2).join('.')}`
      : path.join('.');
  throw new SignatureError(code, `${label} ${issue?.message ?? 'is wrong'}.`, { field: path.join('.') });
}

const codeIn = (params: unknown): ErrorCode | undefined => {
  const parsed = z.object({ code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]) }).safeParse(params);
  return parsed.success ? parsed.data.code : undefined;
};
