/** Waiting: for a length of time (`sleep`) and for a moment of a clock (`deadlineTimer`). */
import type { Clock, EpochMs } from './clock';

/** The longest delay `setTimeout` takes; a longer one would fire at once. */
const longestTimeout = 2 ** 31 - 1;

/** A deadline looks at its clock at least this often, so that a suspended or corrected system clock makes it late by no more. */
const longestDeadlineStep = 60_000;

/**
 * Waits on the system's clock.
 *
 * @param ms milliseconds, any length
 * @param signal ends the wait early
 * @param options `unref: true` lets the process end meanwhile
 * @throws the signal's reason when it is aborted
 */
export function sleep(ms: number, signal?: AbortSignal, options: { unref?: boolean } = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    let left = Math.max(0, ms);
    let timer: NodeJS.Timeout;
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const step = () => {
      const length = Math.min(left, longestTimeout);
      left -= length;
      timer = setTimeout(() => {
        if (left > 0) return step();
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, length);
      if (options.unref === true) timer.unref();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    step();
  });
}

/**
 * Calls back once when a moment has come, never before it, also when the clock is shifted meanwhile. The timer does not
 * keep the process alive: what must outlive the process is in the ledger.
 *
 * @param clock whose time counts
 * @param due the moment; one that is past fires at the next turn of the event loop
 * @param fire called once, without arguments
 * @returns cancels; of no effect after it has fired
 */
export function deadlineTimer(clock: Clock, due: EpochMs, fire: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const arm = () => {
    clearTimeout(timer);
    // setTimeout may wake a moment early, hence the second look at the clock instead of trusting it.
    timer = setTimeout(look, Math.max(0, Math.min(Math.ceil(due - clock.now()), longestDeadlineStep)));
    timer.unref();
  };
  const look = () => {
    if (over) return;
    if (clock.now() < due) return arm();
    end();
    fire();
  };
  const endWatch = clock.onShift(() => {
    if (!over) arm();
  });
  const end = () => {
    over = true;
    clearTimeout(timer);
    endWatch();
  };
  arm();
  return end;
}
