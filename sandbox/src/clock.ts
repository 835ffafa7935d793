import type { Jobs } from './jobs';
import type { Store } from './store';

interface Entry {
  at: number;
  run: (at: number) => void | Promise<void>;
}

const maxTimeout = 2 ** 31 - 1;

/**
 * Virtual time: real time plus an offset that only grows, and the agenda of what is due when.
 *
 * As long as nobody turns the clock, entries run from a real timer. `advanceTo` walks through the agenda instead: it
 * stops at each due instant, runs what is due there, waits until that is done, and goes on, so that a fortnight of
 * reminders, retries and expiry happens in its order. Every entry is told the instant at which it was due.
 */
export class Clock {
  readonly #agenda = new Map<string, Entry>();
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #turning: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(
    private readonly store: Store,
    private readonly jobs: Jobs,
  ) {}

  /** Milliseconds by which virtual time is ahead of real time. */
  get offset(): number {
    return this.store.setting<number>('clock.offset') ?? 0;
  }

  /** Virtual time in milliseconds since 1970. */
  now(): number {
    return Date.now() + this.offset;
  }

  /** Puts `run` on the agenda at the virtual instant `at`; an entry of the same name is replaced. */
  set(name: string, at: number, run: Entry['run']): void {
    this.#agenda.set(name, { at, run });
    if (at < this.#timerAt) this.#arm(at);
  }

  /** Takes an entry off the agenda. */
  drop(name: string): void {
    this.#agenda.delete(name);
  }

  /** Empties the agenda and goes back to real time. */
  reset(): void {
    this.#agenda.clear();
    this.store.set('clock.offset', 0);
  }

  /**
   * Turns the clock forward, running on the way everything that becomes due.
   *
   * @param target virtual time in milliseconds; an earlier time than now changes nothing
   */
  advanceTo(target: number): Promise<void> {
    const turn = this.#turning.then(() => this.#walk(target));
    this.#turning = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #walk(target: number): Promise<void> {
    await this.jobs.idle();
    for (let at = this.#nextAt(); at <= target && !this.#closed; at = this.#nextAt()) {
      this.#moveTo(at);
      await Promise.all(this.#take(at, at).map((entry) => entry.run(at)));
      await this.jobs.idle();
    }
    if (this.#closed) return;
    this.#moveTo(target);
    this.store.commit();
    this.#arm(this.#nextAt());
  }

  #moveTo(at: number): void {
    const offset = at - Date.now();
    if (offset > this.offset) this.store.set('clock.offset', offset);
  }

  #nextAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { at } of this.#agenda.values()) next = Math.min(next, at);
    return next;
  }

  /** Takes off the agenda what is due between two instants, earliest first. */
  #take(from: number, to: number): Entry[] {
    const due = [...this.#agenda].filter(([, entry]) => entry.at >= from && entry.at <= to);
    for (const [name] of due) this.#agenda.delete(name);
    return due.map(([, entry]) => entry).sort((a, b) => a.at - b.at);
  }

  #arm(at: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === Number.POSITIVE_INFINITY || this.#closed) return;
    this.#timer = setTimeout(() => this.#tick(), Math.min(Math.max(at - this.now(), 0), maxTimeout));
    this.#timer.unref();
  }

  /** Real time has come to an entry; entries do not wait for each other here. */
  #tick(): void {
    for (const entry of this.#take(Number.NEGATIVE_INFINITY, this.now())) {
      this.jobs.run(async () => {
        await entry.run(entry.at);
        this.store.commit();
      });
    }
    this.#arm(this.#nextAt());
  }
}

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const short = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/;
const iso = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/**
 * Reads a length of time: milliseconds as a number, `90m`, `3d`, or an ISO 8601 duration up to weeks such as `P3DT2H`.
 *
 * @returns milliseconds, or undefined when it is none of these
 */
export function parseDuration(value: string | number): number | undefined {
  if (typeof value === 'number') return value >= 0 && Number.isFinite(value) ? value : undefined;
  const simple = short.exec(value.trim());
  if (simple) return Number(simple[1]) * (units[simple[2] ?? ''] ?? 0);
  const parts = iso.exec(value.trim());
  if (!parts || !/\d/.test(value)) return undefined;
  return ['w', 'd', 'h', 'm', 's'].reduce((sum, unit, i) => sum + Number(parts[i + 1] ?? 0) * (units[unit] ?? 0), 0);
}

/** A virtual instant as the API writes it: UTC with microseconds. */
export function timestamp(at: number): string {
  return new Date(at).toISOString().replace('Z', '000Z');
}

/** The same for a time that may be missing. */
export function timestampOrNull(at: number | null): string | null {
  return at === null ? null : timestamp(at);
}
