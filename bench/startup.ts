import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventsIn, sandboxAccount, sendFromBody, tab, waitFor } from '../test/support/flows';
import { startHelper } from './lib/helper';
import { type Bench, median } from './lib/row';
import { cpuMs, inFolder, pause, startNodeRed } from './lib/stage';

const rounds = 6;
const idleMs = 20_000;

/** Starting adds little, and waiting costs next to nothing. */
export const startup: Bench = () =>
  inFolder(async (folder) => {
    const service = await startHelper<{ url: string }>('service');
    const flows = [
      tab(),
      // An account of the real kind: one on a sandbox also follows the sandbox's clock.
      sandboxAccount({ service: 'custom', url: `${service.first.url}/api/v1/` }),
      sendFromBody('send', ['wait']),
      waitFor('wait', [[], [], []]),
      eventsIn('events', []),
    ];
    const start = (userDir: string, bare: boolean) => {
      mkdirSync(userDir, { recursive: true });
      writeFileSync(path.join(userDir, 'flows_cred.json'), '{"account":{"token":"bench"}}');
      return startNodeRed(userDir, { bare, flows: bare ? [tab()] : flows, settings: { credentialSecret: false } });
    };
    const pairs: { ours: number; bare: number }[] = [];
    const idle = { ours: 0, bare: 0 };
    try {
      for (let round = 0; round <= rounds; round += 1) {
        const pair = { ours: 0, bare: 0 };
        // Who begins changes, so that neither always meets the quieter machine.
        const order = round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const);
        for (const who of order) {
          const runtime = await start(path.join(folder, who), who === 'bare');
          pair[who] = runtime.startedMs;
          if (round === rounds) {
            await pause(5_000);
            const before = cpuMs(runtime.process.pid);
            await pause(idleMs);
            idle[who] = ((cpuMs(runtime.process.pid) - before) / idleMs) * 100;
          }
          await runtime.end('SIGKILL');
        }
        // The first pair warms the caches.
        if (round > 0) pairs.push(pair);
      }
    } finally {
      await service.end();
    }
    const of = (read: (pair: (typeof pairs)[number]) => number) => Math.round(median(pairs.map(read)));
    return [
      {
        bench: 'startup',
        what: 'longer start of Node-RED',
        value: of(({ ours, bare }) => ours - bare),
        unit: 'ms',
        mark: { at: 250, best: 'low' },
        from: `${of(({ ours }) => ours)} / ${of(({ bare }) => bare)} ms`,
      },
      {
        bench: 'startup',
        what: 'CPU of the idle runtime',
        value: idle.ours,
        unit: '%',
        mark: { at: 0.5, best: 'low' },
        from: `Node-RED alone: ${idle.bare.toFixed(2)} %`,
      },
    ];
  });
