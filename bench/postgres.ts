import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ledgerNode } from '../test/support/flows';
import { startPostgres } from '../test/support/postgres';
import { bareFlow, inTurn, listening } from './intake';
import { startHelper } from './lib/helper';
import { type Bench, median, quantile, type Row } from './lib/row';
import { inFolder, startNodeRed } from './lib/stage';
import { webhookPath } from './lib/webhooks';

const runtimes = [1, 2, 4];

/** Durable, de-duplicated webhooks on one PostgreSQL that several runtimes share. */
export const postgres: Bench = () =>
  inFolder(async (folder) => {
    const database = await startPostgres({ fsync: 'on', max_connections: '100' });
    const service = await startHelper<{ url: string }>('service');
    const load = await startHelper('load');
    const bare = await startNodeRed(`${folder}/bare`, { flows: bareFlow, bare: true });
    const { password, ...connection } = database.connection;
    const flows = [
      ...listening({ ledger: 'store' }),
      ledgerNode({ engine: 'postgres', tls: 'off', ...connection }, 'store'),
    ];
    const start = (name: string) => {
      const userDir = path.join(folder, name);
      mkdirSync(userDir);
      writeFileSync(path.join(userDir, 'flows_cred.json'), JSON.stringify({ store: { password } }));
      return startNodeRed(userDir, { flows, service: service.first.url, settings: { credentialSecret: false } });
    };
    const running: Awaited<ReturnType<typeof start>>[] = [];
    const rows: Row[] = [];
    try {
      for (const count of runtimes) {
        while (running.length < count) running.push(await start(`ours-${running.length}`));
        const results = await inTurn(
          load,
          running.map(({ url }) => url + webhookPath()),
          [`${bare.url}/bare`],
          count * 1000,
        );
        const of = (read: (one: (typeof results)[number]) => number) => median(results.map(read));
        rows.push({
          bench: 'postgres',
          what: `events/s of ${count} runtime${count > 1 ? 's' : ''}, durable, beside one bare http in`,
          value: of((one) => one.ours.perSecond / one.bare.perSecond),
          unit: '×',
          from: `${of((one) => one.ours.perSecond).toFixed(0)} / ${of((one) => one.bare.perSecond).toFixed(0)} per s; p99 ${of((one) => quantile(one.ours.times, 0.99)).toFixed(1)} ms`,
        });
      }
      return rows;
    } finally {
      await Promise.all([...running, bare].map((runtime) => runtime.end('SIGKILL')));
      await Promise.all([load.end(), service.end(), database.stop()]);
    }
  });
