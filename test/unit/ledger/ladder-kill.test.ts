import { expect } from 'chai';
import { due, fire, opening, record } from './ladder-steps';
import { killAfter, start } from './processes';
import { account, drain, newSeed, onBothEngines, random, truth, wait } from './stores';

onBothEngines('ledger ladders under SIGKILL', ({ store, ledger, engine }) => {
  it('is replaced by the next process when one died between hold and succession (S13)', async () => {
    await ledger().openWait(wait('w', 'old'));
    await ledger().openLadder(opening('l', 'old', store().now));
    await ledger().close();
    const child = start(
      store(),
      `const [claim] = await ledger.claimTimers({ owner: 'child', nodes: [node], lanes: [], leaseMs: 1000, limit: 9 });
       await ledger.holdEnvelope({ account, id: 'old', by: 'l:s1' });
       await ledger.applyTruth(${JSON.stringify(truth('old', 'declined'))});
       say(claim.ref);`,
    );
    expect(await killAfter(child, 1)).to.equal('SIGKILL');
    const next = await store().open();
    expect(await drain(next)).to.deep.equal([]);
    expect(await due(next)).to.deep.equal([]);
    store().now += 1000;
    const [claim] = await due(next);
    expect(claim).to.include({ ref: 'l', attempt: 2 });
    expect(await next.holdEnvelope({ account, id: 'old', by: 'l:s1' })).to.equal('ok');
    const successor = { account, id: 'old', by: 'l:s1', successor: record('new') };
    expect(await next.succeedEnvelope(successor)).to.equal('ok');
    expect(await fire(next, claim!, 's1', null)).to.deep.equal({ state: 'fired', exhausted: true });
    await next.applyTruth(truth('new', 'signed'));
    const out = await drain(next);
    expect(out.map(({ id, port }) => ({ id, port }))).to.have.deep.members([
      { id: 'ladder-exhausted:l', port: 2 },
      { id: 'ladder-closed:l', port: 1 },
      { id: 'wait:w', port: 0 },
    ]);
  });

  it('has every firing whole or not at all, whenever the process dies', async () => {
    const { below } = random(newSeed());
    const steps = 40;
    for (let i = 0; i < 5; i += 1) await ledger().openLadder(opening(`l${i}`, `e${i}`, store().now));
    await ledger().close();
    for (let kill = 0; kill < (engine === 'sqlite' ? 4 : 3); kill += 1) {
      const child = start(
        store(),
        `for (;;) {
           const claims = await ledger.claimTimers({ owner: 'child', nodes: [node], lanes: [], leaseMs: 1, limit: 9 });
           for (const { id, rev, ref } of claims) {
             const n = (await ledger.ladder({ id: ref })).fired.length + 1;
             const next = n < ${steps} ? { id: 's' + (n + 1), at: now } : null;
             ledger.fireLadder({ id: ref, claim: { id, rev }, firing: 's' + n, next, body: n, emit: true })
               .then(() => say('fired'));
           }
           if (claims.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
         }`,
      );
      expect(await killAfter(child, 1 + below(30))).to.equal('SIGKILL');
      store().now += 1;
    }
    const next = await store().open();
    const fired = new Map<string, string[]>();
    for (const one of await next.listLadders({ limit: 9 })) {
      fired.set(one.id, one.fired);
      expect(one.fired, one.id).to.deep.equal(one.fired.map((_, i) => `s${i + 1}`));
      expect(one.next?.id ?? null, one.id).to.equal(one.state === 'running' ? `s${one.fired.length + 1}` : null);
    }
    const total = [...fired.values()].reduce((sum, list) => sum + list.length, 0);
    expect(total).to.be.greaterThan(2);
    const out = (await drain(next)).filter(({ port }) => port === 0).map(({ id }) => id);
    expect(out.sort()).to.deep.equal(
      [...fired].flatMap(([id, list]) => list.map((firing) => `ladder:${id}:${firing}`)).sort(),
    );
    store().now += 1;
    const running = (await next.listLadders({ states: ['running'], limit: 9 })).map(({ id }) => id);
    expect((await due(next)).map(({ ref }) => ref).sort()).to.deep.equal(running);
    for (const id of fired.keys()) {
      const { entries, intact } = await next.journal({ account, envelope: id.replace('l', 'e') });
      expect(intact).to.equal(true);
      expect(entries.filter(({ kind }) => kind === 'ladder-fired')).to.have.length(fired.get(id)!.length);
    }
  });
});
