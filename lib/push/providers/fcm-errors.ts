/** What FCM's refusals mean (Firebase, "FCM error codes"; google.rpc.Code). */
import { z } from 'zod';
import type { HttpAnswer } from '../../http/client';
import { failed, type Hidden, retry, saying } from '../outcome';
import type { SendResult } from '../types';

const violations = z.array(z.object({ field: z.string().catch('') })).catch([]);

const errorSchema = z.object({
  error: z.object({
    status: z.string().optional().catch(undefined),
    details: z
      .array(
        z.object({
          '@type': z.string().catch(''),
          errorCode: z.string().optional().catch(undefined),
          fieldViolations: violations.optional(),
        }),
      )
      .catch([]),
  }),
});

export interface FcmError {
  /** Of `FcmError`, the only one that speaks about the device. */
  errorCode?: string;
  /** Canonical code of Google's APIs. */
  status?: string;
  /** Paths of the fields at fault, for example `message.token`. */
  fields: string[];
}

/** Reads an error body of any shape. */
export function readFcmError(data: unknown): FcmError {
  const parsed = errorSchema.safeParse(data);
  if (!parsed.success) return { fields: [] };
  const { status, details } = parsed.data.error;
  const errorCode = details.find(
    (detail) => detail.errorCode !== undefined && /FcmError$/.test(detail['@type']),
  )?.errorCode;
  return {
    fields: details.flatMap((detail) => detail.fieldViolations?.map(({ field }) => field) ?? []),
    ...(errorCode !== undefined && { errorCode }),
    ...(status !== undefined && { status }),
  };
}

/** Whether a new access token may help: a 401 that is not about the sender's other credentials. */
export const isTokenRefused = ({ status, data }: HttpAnswer): boolean =>
  status === 401 && readFcmError(data).errorCode === undefined;

const firstQuotaPauseMs = 60_000;
const firstUnavailablePauseMs = 1000;

/** One word for every refusal: the FCM code, else the canonical code, else the HTTP status. */
function kindOf({ errorCode, status }: FcmError, httpStatus: number): string {
  if (errorCode !== undefined && errorCode !== 'UNSPECIFIED_ERROR') return errorCode;
  if (status !== undefined && status !== '') return status;
  if (httpStatus === 400) return 'INVALID_ARGUMENT';
  if (httpStatus === 401) return 'UNAUTHENTICATED';
  if (httpStatus === 403) return 'PERMISSION_DENIED';
  if (httpStatus === 404) return 'NOT_FOUND';
  if (httpStatus === 429) return 'QUOTA_EXCEEDED';
  if (httpStatus === 503) return 'UNAVAILABLE';
  return httpStatus >= 500 || httpStatus === 408 ? 'INTERNAL' : String(httpStatus);
}

/**
 * The result of a refusal.
 *
 * @param answer with a status of 300 or more
 * @param about `isDevice`: a token or installation, which can die; `pauseMs` of `Retry-After`; texts to hide
 */
export function fcmRefusal(
  answer: HttpAnswer,
  about: { isDevice: boolean; pauseMs?: number; hidden: Hidden },
): SendResult {
  const error = readFcmError(answer.data);
  const said = saying(answer.data, about.hidden);
  switch (kindOf(error, answer.status)) {
    case 'UNREGISTERED':
      return about.isDevice
        ? { state: 'dead', reason: 'FCM says that the app is not installed on this device any more (UNREGISTERED).' }
        : failed('REFUSED', `FCM refused the message (UNREGISTERED).${said}`);
    case 'INVALID_ARGUMENT':
      return invalid(error, said);
    case 'SENDER_ID_MISMATCH':
      return failed(
        'FORBIDDEN',
        'FCM says that the device belongs to another Firebase project (SENDER_ID_MISMATCH). Check projectId and the service account.',
      );
    case 'THIRD_PARTY_AUTH_ERROR':
      return failed(
        'UNAUTHORIZED',
        'FCM could not log on to Apple or to the web push service (THIRD_PARTY_AUTH_ERROR). Check the APNs key and the web push certificate in the Firebase project.',
      );
    case 'UNAUTHENTICATED':
      return failed('UNAUTHORIZED', `FCM refused the credentials.${said} Check the service account.`);
    case 'PERMISSION_DENIED':
      return failed(
        'FORBIDDEN',
        `FCM does not let this service account send.${said} Check projectId and the role "Firebase Cloud Messaging API Admin".`,
      );
    case 'NOT_FOUND':
      return failed('REFUSED', `FCM does not know this project.${said} Check projectId and baseUrl.`);
    case 'QUOTA_EXCEEDED':
    case 'RESOURCE_EXHAUSTED':
      return retry('FCM throttles messages (QUOTA_EXCEEDED).', about.pauseMs ?? firstQuotaPauseMs);
    case 'UNAVAILABLE':
      return retry('FCM is overloaded (UNAVAILABLE).', Math.max(firstUnavailablePauseMs, about.pauseMs ?? 0));
    case 'INTERNAL':
    case 'UNKNOWN':
    case 'DEADLINE_EXCEEDED':
    case 'ABORTED':
      return retry(`FCM answered with an error (${answer.status}).`, about.pauseMs);
    case '413':
      return failed('PAYLOAD_TOO_LARGE', 'FCM says that the message is too large. Shorten body or data.');
    default:
      return failed('REFUSED', `FCM refused the message (${answer.status}).${said}`);
  }
}

/** A wrong field says nothing about the device: it may be a bug of ours or of a template, so no device is dropped. */
function invalid({ fields }: FcmError, said: string): SendResult {
  if (/too (?:big|large|long)|exceeds/i.test(said))
    return failed('PAYLOAD_TOO_LARGE', `FCM refused the message.${said}`);
  const aboutTarget =
    fields.some((field) => /^message\.(?:token|fid|topic|condition)$/.test(field)) || /registration token/i.test(said);
  return failed(aboutTarget ? 'BAD_RECIPIENT' : 'REFUSED', `FCM refused the message (INVALID_ARGUMENT).${said}`);
}
