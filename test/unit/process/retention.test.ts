import { expect } from 'chai';
import type { Ledger } from '../../../dist/lib/ledger/ledger';
import { longestKeepMs, Retention, type RetentionOptions } from '../../../dist/lib/process/retention';
import { until } from '../../../scripts/lib/child';
import { account, fact, node, onBothEngines, truth, wait } from '../ledger/stores';

const day = 86_400_000;

onBothEngines('retention', ({ store, ledger }) => {
  const running: Retention[] = [];
  const keeper = (more: Partial<RetentionOptions> = {}, on: Ledger = ledger()): Retention => {
    const onFault = (error: Error) => {
      throw error;
    };
    const made = new Retention(on, { owner: 'a', keepMs: () => 90 * day, onFault, pauseMs: 1, ...more });
    running.push(made);
    return made;
  };
  /** Envelopes with two events and a wait each, signed now, their messages delivered. */
  const end = async (...envelopes: string[]): Promise<void> => {
    for (const envelope of envelopes) {
      await ledger().openWait(wait(`w-${envelope}`, envelope));
      await ledger().applyTruth(truth(envelope, 'signed', { events: [fact('a'), fact('b')] }));
    }
    const deliveries = await ledger().claimDeliveries({ owner: 'x', nodes: [node], leaseMs: 1000, limit: 1000 });
    await ledger().finishDeliveries(deliveries.map(({ id, rev }) => ({ id, rev })));
  };
  const isPruned = async (id: string) => (await ledger().envelope({ account, id }))?.prunedAt !== null;
  const numbered = (n: number) => Array.from({ length: n }, (_, index) => `e${index}`);

  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
  });

  it('removes what ended long enough ago by the clock of the ledger, and neither what is younger nor what is open', async () => {
    await ledger().applyTruth(truth('open', 'sent', { events: [fact('a')] }));
    await ledger().openWait(wait('w-open', 'open'));
    await ledger().applyTruth(truth('nobody waits for', 'sent', { events: [fact('a')] }));
    await end('old');
    store().now += 89 * day;
    await end('young');
    expect(await keeper().round()).to.deep.equal({ envelopes: 0, rows: 0 });
    store().now += day + 1;
    const removed = await keeper().round();
    expect(removed?.envelopes).to.equal(1);
    expect(removed?.rows).to.be.greaterThan(2);
    const kept = ['young', 'open', 'nobody waits for'];
    expect(await Promise.all(['old', ...kept].map(isPruned))).to.deep.equal([true, false, false, false]);
    expect((await ledger().listWaits({ limit: 9 })).map(({ id }) => id)).to.have.members(['w-young', 'w-open']);
    const { pruned } = await ledger().gauges({});
    expect(pruned).to.deep.equal({ envelopes: 1, rows: removed?.rows, lastAt: store().now });
  });

  it('leaves the journal verifiable and absorbs what comes late', async () => {
    await end('old');
    const before = (await ledger().journal({ account, envelope: 'old' })).entries;
    store().now += 91 * day;
    await keeper().round();
    expect(await ledger().journal({ account, envelope: 'old' })).to.deep.equal({ entries: before, intact: true });
    const late = [
      { ...fact('a'), envelope: 'old' },
      { ...fact('never seen'), envelope: 'old' },
    ];
    const receipts = await ledger().receiveEvents({ account, origin: 'webhook', events: late });
    expect(receipts).to.deep.equal(['duplicate', 'duplicate']);
    expect(await ledger().nextDue({ accounts: [account], nodes: [node], lanes: [] })).to.equal(null);
    expect(await ledger().openWait(wait('again', 'old'))).to.deep.equal({ state: 'settled', outcome: 'reached' });
  });

  it('forgets when an envelope was last reminded of only with the envelope', async () => {
    const marks = ['old', 'young'].map((envelope) => `reminded:${account}:${envelope}`);
    for (const name of marks) await ledger().setMark({ name, value: 1 });
    await end('old');
    store().now += 91 * day;
    await end('young');
    await keeper().round();
    expect(await Promise.all(marks.map((name) => ledger().mark({ name })))).to.deep.equal([null, 1]);
  });

  it('goes in small steps, between which everything else has its turn', async () => {
    await end(...numbered(50));
    store().now += 91 * day;
    const limits: (number | undefined)[] = [];
    const order: string[] = [];
    const events = [{ ...fact('x'), envelope: 'other' }];
    const watched = Object.freeze({
      ...ledger(),
      prune: async (input: Parameters<Ledger['prune']>[0]) => {
        limits.push(input.limit);
        const arriving = ledger().receiveEvents({ account, origin: 'webhook', events });
        void arriving.then(() => order.push('taken in'));
        const result = await ledger().prune(input);
        order.push('pruned');
        return result;
      },
    });
    expect(await keeper({}, watched).round()).to.include({ envelopes: 50 });
    expect(limits).to.deep.equal([20, 20, 20]);
    const meanwhile = order.slice(0, order.lastIndexOf('pruned')).filter((what) => what === 'taken in');
    expect(meanwhile.length, order.join()).to.be.at.least(2);
  });

  it('is the work of one runtime at a time, and of another when that one is gone', async () => {
    await end(...numbered(30));
    store().now += 91 * day;
    const other = await store().open();
    let second: unknown = 'not asked';
    const stuck = Object.freeze({
      ...ledger(),
      prune: async (input: Parameters<Ledger['prune']>[0]) => {
        second = await keeper({ owner: 'b' }, other).round();
        return ledger().prune(input);
      },
    });
    expect(await keeper({ batch: 100 }, stuck).round()).to.include({ envelopes: 30 });
    expect(second, 'the second while the first is at it').to.equal(null);

    await end('later');
    store().now += 91 * day;
    await ledger().acquireLease({ name: 'retention', owner: 'killed', leaseMs: 120_000 });
    expect(await keeper({ owner: 'b' }, other).round()).to.equal(null);
    store().now += 120_000;
    expect(await keeper({ owner: 'b' }, other).round()).to.include({ envelopes: 1 });
  });

  it('keeps everything for ever when it is told to', async () => {
    await end('old');
    store().now += 1e4 * day;
    expect(await keeper({ keepMs: () => null }).round()).to.equal(null);
    expect(await isPruned('old')).to.equal(false);
    expect((await ledger().gauges({})).pruned.lastAt).to.equal(null);
  });

  it('comes again by itself, asks each time how long to keep, and says a lasting fault once', async () => {
    await end('old');
    store().now += 91 * day;
    const faults: string[] = [];
    let [keepMs, fails, rounds]: [number | null, boolean, number] = [null, true, 0];
    const failing = Object.freeze({
      ...ledger(),
      acquireLease: async (input: Parameters<Ledger['acquireLease']>[0]) => {
        rounds += 1;
        if (fails) throw new Error('the server is away');
        return ledger().acquireLease(input);
      },
    });
    const onFault = (error: Error) => void faults.push(error.message);
    const options = { keepMs: () => keepMs, onFault, firstAfterMs: 1, everyMs: 1 };
    const loop = keeper(options, failing);
    loop.start();
    keepMs = 90 * day;
    await until('some rounds', () => rounds >= 3);
    fails = false;
    await until('the envelope to go', () => isPruned('old'));
    expect(faults).to.deep.equal(['the server is away']);
    await loop.stop();
    const after = rounds;
    await ledger().stats({});
    expect(rounds).to.equal(after);
  });
});

describe('how long a ledger of several is kept', () => {
  it('is the longest wish, for ever if one says so, and nothing is removed when nobody is left to ask', () => {
    expect(longestKeepMs([90])).to.equal(90 * day);
    expect(longestKeepMs([90, 1, 365])).to.equal(365 * day);
    expect(longestKeepMs([90, null, 365])).to.equal(null);
    expect(longestKeepMs([])).to.equal(null);
  });
});
