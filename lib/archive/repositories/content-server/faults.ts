/**
 * What a refusal of Content Server means. It answers most of them with 400 or 500 and a text, in the server's language;
 * so the text is a hint, and what matters (a taken name) is confirmed by reading.
 */
import type { ErrorCode, SignatureError } from '../../../errors';
import type { HttpAnswer } from '../../../http/client';
import { readProblem } from '../../../http/problem';
import { type FaultOptions, fault, plainFault } from '../remote';

const words: readonly [RegExp, ErrorCode][] = [
  [/quota|disk (?:is )?full|not enough space|storage limit/i, 'QUOTA_FULL'],
  [/retention|on hold|legal hold|official record|finali[sz]ed|frozen|reserved by/i, 'RETENTION'],
  [/required|mandatory|must (?:be|have) (?:a value|filled|specified)/i, 'MISSING_ATTRIBUTE'],
  [/permission|privilege|access denied|not allowed|insufficient/i, 'FORBIDDEN'],
  [/categor/i, 'UNKNOWN_TYPE'],
  [/invalid name|name (?:is )?(?:too long|invalid|cannot|must not)|illegal character/i, 'NAME_NOT_ALLOWED'],
  [/parent|could not (?:be )?access|does not exist|not found/i, 'NO_CONTAINER'],
];

/** @param answer that is no success */
export function contentServerFault(answer: HttpAnswer, options: FaultOptions): SignatureError {
  const { text } = readProblem(answer.data);
  if (answer.status === 401) return plainFault(answer, options);
  const found = words.find(([pattern]) => pattern.test(text))?.[1];
  const code = found ?? (answer.status === 403 ? 'FORBIDDEN' : answer.status === 413 ? 'QUOTA_FULL' : undefined);
  return code === undefined ? plainFault(answer, options) : fault(code, answer, options);
}
