import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { openLedger } from '../../dist/lib/ledger/ledger';
import {
  eventLines,
  eventsIn,
  type FlowNode,
  httpIn,
  httpResponse,
  ledgerNode,
  sandboxAccount,
  sendFromBody,
  tab,
  waitFor,
} from '../support/flows';
import { type House, openHouse, until } from '../support/house';
import { callbackUrl, eventsOf, post, sent, sign, webhookBody } from './steps';

const day = 86_400_000;
const standard = 'core-signature-ledger.sqlite';

/** Sends and waits, with an account of its own on this ledger. */
const sending = (name: string, ledger: string): FlowNode[] => [
  sandboxAccount({ id: `account ${name}`, name, ledger, reconcileMinutes: '1440' }),
  httpIn(`/${name}`, [`send ${name}`]),
  sendFromBody(`send ${name}`, ['answer', `wait ${name}`], { account: `account ${name}` }),
  waitFor(`wait ${name}`, [[], [], []], { account: `account ${name}` }),
];

describe('retention in a runtime', function () {
  this.timeout(120_000);
  let house: House;
  const envelopes: Record<string, string> = {};

  const inFile = async <T>(file: string, look: (ledger: Awaited<ReturnType<typeof openLedger>>) => Promise<T>) => {
    const ledger = await openLedger({ engine: 'sqlite', file: path.join(house.runtime.userDir, file) });
    try {
      return await look(ledger);
    } finally {
      await ledger.close();
    }
  };
  const kept = (file: string, account: string, name: string) =>
    inFile(file, async (ledger) => {
      const where = { account: `account ${account}`, envelope: envelopes[name] ?? '' };
      const found = await ledger.envelope({ account: where.account, id: where.envelope });
      return {
        pruned: found?.prunedAt !== null,
        waits: (await ledger.listWaits({ ...where, limit: 9 })).length,
        operations: (await ledger.listOperations({ ...where, limit: 9 })).length,
        journal: await ledger.journal(where),
      };
    });
  /** Puts everything that is known of an envelope into the past. */
  const age = (file: string, name: string, days: number): void => {
    const db = new DatabaseSync(path.join(house.runtime.userDir, file));
    const id = envelopes[name] ?? '';
    for (const table of ['envelopes', 'operations', 'timers']) {
      const column = table === 'envelopes' ? 'id' : 'envelope';
      db.prepare(`update ${table} set updated_at = updated_at - ? where ${column} = ?`).run(days * day, id);
    }
    db.close();
  };

  before(async () => {
    house = await openHouse({
      name: 'retention',
      flows: [
        tab(),
        ...sending('standard', ''),
        ...sending('day', 'a day'),
        ...sending('ever', 'for ever'),
        ledgerNode({ file: 'day.sqlite', keepDays: '1' }, 'a day'),
        ledgerNode({ file: 'ever.sqlite', keepDays: '' }, 'for ever'),
        eventsIn('events', ['line of events.jsonl'], { account: 'account standard' }),
        ...eventLines('events.jsonl'),
        httpResponse(),
      ],
    });
  });
  after(() => house.close());

  it('removes what ended long ago, keeps its journal, and leaves what is open or young', async () => {
    for (const [name, at] of Object.entries({
      old: 'standard',
      young: 'standard',
      open: 'standard',
      day: 'day',
      ever: 'ever',
    })) {
      envelopes[name] = await sent(house, { key: name }, `/${at}`);
      if (name !== 'open') await sign(house, envelopes[name]);
    }
    const places = { old: [standard, 'standard'], day: ['day.sqlite', 'day'], ever: ['ever.sqlite', 'ever'] } as const;
    for (const [name, [file, account]] of Object.entries({ ...places, young: [standard, 'standard'] as const })) {
      const where = {
        account: `account ${account}`,
        envelope: envelopes[name] ?? '',
        state: 'settled',
        limit: 9,
      } as const;
      await until(`the wait for ${name} to end`, () =>
        inFile(file, async (ledger) => {
          const { deliveries } = await ledger.stats({});
          return (await ledger.listWaits(where)).length === 1 && deliveries.pending + deliveries.claimed === 0;
        }),
      );
    }
    const before = await kept(standard, 'standard', 'old');
    expect(before).to.include({ pruned: false, waits: 1, operations: 1 });
    await house.runtime.end();
    age(standard, 'old', 91);
    age(standard, 'young', 89);
    age(standard, 'open', 91);
    age('day.sqlite', 'day', 2);
    age('ever.sqlite', 'ever', 1000);
    await house.boot();
    for (const name of ['old', 'day'] as const) {
      const [file, account] = places[name];
      await until(`${name} to go`, async () => (await kept(file, account, name)).pruned, { child: house.runtime });
    }
    const old = await kept(standard, 'standard', 'old');
    expect(old).to.include({ pruned: true, waits: 0, operations: 0 });
    expect(old.journal.intact).to.equal(true);
    expect(old.journal.entries.slice(0, before.journal.entries.length)).to.deep.equal(before.journal.entries);
    expect(await kept(standard, 'standard', 'young')).to.include({ pruned: false, waits: 1 });
    expect(await kept(standard, 'standard', 'open')).to.include({ pruned: false, waits: 1 });
    expect(await kept('ever.sqlite', 'ever', 'ever')).to.include({ pruned: false, waits: 1, operations: 1 });
  });

  it('and a webhook that comes after that is answered and changes nothing', async () => {
    const url = await callbackUrl(house, envelopes.old ?? '');
    const [first] = await eventsOf(house, envelopes.old ?? '');
    if (!first) throw new Error('no event');
    const lines = () => house.lines<{ envelope: string }>('events.jsonl').map(({ envelope }) => envelope);
    const before = lines().filter((id) => id === envelopes.old).length;
    for (const event of [first, { ...first, timestamp: new Date(0).toISOString(), uuid: 'late' }])
      expect((await post(url, webhookBody(event))).status).to.equal(200);
    await sign(house, envelopes.open ?? '');
    await until('the event behind it', () => lines().at(-1) === envelopes.open);
    expect(lines().filter((id) => id === envelopes.old)).to.have.length(before);
    expect(await kept(standard, 'standard', 'old')).to.include({ pruned: true, waits: 0, operations: 0 });
  });

  it('tells the metrics what it removed', async () => {
    const text = await (await fetch(`${house.runtime.url}/core-signature/metrics`)).text();
    const value = (name: string, file: string): number =>
      Number(new RegExp(`^core_signature_${name}\\{ledger="[^"]*${file}"\\} (\\S+)$`, 'm').exec(text)?.[1]);
    expect(value('pruned_envelopes_total', standard)).to.equal(1);
    expect(value('pruned_rows_total', standard)).to.be.greaterThan(3);
    expect(Math.abs(value('last_prune_timestamp_seconds', standard) * 1000 - Date.now())).to.be.below(120_000);
    expect(value('pruned_envelopes_total', 'ever.sqlite')).to.equal(0);
    expect(value('last_prune_timestamp_seconds', 'ever.sqlite')).to.be.NaN;
  });
});
