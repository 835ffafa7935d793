import { httpIn, httpResponse, onTab, sandboxAccount, tab } from '../test/support/flows';
import { type Helper, startHelper } from './lib/helper';
import type { LoadResult, LoadTask } from './lib/load';
import { type Bench, median, quantile, type Row } from './lib/row';
import { inFolder, pause, startNodeRed } from './lib/stage';
import { webhookPath } from './lib/webhooks';

const connections = 32;
/** Short and many: what else the machine does then meets both alike. */
const seconds = 1;
const rounds = 15;

/** An account as it is out of the box, with a node that listens to its events. */
const listening = (ledger: object = {}): object[] => [
  tab(),
  sandboxAccount({ ratePerSecond: '5', ...ledger }),
  onTab({ id: 'events', type: 'signature-event-in', name: '', version: 1, account: 'account', events: [] }),
];

const bareFlow = [tab(), httpIn('/bare', ['answer']), httpResponse()];

/**
 * Measures webhooks against a bare `http in` in turn, so that whatever else the machine does meets both.
 *
 * @param firstRun numbers of measurements start above it, so that no two on one ledger share an event
 * @returns per round what each took
 */
export async function inTurn(
  load: Helper,
  ours: string[],
  bare: string[],
  firstRun = 0,
): Promise<{ ours: LoadResult; bare: LoadResult }[]> {
  let run = firstRun;
  const measure = (urls: string[], forSeconds: number): Promise<LoadResult> => {
    run += 1;
    return load.ask<LoadResult>({ urls, connections, seconds: forSeconds, run } satisfies LoadTask);
  };
  await measure(bare, 2);
  await measure(ours, 2);
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    const one = { ours: await measure(ours, seconds), bare: await measure(bare, seconds) };
    const failed = one.ours.failed + one.bare.failed;
    if (failed > 0) throw new Error(`${failed} requests were not answered with 2xx.`);
    results.push(one);
    await pause(100);
  }
  return results;
}

/** Durable, de-duplicated webhooks beside `http in → http response` with the same bodies. */
export const intake: Bench = () =>
  inFolder(async (folder) => {
    const service = await startHelper<{ url: string }>('service');
    const load = await startHelper('load');
    const ours = await startNodeRed(`${folder}/ours`, { flows: listening(), service: service.first.url });
    const bare = await startNodeRed(`${folder}/bare`, { flows: bareFlow, bare: true });
    try {
      const rows = await inTurn(load, [ours.url + webhookPath()], [`${bare.url}/bare`]);
      const rate = median(rows.map((row) => row.ours.perSecond / row.bare.perSecond));
      const p99 = (times: number[]) => quantile(times, 0.99);
      const late = median(rows.map((row) => p99(row.ours.times) / p99(row.bare.times)));
      const of = (read: (row: (typeof rows)[number]) => number) => median(rows.map(read)).toFixed(1);
      return [
        {
          bench: 'intake',
          what: 'events/s, durable, beside bare http in',
          value: rate,
          unit: '×',
          mark: { at: 0.9, best: 'high' },
          from: `${of((row) => row.ours.perSecond)} / ${of((row) => row.bare.perSecond)} per s`,
        },
        {
          bench: 'intake',
          what: 'p99 of an answer beside bare http in',
          value: late,
          unit: '×',
          mark: { at: 1.5, best: 'low' },
          from: `${of((row) => p99(row.ours.times))} / ${of((row) => p99(row.bare.times))} ms`,
        },
      ] satisfies Row[];
    } finally {
      await Promise.all([ours.end('SIGKILL'), bare.end('SIGKILL'), load.end(), service.end()]);
    }
  });

export { bareFlow, listening };
