import { expect } from 'chai';
import { due, fire, opening } from './ladder-steps';
import { account, drain, node, onBothEngines, truth } from './stores';

onBothEngines('ledger ladders whose step ends the envelope', ({ store, ledger }) => {
  const next = { id: 's2', at: 5000 };
  const by = 'ladder:l:s1:cancel';

  const open = async () => {
    await ledger().openLadder(opening('l', 'e', store().now));
    const [claim] = await due(ledger());
    expect(await ledger().holdEnvelope({ account, id: 'e', by })).to.equal('ok');
    return claim!;
  };

  it('emits the step, then closes the ladder, and lets the envelope go, in one transaction', async () => {
    const claim = await open();
    await ledger().applyTruth(truth('e', 'declined'));
    expect(await drain(ledger()), 'while it is held').to.deep.equal([]);
    expect(await fire(ledger(), claim, 's1', next)).to.deep.equal({ state: 'held' });
    expect(await fire(ledger(), claim, 's1', next, { endedBy: 'somebody else' })).to.deep.equal({ state: 'held' });
    expect(await fire(ledger(), claim, 's1', next, { endedBy: by })).to.deep.equal({
      state: 'fired',
      exhausted: false,
    });
    const out = await drain(ledger());
    expect(out.map(({ id, port }) => ({ id, port }))).to.deep.equal([
      { id: 'ladder:l:s1', port: 3 },
      { id: 'ladder-closed:l', port: 1 },
    ]);
    expect(out.map(({ message }) => message)).to.deep.equal(['{"parked":"l"}', '{"parked":"l"}']);
    expect(await ledger().ladder({ id: 'l' })).to.deep.include({ state: 'closed', fired: ['s1'], next: null });
    expect((await ledger().envelope({ account, id: 'e' }))?.heldBy).to.equal('');
    expect((await ledger().stats({})).timers).to.include({ pending: 0, claimed: 0 });
    expect((await ledger().journal({ account, envelope: 'e' })).intact).to.equal(true);
    expect((await ledger().ladderStats({ nodes: [node] })).every(({ running }) => running === 0)).to.equal(true);
  });

  it('goes on as any other step when the envelope has not ended', async () => {
    const claim = await open();
    expect(await fire(ledger(), claim, 's1', next, { endedBy: by })).to.deep.equal({
      state: 'fired',
      exhausted: false,
    });
    expect((await drain(ledger())).map(({ port }) => port)).to.deep.equal([0]);
    expect(await ledger().ladder({ id: 'l' })).to.deep.include({ state: 'running', next });
  });
});

onBothEngines('ledger marks', ({ ledger }) => {
  it('move forwards only, and with a limit for one of several who try', async () => {
    expect(await ledger().setMark({ name: 'm', value: 5 })).to.equal(true);
    expect(await ledger().setMark({ name: 'm', value: 4 })).to.equal(false);
    expect(await ledger().setMark({ name: 'm', value: 20, ifAtMost: 4 })).to.equal(false);
    const tries = [20, 21, 22].map((value) => ledger().setMark({ name: 'm', value, ifAtMost: 10 }));
    expect((await Promise.all(tries)).filter(Boolean)).to.have.length(1);
    expect(await ledger().mark({ name: 'm' })).to.be.within(20, 22);
  });
});
