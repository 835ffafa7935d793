import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { migrations } from '../../../dist/lib/ledger/migrations';
import type { Cell, Tx } from '../../../dist/lib/ledger/sql';
import { verbs } from '../../../dist/lib/ledger/verbs';
import { opening, record } from './ladder-steps';
import { account, node, truth } from './stores';

/** What runs with every firing, every end of an envelope and every notification must not walk through a table. */
describe('ledger query plans of ladders and devices', () => {
  let db: DatabaseSync;
  let scans: string[];
  const named = (params: readonly Cell[]) =>
    Object.fromEntries(params.map((value, i) => [`$${i + 1}`, typeof value === 'number' ? BigInt(value) : value]));
  const tx: Tx = {
    now: 1_000_000,
    async query(text, params = []) {
      for (const { detail } of db.prepare(`explain query plan ${text}`).all(named(params)) as { detail: string }[]) {
        // "SCAN x USING INDEX" of a partial index is the work list itself.
        const whole = /^SCAN (?!picked|CONSTANT|\d)/.test(detail) && !/USING (COVERING )?INDEX/.test(detail);
        const sorted = /TEMP B-TREE/.test(detail) && /order by (due|ord|lease|next_at)\b/.test(text);
        if (whole || sorted) scans.push(`${detail} in ${text.replace(/\s+/g, ' ')}`);
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

  it('go through an index', async () => {
    const claim = { owner: 'o', nodes: [node], leaseMs: 1, limit: 9 };
    for (const id of ['a', 'b']) await verbs.openLadder(tx, opening(id, 'old', 1));
    const [timer] = await verbs.claimTimers(tx, { ...claim, lanes: [] });
    const { id, rev, ref } = timer!;
    const fired = await verbs.fireLadder(tx, {
      id: ref,
      claim: { id, rev },
      firing: 's1',
      next: { id: 's2', at: 2 },
      body: null,
      emit: true,
    });
    expect(fired).to.include({ state: 'fired' });
    await verbs.moveLadder(tx, { id: ref, rev: 2, state: 'paused', reason: '' });
    await verbs.ladderStats(tx, { nodes: [node] });
    await verbs.claimDeliveries(tx, claim);
    await verbs.holdEnvelope(tx, { account, id: 'old', by: 'b' });
    await verbs.succeedEnvelope(tx, { account, id: 'old', by: 'b', successor: record('new') });
    await verbs.applyTruth(tx, truth('new', 'signed'));
    const out = await verbs.claimDeliveries(tx, claim);
    await verbs.finishDeliveries(tx, out);
    const { id: device } = await verbs.putDevice(tx, { service: 's', person: 'p', kind: 'k', address: 'a', label: '' });
    await verbs.devicesOf(tx, { service: 's', persons: ['p', 'q'] });
    await verbs.markDevice(tx, { id: device, ok: true });
    await verbs.removeDevice(tx, { service: 's', address: 'a' });
    expect(scans).to.deep.equal([]);
  });
});
