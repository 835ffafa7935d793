import { expect } from 'chai';
import { verbs } from '../../../dist/lib/ledger/verbs';
import { opening, record } from './ladder-steps';
import { type QueryWatch, watchQueries } from './query-watch';
import { account, node, truth } from './stores';

/** What runs with every firing, every end of an envelope and every notification must not walk through a table. */
describe('ledger query plans of ladders and devices', () => {
  let watch: QueryWatch;
  beforeEach(() => {
    watch = watchQueries(['due', 'ord', 'lease', 'next_at']);
  });
  afterEach(() => watch.close());

  it('go through an index', async () => {
    const { tx } = watch;
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
    expect(watch.scans).to.deep.equal([]);
  });
});
