/**
 * The one error family of the package.
 *
 * `code` is stable and meant for a Catch node (`msg.error.code`); `message` is a full English sentence that names the
 * field and says what to do. No instance ever carries a secret, a request header or a foreign error as `cause`, because
 * Node-RED hands both to the flow.
 */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
  /** Stable machine-readable code, for example `NO_SIGNER`. */
  readonly code: ErrorCode;
  /** The configuration field or message property at fault, when there is one. */
  readonly field?: string;
  /** HTTP status of the remote answer, when there was one. */
  readonly status?: number;

  constructor(code: ErrorCode, message: string, detail: { field?: string; status?: number } = {}) {
    super(message);
    this.code = code;
    if (detail.field !== undefined) this.field = detail.field;
    if (detail.status !== undefined) this.status = detail.status;
  }
}

/** Every code a Catch node can meet, with when it is used. The README and the help texts list the same codes. */
export const errorCodes = {
  NO_DOCUMENT: 'no document in the message or the dialog',
  BAD_DOCUMENT: 'the document is empty, not what its name says, or cannot be read',
  DOCUMENT_TOO_LARGE: 'the document is over the size limit',
  NO_SIGNER: 'no signer, or none who has to act',
  BAD_SIGNER: 'a signer has a bad e-mail address, order, role, language or phone number',
  DUPLICATE_SIGNER: 'the same e-mail address appears twice',
  BAD_INPUT: 'another field has a value that cannot be used',
  BAD_CONFIG: 'the node or account is not configured completely',
  UNKNOWN_TEMPLATE: 'the template does not exist in the account',
  UNKNOWN_STATUS: 'not one of the envelope statuses',
  NO_RECIPIENT: 'no device, address or topic to notify',
  BAD_RECIPIENT: 'a token, subscription, address or URL cannot be right, or the push service cannot reach it',
  PAYLOAD_TOO_LARGE: 'the notification is over the size limit of the push service',
  SUPERSEDED: 'a later notification with the same collapse key has gone to the same recipient',
  DUE_IN_PAST: 'the due date has passed',
  NOT_FINISHED: 'the envelope is still open',
  NOT_SIGNED: 'the envelope ended without being signed',
  NO_ENVELOPE: 'the message carries no envelope',
  UNKNOWN_ENVELOPE: 'the envelope does not exist in the account',
  UNAUTHORIZED: 'the service refused the credentials',
  FORBIDDEN: 'the credentials may not do this',
  REFUSED: 'the service refused the request as invalid',
  RATE_LIMITED: 'the service throttles, and kept doing so',
  UNREACHABLE: 'the service could not be reached',
  REMOTE_FAULT: 'the service answered with a server error or nonsense',
  OUTCOME_UNKNOWN: 'a request may or may not have taken effect; repeat the message, nothing is sent twice',
  IN_PROGRESS: 'the same request is being worked on by another process',
  NO_CONTAINER: 'the folder or workspace to file in does not exist, or cannot be seen',
  NAME_NOT_ALLOWED: 'the name is taken, too long, or has characters the repository does not take',
  UNKNOWN_TYPE: 'the repository knows no such type, category or attribute',
  MISSING_ATTRIBUTE: 'a mandatory attribute has no value',
  QUOTA_FULL: 'the repository has no space left',
  RETENTION: 'a retention rule, hold or lock refuses the change',
  HASH_MISMATCH: 'bytes differ from what was sent or announced',
  QUARANTINED: 'the evidence does not verify, so nothing was filed',
  LEDGER_LOCKED: 'another process holds the ledger file',
  LEDGER_FULL: 'no space left for the ledger',
  LEDGER_DAMAGED: 'the ledger file is damaged or not a ledger',
  LEDGER_INCOMPATIBLE: 'the ledger was written by another version',
  LEDGER_UNAVAILABLE: 'the ledger cannot be reached or opened',
  MESSAGE_TOO_LARGE: 'the message is too large to be parked',
  BAD_EVENT: 'a webhook or event message that cannot be read',
  FORGED_EVENT: 'a webhook whose hash does not verify',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** Any thrown thing as an `Error`. */
export const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
