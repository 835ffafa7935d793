/** Refusals in the shape of Google's APIs (google.rpc.Status; Firebase, "FCM error codes"). */
import { ApiError } from '../../http/errors';

const kinds = {
  INVALID_ARGUMENT: { http: 400, status: 'INVALID_ARGUMENT', message: 'Request contains an invalid argument.' },
  UNREGISTERED: { http: 404, status: 'NOT_FOUND', message: 'Requested entity was not found.' },
  SENDER_ID_MISMATCH: { http: 403, status: 'PERMISSION_DENIED', message: 'SenderId mismatch' },
  THIRD_PARTY_AUTH_ERROR: {
    http: 401,
    status: 'UNAUTHENTICATED',
    message: 'Auth error from APNS or Web Push Service',
  },
  QUOTA_EXCEEDED: { http: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded for sending messages.' },
  UNAVAILABLE: { http: 503, status: 'UNAVAILABLE', message: 'The service is currently unavailable.' },
  INTERNAL: { http: 500, status: 'INTERNAL', message: 'Internal error encountered.' },
} as const;

export type FcmErrorCode = keyof typeof kinds;

const canonical: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** One complaint about one field of the request. */
export interface Violation {
  field: string;
  description: string;
}

/** Whether a word is one of FCM's own codes. */
export function isFcmErrorCode(code: string): code is FcmErrorCode {
  return Object.hasOwn(kinds, code);
}

/** A refusal with one of FCM's own codes. */
export function fcmError(code: FcmErrorCode, message?: string, headers: Record<string, string> = {}): ApiError {
  const { http, status, message: usual } = kinds[code];
  const details = [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: code }];
  return new ApiError(http, { error: { code: http, message: message ?? usual, status, details } }, headers);
}

/** A refusal without a code of FCM: what Google's servers say before FCM sees the request. */
export function googleError(http: number, message: string, headers: Record<string, string> = {}): ApiError {
  return new ApiError(http, { error: { code: http, message, status: canonical[http] ?? 'UNKNOWN' } }, headers);
}

/** 400 for fields that the API does not have or cannot read. */
export function badRequest(fieldViolations: Violation[]): ApiError {
  const message = fieldViolations.map(({ description }) => description).join('\n');
  const details = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations }];
  return new ApiError(400, { error: { code: 400, message, status: 'INVALID_ARGUMENT', details } });
}
