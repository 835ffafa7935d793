import type { Io } from './io';

const barWidth = 24;
const everyMs = 100;

/** Shows on a screen how far a long work is; elsewhere it says nothing. */
export class Progress {
  readonly #io: Io;
  readonly #what: string;
  readonly #unit: string;
  readonly #total: number | null;
  #done = 0;
  #drawnAt = 0;

  /**
   * @param what is being done, for example `Copying`
   * @param unit what is counted, for example `rows`
   * @param total how many there are; null when that is not known
   */
  constructor(io: Io, what: string, unit: string, total: number | null) {
    this.#io = io;
    this.#what = what;
    this.#unit = unit;
    this.#total = total;
    this.#draw();
  }

  advance(by: number): void {
    this.set(this.#done + by);
  }

  set(done: number): void {
    this.#done = done;
    if (performance.now() - this.#drawnAt >= everyMs) this.#draw();
  }

  /** Removes the bar. */
  end(): void {
    this.#io.draw?.('');
  }

  #draw(): void {
    this.#drawnAt = performance.now();
    this.#io.draw?.(this.#text());
  }

  #text(): string {
    const done = this.#done.toLocaleString('en-US');
    if (this.#total === null) return `${this.#what}: ${done} ${this.#unit}`;
    const part = this.#total === 0 ? 1 : Math.min(1, this.#done / this.#total);
    const full = Math.floor(part * barWidth);
    const bar = `${'#'.repeat(full)}${'-'.repeat(barWidth - full)}`;
    const percent = `${Math.floor(part * 100)}`.padStart(3);
    return `${this.#what} [${bar}] ${percent} %  ${done} of ${this.#total.toLocaleString('en-US')} ${this.#unit}`;
  }
}
