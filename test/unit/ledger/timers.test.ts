import { expect } from 'chai';
import type { Ledger } from '../../../dist/lib/ledger/ledger';
import { account, newSeed, node, onBothEngines, random } from './stores';

const timer = (id: string, due: number, more: { clock?: string; node?: string; kind?: string } = {}) => ({
  id,
  kind: 'step',
  account,
  envelope: 'e',
  node,
  ref: 'r',
  clock: '',
  due,
  data: { n: 1 },
  ...more,
});

const claim = (ledger: Ledger, owner = 'a', more: object = {}) =>
  ledger.claimTimers({ owner, nodes: [node], lanes: [], leaseMs: 1000, limit: 50, ...more });

onBothEngines('ledger timers', ({ store, ledger }) => {
  it('is never early in any lane and reports how late it is (S8)', async () => {
    const { below, pick } = random(newSeed());
    const lanes = [
      { clock: '', shift: 0 },
      { clock: 'fast', shift: 500 },
      { clock: 'slow', shift: -300 },
    ];
    const due = new Map<string, { due: number; clock: string }>();
    for (let i = 0; i < 60; i += 1) {
      const entry = { due: store().now + below(3000) - 500, clock: pick(lanes).clock };
      due.set(`t${i}`, entry);
      await ledger().setTimer(timer(`t${i}`, entry.due, entry));
    }
    while (due.size > 0) {
      const inMs = await ledger().nextDue({ nodes: [node], lanes });
      expect(inMs).to.be.a('number');
      const step = below(40);
      // Either exactly to the announced time, or less far: then nothing may come.
      store().now += below(2) ? (inMs ?? 0) : Math.min(step, inMs ?? 0);
      const lane = (clock: string) => store().now + (lanes.find((l) => l.clock === clock)?.shift ?? 0);
      const expected = [...due].filter(([, entry]) => entry.due <= lane(entry.clock)).map(([id]) => id);
      const claimed = await ledger().claimTimers({ owner: 'a', nodes: [node], lanes, leaseMs: 1000, limit: 100 });
      expect(claimed.map(({ id }) => id)).to.have.members(expected);
      for (const { id, rev, late, clock } of claimed) {
        expect(late).to.equal(lane(clock) - due.get(id)!.due);
        due.delete(id);
        expect(await ledger().finishTimer({ id, rev })).to.equal('ok');
      }
    }
    expect(await ledger().nextDue({ nodes: [node], lanes })).to.equal(null);
  });

  it('keeps the earlier time, and starts afresh when it is set while it runs', async () => {
    await ledger().setTimer(timer('t', store().now + 500));
    await ledger().setTimer(timer('t', store().now + 900));
    expect(await ledger().nextDue({ nodes: [node], lanes: [] })).to.equal(500);
    store().now += 500;
    const [first] = await claim(ledger());
    await ledger().setTimer(timer('t', store().now));
    expect(await ledger().finishTimer(first!)).to.equal('stale');
    const [second] = await claim(ledger());
    expect(await ledger().finishTimer(second!)).to.equal('ok');
    expect(await claim(ledger())).to.deep.equal([]);
  });

  it('hands each of 500 due timers to one of two runtimes (S19)', async () => {
    const other = await store().open();
    for (let i = 0; i < 500; i += 1) await ledger().setTimer(timer(`t${i}`, store().now));
    const seen: string[] = [];
    const work = async (at: Ledger, owner: string) => {
      for (;;) {
        const batch = await claim(at, owner, { limit: 20 });
        if (batch.length === 0 && (await at.nextDue({ nodes: [node], lanes: [] })) !== 0) return;
        seen.push(...batch.map(({ id }) => id));
        await Promise.all(batch.map((one) => at.finishTimer(one)));
      }
    };
    await Promise.all([work(ledger(), 'a'), work(other, 'b'), work(ledger(), 'c'), work(other, 'd')]);
    expect(seen).to.have.length(500);
    expect(new Set(seen).size).to.equal(500);
  });

  it('lets nobody act after his lease was taken over (S19)', async () => {
    const other = await store().open();
    await ledger().setTimer(timer('t', store().now));
    const [mine] = await claim(ledger(), 'a');
    expect(await claim(other, 'b')).to.deep.equal([]);
    expect(await other.nextDue({ nodes: [node], lanes: [] })).to.equal(1000);
    expect(await ledger().renewTimer({ ...mine!, leaseMs: 2000 })).to.equal('ok');
    store().now += 1999;
    expect(await claim(other, 'b')).to.deep.equal([]);
    store().now += 1;
    const [theirs] = await claim(other, 'b');
    expect(theirs).to.include({ attempt: 2 });
    for (const verb of ['finishTimer', 'renewTimer', 'retryTimer'] as const) {
      expect(await ledger()[verb]({ ...mine!, leaseMs: 1, due: 0, error: '' })).to.equal('stale');
    }
    expect(await other.finishTimer(theirs!)).to.equal('ok');
  });

  it('gives up on poison, visibly, and tries again when told to (S21)', async () => {
    await ledger().setTimer(timer('t', store().now));
    for (let i = 1; i <= 3; i += 1) {
      const [one] = await claim(ledger(), 'a', { maxAttempts: 3 });
      expect(one).to.include({ attempt: i });
      await ledger().retryTimer({ ...one!, due: store().now, error: `no ${i}` });
    }
    expect(await claim(ledger(), 'a', { maxAttempts: 3 })).to.deep.equal([]);
    expect(await ledger().faults({ limit: 9 })).to.have.length(1);
    expect((await ledger().faults({ account, limit: 9 }))[0]).to.include({ what: 'timer', id: 't', error: 'no 3' });
    expect(await ledger().reviveFault({ what: 'timer', id: 't' })).to.equal(true);
    expect(await claim(ledger(), 'a', { maxAttempts: 3 })).to.have.length(1);
    expect(await ledger().reviveFault({ what: 'timer', id: 't' })).to.equal(false);
  });

  it('does not count attempts that were nobody’s fault', async () => {
    await ledger().setTimer(timer('t', store().now));
    for (let i = 0; i < 10; i += 1) {
      const [one] = await claim(ledger(), 'a', { maxAttempts: 2 });
      await ledger().retryTimer({ ...one!, due: store().now, error: 'down', counts: false });
    }
    expect(await claim(ledger(), 'a', { maxAttempts: 2 })).to.have.length(1);
  });

  it('claims only for the nodes, accounts and kinds asked for', async () => {
    await ledger().setTimer(timer('n', store().now));
    await ledger().setTimer(timer('o', store().now, { node: 'other' }));
    await ledger().setTimer(timer('a', store().now, { node: '', kind: 'refresh' }));
    const ids = async (scope: object) =>
      (await ledger().claimTimers({ owner: 'x', lanes: [], leaseMs: 0, limit: 9, ...scope }))
        .map(({ id }) => id)
        .sort();
    expect(await ids({ nodes: [] })).to.deep.equal([]);
    expect(await ids({ nodes: [node] })).to.deep.equal(['n']);
    expect(await ids({ accounts: [account] })).to.deep.equal(['a']);
    expect(await ids({ nodes: [node], accounts: [account] })).to.deep.equal(['a', 'n']);
    expect(await ids({ kinds: ['refresh'] })).to.deep.equal(['a']);
    expect(await ids({})).to.deep.equal(['a', 'n', 'o']);
    expect(await ledger().cancelTimer({ id: 'o' })).to.equal(true);
    expect(await ids({})).to.deep.equal(['a', 'n']);
  });
});
