import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openLedger } from '../dist/lib/ledger/ledger';
import { makeOwner } from '../dist/lib/ledger/owner';
import { Dispatcher } from '../dist/lib/process/dispatcher';
import { startHelper } from './lib/helper';
import type { Bench } from './lib/row';
import { seedWaits } from './lib/seed';
import { inFolder } from './lib/stage';

const count = 100_000;

/** A hundred thousand deadlines that passed while nobody was there. */
export const timers: Bench = () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'ledger.sqlite');
    await seedWaits({ file, count, account: 'account', node: 'wait', lane: '', deadline: Date.now() - 3_600_000 });
    const noise = await startHelper('noise');
    const dispatcher = new Dispatcher({
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
    const began = performance.now();
    dispatcher.resume();
    await finished;
    const seconds = (performance.now() - began) / 1000;
    delay.disable();
    const machine = await noise.ask<{ max: number }>({});
    await dispatcher.stop();
    await noise.end();
    const twice = [...emitted.values()].filter((times) => times > 1).length;
    const held = (ns: number) => `${(ns / 1e6).toFixed(1)} ms`;
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
        what: 'longest hold of the event loop',
        value: delay.max / 1e6,
        unit: 'ms',
        mark: { at: 50, best: 'low' },
        from: `p99.9 ${held(delay.percentile(99.9))}; an idle process on the machine meanwhile: ${machine.max.toFixed(1)} ms`,
      },
    ];
  });
