import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { threadCpuUsage } from 'node:process';
import { openLedger } from '../dist/lib/ledger/ledger';
import { makeOwner } from '../dist/lib/ledger/owner';
import { Dispatcher } from '../dist/lib/process/dispatcher';
import { startHelper } from './lib/helper';
import type { Bench } from './lib/row';
import { seedWaits } from './lib/seed';
import { inFolder } from './lib/stage';

const count = 100_000;

/**
 * The most CPU time that the thread used between two looks at the clock, 5 ms apart when nothing holds it up. Other than
 * the time on the wall it does not count what other processes took.
 */
function watchThread(): () => number {
  let longest = 0;
  let last = threadCpuUsage();
  const timer = setInterval(() => {
    const used = threadCpuUsage(last);
    longest = Math.max(longest, (used.user + used.system) / 1000);
    last = threadCpuUsage();
  }, 5);
  return () => {
    clearInterval(timer);
    return longest;
  };
}

/** A hundred thousand deadlines that passed while nobody was there. */
export const timers: Bench = () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'ledger.sqlite');
    await seedWaits({ file, count, account: 'account', node: 'wait', lane: '', deadline: Date.now() - 3_600_000 });
    const noise = await startHelper('noise');
    const dispatcher = new Dispatcher({
      leaseMs: 120_000,
      open: () => openLedger({ engine: 'sqlite', file }),
      owner: makeOwner(),
      onFault: (error) => console.error(error.message),
    });
    const emitted = new Map<string, number>();
    const finished = new Promise<void>((resolve) => {
      dispatcher.attachNode('wait', {
        deliver: async ({ id }) => {
          emitted.set(id, (emitted.get(id) ?? 0) + 1);
          if (emitted.size === count) resolve();
        },
        timer: async ({ id, rev }, ledger) => {
          await ledger.expireWait({ claim: { id, rev } });
        },
      });
    });
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const longestCpu = watchThread();
    const began = performance.now();
    dispatcher.resume();
    await finished;
    const seconds = (performance.now() - began) / 1000;
    delay.disable();
    const held = longestCpu();
    const machine = await noise.ask<{ max: number }>({});
    await dispatcher.stop();
    await noise.end();
    const twice = [...emitted.values()].filter((times) => times > 1).length;
    const wall = (ns: number) => `${(ns / 1e6).toFixed(1)} ms`;
    return [
      {
        bench: 'timers',
        what: 'of 100 thousand due ones, fired exactly once',
        value: emitted.size - twice,
        unit: '',
        mark: { at: count, best: 'high' },
        from: `in ${seconds.toFixed(1)} s`,
      },
      {
        bench: 'timers',
        what: 'longest hold of the event loop, CPU time',
        value: held,
        unit: 'ms',
        mark: { at: 50, best: 'low' },
        from: `on the wall ${wall(delay.max)} (p99.9 ${wall(delay.percentile(99.9))}); an idle process beside it ${machine.max.toFixed(1)} ms`,
      },
    ];
  });
