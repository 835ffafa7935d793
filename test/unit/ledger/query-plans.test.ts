import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { migrations } from '../../../dist/lib/ledger/migrations';
import type { Cell, Tx } from '../../../dist/lib/ledger/sql';
import { verbs } from '../../../dist/lib/ledger/verbs';
import { account, fact, node, truth, wait } from './stores';

/** Verbs of operators and of retention may walk through a table; what runs all the time may not. */
describe('ledger query plans', () => {
  let db: DatabaseSync;
  let scans: string[];
  const named = (params: readonly Cell[]) =>
    Object.fromEntries(params.map((value, i) => [`$${i + 1}`, typeof value === 'number' ? BigInt(value) : value]));
  const tx: Tx = {
    now: 1_000_000,
    async query(text, params = []) {
      for (const row of db.prepare(`explain query plan ${text}`).all(named(params)) as { detail: string }[]) {
        // "SCAN x USING INDEX" of a partial index is the work list itself.
        const whole = /^SCAN (?!picked|CONSTANT|\d)/.test(row.detail) && !/USING (COVERING )?INDEX/.test(row.detail);
        // The few rows of one envelope may be sorted, a work list may not.
        const sorted = /TEMP B-TREE/.test(row.detail) && /order by (due|ord|lease|deadline|checked_at)\b/.test(text);
        if (whole || sorted) scans.push(`${row.detail} in ${text.replace(/\s+/g, ' ')}`);
      }
      return db.prepare(text).all(named(params)) as never;
    },
    count: () => undefined,
    changed: () => undefined,
  };
  beforeEach(() => {
    db = new DatabaseSync(':memory:');
    for (const step of migrations) for (const statement of step.statements) db.exec(statement);
    scans = [];
  });
  afterEach(() => db.close());

  it('finds everything that runs all the time through an index', async () => {
    const claim = { owner: 'o', nodes: [node, 'n2'], accounts: [account], kinds: ['wait'], leaseMs: 1, limit: 9 };
    const lanes = [{ clock: 'v', shift: 5 }];
    await verbs.setListener(tx, { account, node });
    await verbs.receiveEvents(tx, { account, origin: 'poll', events: [{ ...fact('a'), envelope: 'e' }] });
    await verbs.openWait(tx, wait('w', 'e', { deadline: 5, group: 'g' }));
    await verbs.openWait(tx, wait('x', 'f', { deadline: 5, group: 'g' }));
    await verbs.claimTimers(tx, { ...claim, lanes });
    await verbs.applyTruth(tx, truth('e', 'signed', { events: [fact('a')] }));
    await verbs.claimDeliveries(tx, claim);
    await verbs.claimOperations(tx, { ...claim, lanes });
    await verbs.nextDue(tx, { nodes: [node], accounts: [account], lanes });
    await verbs.waitStats(tx, { nodes: [node] });
    await verbs.staleEnvelopes(tx, { account, checkedBefore: 9, limit: 9 });
    await verbs.envelopeByExternalId(tx, { account, externalId: 'x' });
    await verbs.counters(tx, { account });
    await verbs.journal(tx, { account, envelope: 'e' });
    expect(scans).to.deep.equal([]);
  });
});
