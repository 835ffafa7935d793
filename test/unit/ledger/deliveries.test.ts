import { expect } from 'chai';
import type { Ledger } from '../../../dist/lib/ledger/ledger';
import { account, fact, node, onBothEngines, truth, wait } from './stores';

const claim = (ledger: Ledger, owner = 'a', more: object = {}) =>
  ledger.claimDeliveries({ owner, nodes: [node], leaseMs: 1000, limit: 50, ...more });

onBothEngines('ledger deliveries', ({ store, ledger }) => {
  const settled = async (...names: string[]) => {
    for (const name of names) {
      await ledger().openWait(wait(name, name));
      await ledger().applyTruth(truth(name, 'signed'));
    }
  };

  it('repeats a message whose emitter vanished, under the same id and marked (S7)', async () => {
    await settled('w');
    const [first] = await claim(ledger());
    expect(await claim(ledger(), 'b')).to.deep.equal([]);
    store().now += 1000;
    const [second] = await claim(ledger(), 'b');
    expect(second).to.include({ id: first!.id, attempt: 2, message: '{"parked":"w"}' });
    expect(await ledger().finishDeliveries([first!])).to.deep.equal(['stale']);
    expect(await ledger().renewDelivery({ ...second!, leaseMs: 5000 })).to.equal('ok');
    expect(await ledger().finishDeliveries([second!])).to.deep.equal(['ok']);
    expect(await ledger().finishDeliveries([second!])).to.deep.equal(['stale']);
    expect(await ledger().nextDue({ nodes: [node], lanes: [] })).to.equal(null);
  });

  it('hands out the messages about one envelope one after the other, those of others beside it', async () => {
    await ledger().setListener({ account, node });
    await ledger().applyTruth(truth('e', 'viewed', { events: [fact('a', 1), fact('b', 2)] }));
    store().now += 1;
    await ledger().applyTruth(truth('f', 'viewed', { events: [fact('c', 3)] }));
    const [a, c, ...none] = await claim(ledger());
    expect(none).to.deep.equal([]);
    expect([a, c].map((one) => (one!.body as { dedupe: string }).dedupe)).to.deep.equal(['a', 'c']);
    expect(await ledger().nextDue({ nodes: [node], lanes: [] })).to.equal(1000);
    await ledger().retryDelivery({ ...a!, due: store().now + 500, error: 'later' });
    expect(await claim(ledger())).to.deep.equal([]);
    expect(await ledger().nextDue({ nodes: [node], lanes: [] })).to.equal(500);
    store().now += 500;
    const [again] = await claim(ledger());
    await ledger().finishDeliveries([again!]);
    const [b] = await claim(ledger());
    expect(b!.body).to.include({ dedupe: 'b' });
  });

  it('clears a message at once when the ledger is closed, also when nobody waited for that', async () => {
    await settled('w');
    const [one] = await claim(ledger());
    const cleared = ledger().finishDeliveries([one!]);
    await ledger().close();
    expect(await cleared).to.deep.equal(['ok']);
    store().now += 1000;
    expect(await claim(await store().open())).to.deep.equal([]);
  });

  it('puts a message aside that nobody can emit, and lets those behind it pass (S21)', async () => {
    await ledger().setListener({ account, node });
    await ledger().applyTruth(truth('e', 'viewed', { events: [fact('a', 1), fact('b', 2)] }));
    for (let i = 0; i < 2; i += 1) {
      await claim(ledger(), 'a', { maxAttempts: 2, leaseMs: 10 });
      store().now += 10;
    }
    const [b] = [
      ...(await claim(ledger(), 'a', { maxAttempts: 2 })),
      ...(await claim(ledger(), 'a', { maxAttempts: 2 })),
    ];
    expect(b!.body).to.include({ dedupe: 'b' });
    const [fault] = await ledger().faults({ limit: 9 });
    expect(fault).to.include({ what: 'delivery', attempts: 3, node });
    expect(await ledger().counters({ account })).to.include({ dead: 1 });
    await ledger().finishDeliveries([b!]);
    expect(await ledger().reviveFault(fault!)).to.equal(true);
    expect((await claim(ledger()))[0]!.body).to.include({ dedupe: 'a' });
  });

  it('shares the outbox between runtimes without giving a message to two', async () => {
    const other = await store().open();
    const names = Array.from({ length: 60 }, (_, i) => `w${i}`);
    await settled(...names);
    const seen: string[] = [];
    const work = async (at: Ledger, owner: string) => {
      for (;;) {
        const batch = await claim(at, owner, { limit: 7 });
        if (batch.length === 0 && (await at.nextDue({ nodes: [node], lanes: [] })) !== 0) return;
        seen.push(...batch.map(({ id }) => id));
        await at.finishDeliveries(batch);
      }
    };
    await Promise.all([work(ledger(), 'a'), work(other, 'b')]);
    expect(seen.sort()).to.deep.equal(names.map((name) => `wait:${name}`).sort());
  });

  it('tells listeners that something may be due, also those of the other runtime on PostgreSQL', async () => {
    const other = await store().open();
    let heard = 0;
    const watched = store().options.engine === 'postgres' ? other : ledger();
    const told = new Promise<void>((resolve) => {
      watched.onChange(() => {
        heard += 1;
        resolve();
      });
    });
    await settled('w');
    await told;
    expect(heard).to.be.greaterThan(0);
  });
});
