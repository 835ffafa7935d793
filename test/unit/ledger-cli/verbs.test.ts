import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { migrations } from '../../../dist/lib/ledger/migrations';
import { verbs } from '../../../dist/lib/ledger/verbs';
import { account, fact, lanes, node, onBothEngines, owner, truth, wait } from '../ledger/stores';

onBothEngines('ledger verbs for operators', ({ store, ledger }) => {
  it('gauges tells sizes and counters of all accounts', async () => {
    const empty = await ledger().gauges({});
    expect(empty).to.deep.equal({
      counters: [],
      envelopes: { open: 0 },
      waits: { open: 0 },
      ladders: { running: 0, paused: 0 },
      timers: { pending: 0, claimed: 0, dead: 0 },
      deliveries: { pending: 0, claimed: 0, dead: 0 },
      operations: [],
      overdueMs: 0,
      pruned: { envelopes: 0, rows: 0, lastAt: null },
    });
    for (const id of ['a', 'b']) await ledger().openWait(wait(id, id, { deadline: store().now + 1000 }));
    await ledger().applyTruth(truth('a', 'sent'));
    const event = { ...fact('x'), envelope: 'a' };
    await ledger().receiveEvents({ account, origin: 'webhook', events: [event] });
    await ledger().receiveEvents({ account: 'other', origin: 'webhook', events: [event] });
    await ledger().receiveEvents({ account, origin: 'webhook', events: [event] });
    await ledger().count({ account: 'other', name: 'forged' });
    for (const [key, kind] of [
      ['1', 'send'],
      ['2', 'push'],
      ['3', 'push'],
    ] as const) {
      await ledger().beginOperation({
        ...{ key, kind, account, node, fingerprint: '', request: {}, message: '{}', attachments: [], owner },
        leaseMs: 9,
      });
    }
    await ledger().failOperation({ key: '3', rev: 1, error: { code: 'REFUSED', message: '' }, retryAt: null });
    store().now += 3000;
    const [claimed] = await ledger().claimTimers({ owner, kinds: ['wait'], lanes, leaseMs: 9e9, limit: 1 });
    expect(claimed?.late).to.equal(2000);
    const gauges = await ledger().gauges({});
    expect(gauges.counters).to.deep.include.members([
      { account, name: 'accepted', n: 1 },
      { account, name: 'duplicate', n: 1 },
      { account: 'other', name: 'accepted', n: 1 },
      { account: 'other', name: 'forged', n: 1 },
    ]);
    expect(gauges.waits).to.deep.equal({ open: 2 });
    expect(gauges.envelopes).to.deep.equal({ open: 1 });
    expect(gauges.timers).to.include({ claimed: 1, dead: 0 });
    expect(gauges.operations).to.deep.equal([
      { kind: 'push', state: 'running', n: 1 },
      { kind: 'send', state: 'running', n: 1 },
      { kind: 'push', state: 'failed', n: 1 },
    ]);
    // The refresh that the event asked for was due at once, three seconds ago.
    expect(gauges.overdueMs).to.equal(3000);
  });

  it('checkJournals goes through all journals in pages', async () => {
    for (const id of ['c', 'a', 'b']) await ledger().appendAudit({ account, envelope: id, kind: 'k', body: id });
    await ledger().appendAudit({ account: 'first', envelope: 'z', kind: 'k', body: 1 });
    const first = await ledger().checkJournals({ limit: 2 });
    expect(first).to.deep.equal({ checked: 2, entries: 2, broken: [], last: { account, id: 'b' } });
    const second = await ledger().checkJournals({ limit: 2, after: first.last! });
    expect(second).to.deep.equal({ checked: 2, entries: 2, broken: [], last: { account: 'first', id: 'z' } });
    expect(await ledger().checkJournals({ limit: 2, after: second.last! })).to.deep.equal({
      ...{ checked: 0, entries: 0, broken: [] },
      last: null,
    });
    expect(await ledger().strayJournals({ limit: 9 })).to.deep.equal([]);
  });

  it('findEnvelopes knows ids and external ids in every account', async () => {
    const sent = {
      name: '',
      status: 'sent',
      rank: 1,
      terminal: false,
      snapshot: {},
      clock: '',
      sentAt: 0,
      dueAt: null,
      node,
    };
    await ledger().recordEnvelope({ ...sent, account, id: 'one', externalId: 'two' });
    await ledger().recordEnvelope({ ...sent, account: 'other', id: 'two', externalId: '' });
    expect(await ledger().findEnvelopes({ text: 'two' })).to.deep.equal([
      { account, id: 'one' },
      { account: 'other', id: 'two' },
    ]);
    expect(await ledger().findEnvelopes({ text: '' })).to.deep.equal([]);
  });
});

describe('gauges', () => {
  it('walks through no table, however long the history', async () => {
    const db = new DatabaseSync(':memory:');
    for (const step of migrations) for (const statement of step.statements) db.exec(statement);
    const scans: string[] = [];
    await verbs.gauges(
      {
        now: 1,
        async query(text) {
          for (const { detail } of db.prepare(`explain query plan ${text}`).all() as { detail: string }[]) {
            // A partial index is the work list itself; the counters are a few rows.
            if (
              /^SCAN (?!counters)/.test(detail) &&
              !/USING (COVERING )?INDEX \w+_(checked|open|due|lease|dead|queue|paused|failed)\b/.test(detail)
            )
              scans.push(`${detail}: ${text}`);
          }
          return db.prepare(text).all() as never;
        },
        count: () => undefined,
        changed: () => undefined,
      },
      {},
    );
    db.close();
    expect(scans).to.deep.equal([]);
  });
});
