/**
 * Time as the package sees it. Everything that compares or waits for moments takes a `Clock`, so that an account on the
 * sandbox can follow the sandbox's clock, and a test its own.
 */

import type { EpochMs } from './moment';

export type { EpochMs } from './moment';

export interface Clock {
  now(): EpochMs;
  /** Milliseconds this clock is ahead of the system clock. */
  shift(): number;
  /** Calls back after each change of the shift; the returned function ends that. */
  onShift(listener: () => void): () => void;
}

/** The computer's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  shift: () => 0,
  onShift: () => () => {},
};

/** A clock ahead of another one (by default the system's) by a distance that only grows. */
export class ShiftedClock implements Clock {
  #shift = 0;
  #isKnown = false;
  readonly #base: Pick<Clock, 'now'>;
  readonly #listeners = new Set<() => void>();

  constructor(base: Pick<Clock, 'now'> = systemClock) {
    this.#base = base;
  }

  now(): EpochMs {
    return this.#base.now() + this.#shift;
  }

  shift(): number {
    return this.#shift;
  }

  onShift(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Sets how far this clock is ahead. A smaller value than the present one is ignored, because time that has been acted
   * upon cannot be taken back.
   *
   * @param shiftMs milliseconds ahead of the base clock
   * @returns whether the clock moved
   */
  set(shiftMs: number): boolean {
    if (!Number.isFinite(shiftMs)) return false;
    if (this.#isKnown ? shiftMs <= this.#shift : shiftMs < 0) return false;
    this.#isKnown = true;
    return this.#move(shiftMs);
  }

  /**
   * Takes a distance for granted until `set` tells the right one.
   *
   * @param shiftMs milliseconds ahead of the base clock, as last known
   */
  assume(shiftMs: number): void {
    if (!this.#isKnown && shiftMs > this.#shift) this.#move(shiftMs);
  }

  #move(shiftMs: number): boolean {
    if (shiftMs === this.#shift) return false;
    this.#shift = shiftMs;
    for (const listener of [...this.#listeners]) listener();
    return true;
  }
}
