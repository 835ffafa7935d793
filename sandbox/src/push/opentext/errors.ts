import { ApiError } from '../../http/errors';

/** A refusal. The service answers errors in JSON whose shape is not public; this one is the sandbox's. */
export function messagingError(status: number, text: string, headers: Record<string, string> = {}): ApiError {
  return new ApiError(status, { error: { code: status, message: text } }, headers);
}
