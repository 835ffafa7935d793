import { z } from 'zod';
import type { HttpClient } from '../http/client';
import { type Clock, ShiftedClock } from '../time/clock';
import type { Dispatcher } from './dispatcher';

const answer = z.object({ offsetMs: z.number() });
const everyMs = 1_000;

/** Distances of the clocks of sandboxes, by origin, for the next account after a deploy. */
const lastKnown = new Map<string, number>();

/**
 * The clock of a sandbox, which can be moved forwards by hand. An account on a sandbox lives by it, so that a two-week
 * process can be seen in a minute; every other account lives by the system's clock.
 */
export class SandboxClock extends ShiftedClock {
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  readonly #ask: () => Promise<void>;

  /**
   * @param origin of the sandbox, such as `http://127.0.0.1:4010`
   * @param base the clock that the sandbox's is ahead of
   */
  constructor(http: HttpClient, origin: string, base?: Pick<Clock, 'now'>) {
    super(base);
    this.assume(lastKnown.get(origin) ?? 0);
    this.onShift(() => lastKnown.set(origin, this.shift()));
    const url = new URL('/sandbox/clock', origin).href;
    this.#ask = async () => {
      const { data } = await http.request({ method: 'GET', url, timeoutMs: 5_000 });
      this.set(answer.parse(data).offsetMs);
    };
    this.#follow();
  }

  /** An HTTP client that looks at the clock in passing: every answer of a sandbox tells its time. */
  watching(http: HttpClient): HttpClient {
    return {
      open: (request) => http.open(request),
      request: async (request) => {
        const answer = await http.request(request);
        this.set(Number(answer.headers['x-sandbox-offset']));
        return answer;
      },
    };
  }

  /**
   * Notes the distance in the ledger, so that a process that starts while the sandbox is away goes by the last one known.
   *
   * @param account id of the account whose clock this is
   */
  async keepIn(dispatcher: Dispatcher, account: string): Promise<void> {
    const name = `clock:${account}`;
    const ledger = await dispatcher.ledger();
    const note = (): void => void ledger.setMark({ name, value: this.shift() }).catch(() => undefined);
    this.onShift(note);
    // It may have been told before the ledger was open.
    if (this.shift() > 0) note();
    this.assume((await ledger.mark({ name })) ?? 0);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** A sandbox that does not answer is asked again; meanwhile the clock simply runs on. */
  #follow(): void {
    this.#ask()
      .catch(() => undefined)
      .finally(() => {
        if (this.#stopped) return;
        this.#timer = setTimeout(() => this.#follow(), everyMs).unref();
      });
  }
}
