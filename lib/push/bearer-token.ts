/** A bearer token that is fetched when it is needed, shared by all who send, and renewed before it expires. */
import { SignatureError } from '../errors';
import type { Pace } from '../http/retry';
import { underNoLease } from '../time/lease';

export interface FetchedToken {
  token: string;
  lifetimeMs: number;
}

const longestMarginMs = 300_000;

/** Refused credentials are not sent again at once: some directories lock an account after a few wrong tries. */
const refusalHoldsMs = 30_000;

export class BearerToken {
  #header: { value: string; refreshAt: number } | undefined;
  #refused: { error: SignatureError; until: number } | undefined;
  #underWay: Promise<string> | undefined;

  /**
   * @param fetch asks the token endpoint
   * @param pace real time: tokens expire by the calendar of their issuer
   */
  constructor(
    private readonly fetch: () => Promise<FetchedToken>,
    private readonly pace: Pick<Pace, 'now'>,
  ) {}

  /**
   * The value of the `Authorization` header.
   *
   * @throws SignatureError of the token endpoint; the signal's reason
   */
  async authorization(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    if (this.#header !== undefined && this.pace.now() < this.#header.refreshAt) return this.#header.value;
    if (this.#refused !== undefined && this.pace.now() < this.#refused.until) throw this.#refused.error;
    this.#underWay ??= underNoLease(() => this.#renew()).finally(() => {
      this.#underWay = undefined;
    });
    const value = await this.#underWay;
    signal?.throwIfAborted();
    return value;
  }

  /** Forgets a header value that a service refused, unless it has been renewed meanwhile. */
  invalidate(refused: string): void {
    if (this.#header?.value === refused) this.#header = undefined;
  }

  async #renew(): Promise<string> {
    const asked = this.pace.now();
    try {
      const { token, lifetimeMs } = await this.fetch();
      const value = `Bearer ${token}`;
      this.#header = { value, refreshAt: asked + lifetimeMs - Math.min(longestMarginMs, lifetimeMs / 10) };
      this.#refused = undefined;
      return value;
    } catch (thrown) {
      if (thrown instanceof SignatureError && thrown.code === 'UNAUTHORIZED') {
        this.#refused = { error: thrown, until: asked + refusalHoldsMs };
      }
      throw thrown;
    }
  }
}
