/** Exit status of the command, as told in `--help` and `docs/operations.md`. */
export const exitCode = {
  done: 0,
  /** Refused or failed; the message says why. */
  failed: 1,
  /** Checked, and something does not hold. */
  damaged: 2,
  /** There is no such envelope, fault, wait … */
  notFound: 3,
  /** A question was not answered with yes; nothing was changed. */
  declined: 4,
  /** sysexits.h: EX_USAGE. */
  usage: 64,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Ends the command with a plain sentence and an exit status. */
export class Stop extends Error {
  constructor(
    readonly exit: ExitCode,
    message: string,
  ) {
    super(message);
  }
}

export const wrongUsage = (message: string): Stop => new Stop(exitCode.usage, message);
export const notFound = (message: string): Stop => new Stop(exitCode.notFound, message);
