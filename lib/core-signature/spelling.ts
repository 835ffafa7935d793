/**
 * Names in paths that are not published for OpenText. Each has a configured or likely spelling and another one; the first
 * that the service knows is remembered.
 */
import type { HttpAnswer } from '../http/client';

/** Path names an account may set; the other known spellings are still tried when the service answers 404. */
export interface ActionNames {
  /** `signature-requests` or `signrequests`. */
  collection?: string;
  /** `signature-request-quick-create` or `signrequest-quick-create`. */
  quickCreate?: string;
  /** `cancel_signrequest` or `cancel_signature_request`. */
  cancel?: string;
  /** `resend_signrequest_email` or `resend_signature_request_email`. */
  resend?: string;
  forward?: string;
}

export class Spelling {
  #known: string | undefined;
  readonly #candidates: readonly string[];

  /**
   * @param preferred configured name; empty means none
   * @param others to be tried after it, likeliest first
   */
  constructor(preferred: string | undefined, others: readonly string[]) {
    const names = [preferred?.trim() ?? '', ...others].filter((name) => name !== '');
    this.#candidates = [...new Set(names)];
  }

  /** Whether the service has shown that it knows one of the names. */
  get settled(): boolean {
    return this.#known !== undefined;
  }

  /** The names to try: only the known one, once there is one. */
  get names(): readonly string[] {
    return this.#known === undefined ? this.#candidates : [this.#known];
  }

  remember(name: string): void {
    this.#known = name;
  }
}

/**
 * Calls with each name in turn until one is not answered by 404. A 404 had no effect, so this is safe for POSTs as well.
 *
 * @param spelling remembers the name that was known
 * @param call must hand back a 404 instead of throwing
 * @returns the first other answer, or the last 404
 */
export async function firstKnown(spelling: Spelling, call: (name: string) => Promise<HttpAnswer>): Promise<HttpAnswer> {
  let answer: HttpAnswer = { status: 404, headers: {}, data: null };
  for (const name of spelling.names) {
    answer = await call(name);
    if (answer.status !== 404) {
      spelling.remember(name);
      return answer;
    }
  }
  return answer;
}
