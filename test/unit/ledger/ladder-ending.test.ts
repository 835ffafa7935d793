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

onBothEngines('ledger operations of ladder steps', ({ store, ledger }) => {
  const begin = (key: string) =>
    ledger().beginOperation({
      key,
      kind: 'remind',
      account,
      node: '',
      envelope: 'e',
      fingerprint: '',
      request: {},
      message: '',
      attachments: [],
      owner: 'killed',
      leaseMs: 1000,
    });

  it('that failed are no faults: the timer of the ladder tries them again', async () => {
    const begun = await begin('ladder:l:s1:remind');
    expect(begun.state).to.equal('mine');
    const error = { code: 'RATE_LIMITED', message: 'not yet' };
    if (begun.state === 'mine') {
      await ledger().failOperation({ key: 'ladder:l:s1:remind', rev: begun.rev, error, retryAt: null });
    }
    expect(await ledger().faults({ limit: 9 })).to.deep.equal([]);
    expect((await ledger().stats({})).operations.failed).to.equal(0);
    expect((await ledger().gauges({})).operations).to.deep.equal([]);
    expect((await begin('ladder:l:s1:remind')).state).to.equal('mine');
  });

  it('that a crash interrupted end with the envelope, which retention can then remove', async () => {
    await ledger().openLadder(opening('l', 'e', store().now));
    await begin('ladder:l:s1:remind');
    await ledger().applyTruth(truth('e', 'signed'));
    await drain(ledger());
    expect((await ledger().gauges({})).operations).to.deep.equal([]);
    expect(await ledger().operation({ key: 'ladder:l:s1:remind' })).to.include({ state: 'failed' });
    expect(await ledger().faults({ limit: 9 })).to.deep.equal([]);
    store().now += 1000;
    expect((await ledger().prune({ before: store().now })).envelopes).to.equal(1);
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
