/** HTTP failures as errors of the package: which code, and a sentence that says what to do. */
import { type ErrorCode, SignatureError } from '../errors';
import { readProblem } from './problem';
import { redact } from './redact';

/** What a failed request was, as far as an error may tell. */
export interface Failed {
  /** Plain name of the other side, for example `Core Signature`. */
  service: string;
  host: string;
  /** Whether repeating it can do no harm. */
  idempotent: boolean;
  secrets: readonly string[];
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection broke',
  ERR_BAD_RESPONSE: 'the connection broke',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ETIMEDOUT: 'it did not answer in time',
};

const brokenOff = new Set(['ERR_CANCELED', 'ABORT_ERR']);

/** OpenSSL and Node.js codes of a server certificate that cannot be trusted; trying again cannot help. */
const isCertificateCode = (code: string): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO/.test(code);

/** Failures that another try may cure. */
export const isPassing = (code: string): boolean => Object.hasOwn(reasons, code);

/**
 * The error of a request that got no answer, or only part of one.
 *
 * @param code Node.js error code, `ETIMEDOUT` for our own timeout
 * @param sent whether the request may have reached the service; then a non-idempotent one has an unknown outcome
 */
export function noAnswer(failed: Failed, code: string, sent: boolean): SignatureError {
  const reason = isCertificateCode(code)
    ? 'its certificate is not trusted or the TLS handshake failed'
    : isPassing(code)
      ? reasons[code]
      : brokenOff.has(code)
        ? 'the request was broken off'
        : 'the request failed';
  if (sent && !failed.idempotent) {
    return new SignatureError(
      'OUTCOME_UNKNOWN',
      `${failed.service} at ${failed.host} got the request, but ${reason}. Whether it took effect is unknown. Repeat the message.`,
    );
  }
  return new SignatureError(
    'UNREACHABLE',
    `${failed.service} could not be reached at ${failed.host}: ${reason}. Check the URL, the network and the proxy settings.`,
  );
}

const codeOfStatus = (status: number): ErrorCode => {
  if (status === 401) return 'UNAUTHORIZED';
  if (status === 403) return 'FORBIDDEN';
  if (status === 429) return 'RATE_LIMITED';
  return status >= 400 && status < 500 && status !== 408 ? 'REFUSED' : 'REMOTE_FAULT';
};

function sentence(failed: Failed, status: number, code: ErrorCode, reason: string): string {
  const because = reason === '' ? '' : ` ${reason}`;
  switch (code) {
    case 'UNAUTHORIZED':
      return `${failed.service} refused the credentials.${because} Check the credentials of the account.`;
    case 'FORBIDDEN':
      return `${failed.service} does not allow this.${because} Check the rights of the credentials.`;
    case 'RATE_LIMITED':
      return `${failed.service} throttles requests.${because} Send fewer, or lower the rate limit of the account.`;
    case 'REFUSED':
      return `${failed.service} refused the request (${status}).${because || ' It gave no reason.'}`;
    default:
      return status >= 300 && status < 400
        ? `${failed.service} at ${failed.host} answered with a redirect (${status}). Check the URL.`
        : `${failed.service} at ${failed.host} answered with an error (${status}).${because} Try again later.`;
  }
}

/**
 * The error of an answer that is no success.
 *
 * @param status of the answer
 * @param body parsed JSON, or anything else (HTML, nothing), of which nothing is shown
 */
export function refusal(failed: Failed, status: number, body: unknown): SignatureError {
  const code = codeOfStatus(status);
  const { text, field } = readProblem(body);
  return new SignatureError(code, sentence(failed, status, code, redact(text, failed.secrets)), {
    status,
    ...(field !== undefined && { field: redact(field, failed.secrets) }),
  });
}

/** The error of a successful answer that cannot be read. */
export const unreadable = (failed: Failed, status: number, what: string): SignatureError =>
  new SignatureError(
    'REMOTE_FAULT',
    `${failed.service} at ${failed.host} answered with ${what}. Check the URL, and whether a proxy is in between.`,
    { status },
  );
