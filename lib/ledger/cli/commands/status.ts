import { existsSync, statSync } from 'node:fs';
import { migrations, newestVersion } from '../../migrations';
import { deadOwners } from '../../owner';
import type { LedgerStats } from '../../types';
import { type Command, show } from '../command';
import { exitCode } from '../exit-codes';
import { bytes, count, span } from '../format';
import { pairLines } from '../table';

/** `status`: what is in the ledger and how the work goes. */
export const status: Command = {
  synopsis: '',
  about: 'What is in the ledger, who works with it, and what was given up.',
  words: [0, 0],
  async run(invocation) {
    const place = await invocation.place();
    const result = await invocation.withLedger(async (ledger) => {
      const owners = await ledger.owners({});
      const dead = new Set(deadOwners(owners));
      return {
        ...ledger.info(),
        schema: newestVersion(migrations),
        bytes: place.engine === 'sqlite' ? sizeOf(place.file) : null,
        owners: owners.filter((owner) => !dead.has(owner)),
        stats: await ledger.stats({}),
        now: invocation.io.now() + ledger.info().skewMs,
      };
    });
    const { now, ...json } = result;
    show(invocation, json, pairLines(lines(result)));
    return exitCode.done;
  },
};

/** The ledger with its write-ahead log. */
const sizeOf = (file: string): number =>
  [file, `${file}-wal`].filter(existsSync).reduce((sum, name) => sum + statSync(name).size, 0);

function lines(result: {
  engine: string;
  where: string;
  durable: boolean;
  bytes: number | null;
  owners: string[];
  stats: LedgerStats;
  now: number;
}): [string, string][] {
  const { envelopes, waits, ladders, timers, deliveries, operations } = result.stats;
  const overdue = timers.oldestDue === null ? 0 : Math.max(0, result.now - timers.oldestDue);
  const givenUp = timers.dead + deliveries.dead + operations.failed;
  return [
    [
      'Ledger',
      `${result.where} (${result.engine === 'sqlite' ? `SQLite, ${bytes(result.bytes ?? 0)}` : 'PostgreSQL'})`,
    ],
    ...(result.durable
      ? []
      : [['Warning', 'the server runs without fsync: a power cut can lose what was confirmed'] as [string, string]]),
    ['Leases', result.owners.length === 0 ? 'nobody holds one now' : `held by ${result.owners.join(', ')}`],
    ['Envelopes', `${envelopes.open} open of ${envelopes.total}`],
    ['Waits', `${waits.open} open`],
    ['Ladders', `${ladders.running} running, ${ladders.paused} paused`],
    [
      'Timers',
      `${timers.pending} pending, ${timers.claimed} at work, ${timers.dead} given up${overdue > 0 ? `; the oldest is ${span(overdue)} overdue` : ''}`,
    ],
    ['Deliveries', `${deliveries.pending} pending, ${deliveries.claimed} at work, ${deliveries.dead} given up`],
    [
      'Operations',
      `${operations.running} at work, ${operations.waiting} to be tried again, ${operations.failed} failed`,
    ],
    ['Given up', givenUp === 0 ? 'nothing' : `${count(givenUp, 'fault')}: see "list faults"`],
  ];
}
