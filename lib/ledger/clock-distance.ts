const spanMs = 30_000;

/**
 * How far a server's clock is ahead of this computer's, from the answers that tell its time.
 *
 * An answer was written after its question was sent, so the distance between the two is never too small; the smallest of
 * the last half to whole minute is the closest. A moment that is worked out with it is therefore never early.
 */
export class ClockDistance {
  #newest = Number.POSITIVE_INFINITY;
  #before = Number.POSITIVE_INFINITY;
  #turn = 0;

  /**
   * @param asked when the question was sent, by this computer's clock (epoch milliseconds)
   * @param told the time in the answer
   * @param elapsed of a clock that nobody sets, in milliseconds
   */
  note(asked: number, told: number, elapsed: number = performance.now()): void {
    if (elapsed >= this.#turn) {
      this.#before = elapsed - this.#turn < spanMs ? this.#newest : Number.POSITIVE_INFINITY;
      this.#newest = Number.POSITIVE_INFINITY;
      this.#turn = elapsed + spanMs;
    }
    this.#newest = Math.min(this.#newest, told - asked);
  }

  /** Milliseconds; 0 before the first answer. */
  get ms(): number {
    const smallest = Math.min(this.#newest, this.#before);
    return Number.isFinite(smallest) ? smallest : 0;
  }
}
