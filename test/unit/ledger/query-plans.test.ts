import { expect } from 'chai';
import { verbs } from '../../../dist/lib/ledger/verbs';
import { type QueryWatch, watchQueries } from './query-watch';
import { account, fact, node, truth, wait } from './stores';

/** Verbs of operators and of retention may walk through a table; what runs all the time may not. */
describe('ledger query plans', () => {
  let watch: QueryWatch;
  beforeEach(() => {
    watch = watchQueries(['due', 'ord', 'lease', 'deadline', 'checked_at']);
  });
  afterEach(() => watch.close());

  it('finds everything that runs all the time through an index', async () => {
    const { tx } = watch;
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
    expect(watch.scans).to.deep.equal([]);
  });
});
