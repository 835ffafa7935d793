import { SignatureError } from '../../errors';

const passing = ['UNREACHABLE', 'RATE_LIMITED', 'REMOTE_FAULT', 'OUTCOME_UNKNOWN', 'LEDGER_UNAVAILABLE'];

/**
 * Whether another try may cure a failure of archiving without anybody's help. An unknown outcome is among them, because
 * filing looks up what is there before it uploads. Refused credentials and rights are not: somebody has to set them right.
 */
export const isPassing = (thrown: unknown): boolean =>
  thrown instanceof SignatureError && passing.includes(thrown.code);
