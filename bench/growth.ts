import { statSync } from 'node:fs';
import path from 'node:path';
import { openLedger } from '../dist/lib/ledger/ledger';
import { type Bench, median, quantile } from './lib/row';
import { inFolder, pause } from './lib/stage';
import { uuidOf } from './lib/webhooks';

const types = [
  'sent',
  'signer_viewed_email',
  'signer_viewed',
  'viewed',
  'signer_signed',
  'signer_downloaded',
  'signed',
];
const envelopes = 30_000;
const events = envelopes * types.length;
const account = 'account';
const day = 86_400_000;

/** How large the ledger grows, and whether pruning it keeps webhooks waiting. */
export const growth: Bench = () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'ledger.sqlite');
    // What is written now ended a hundred days ago.
    let now = Date.now() - 100 * day;
    const ledger = await openLedger({ engine: 'sqlite', file, clock: () => now });
    const facts = (envelope: string) =>
      types.map((type, index) => {
        const signer = type.startsWith('signer') ? 'anna@example.com' : '';
        const at = now + index * 1000;
        return { dedupe: `${envelope}|${type}|${at}|${signer}`, uuid: uuidOf(1, index), type, at, signer };
      });
    const live = async (index: number): Promise<void> => {
      const envelope = uuidOf(0, index);
      const all = facts(envelope);
      await ledger.receiveEvents({ account, origin: 'webhook', events: all.map((event) => ({ ...event, envelope })) });
      const snapshot = { id: envelope, name: 'Contract', externalId: `order-${index}`, status: 'signed', signers: [] };
      const state = {
        id: envelope,
        name: 'Contract',
        status: 'signed',
        rank: 5,
        terminal: true,
        snapshot,
        dueAt: null,
      };
      await ledger.applyTruth({ account, envelope: state, events: all, origin: 'webhook' });
    };
    for (let from = 0; from < envelopes; from += 500) {
      await Promise.all(Array.from({ length: 500 }, (_, index) => live(from + index)));
    }
    const bytes = statSync(file).size;

    now = Date.now();
    let number = envelopes;
    /** One webhook after the other until the time is up or `over` says so. */
    const intake = async (ms: number, over: () => boolean = () => false): Promise<number[]> => {
      const times: number[] = [];
      for (const end = performance.now() + ms; performance.now() < end && !over(); ) {
        const envelope = uuidOf(2, number++);
        const began = performance.now();
        await ledger.receiveEvents({
          account,
          origin: 'webhook',
          events: [{ ...facts(envelope)[0], envelope } as never],
        });
        times.push(performance.now() - began);
        await pause(2);
      }
      return times;
    };
    const quiet = await intake(5_000);
    let pruned = false;
    const pruning = (async () => {
      while ((await ledger.prune({ before: now - 30 * day })).more);
      pruned = true;
    })();
    const meanwhile = await intake(120_000, () => pruned);
    await pruning;
    await ledger.close();
    const shown = (times: number[]) => `median ${median(times).toFixed(1)}, p99 ${quantile(times, 0.99).toFixed(1)} ms`;
    return [
      {
        bench: 'growth',
        what: 'ledger per million events',
        value: ((bytes / events) * 1e6) / 1024 ** 3,
        unit: 'GB',
        mark: { at: 1, best: 'low' },
        from: `${(bytes / 1024 ** 2).toFixed(0)} MB for ${events} events of ${envelopes} envelopes, journal included`,
      },
      {
        bench: 'growth',
        what: 'a webhook at its slowest (p99) while the ledger is pruned',
        value: quantile(meanwhile, 0.99),
        unit: 'ms',
        mark: { at: 250, best: 'low' },
        from: `${shown(meanwhile)}; otherwise ${shown(quiet)}`,
      },
    ];
  });
