import { expect } from 'chai';
import type { Ledger } from '../../../dist/lib/ledger/ledger';
import type { ClaimedDelivery } from '../../../dist/lib/ledger/types';
import { due, fire, opening, record } from './ladder-steps';
import { account, drain, fact, newSeed, node, onBothEngines, owner, random, truth, wait } from './stores';

const by = 'replace-1';
const hold = (at: Ledger, id: string, holder = by) => at.holdEnvelope({ account, id, by: holder });
const release = (at: Ledger, id: string, holder = by) => at.releaseHold({ account, id, by: holder });
const succeed = (at: Ledger, id: string, successor: string, more: object = {}) =>
  at.succeedEnvelope({ account, id, by, successor: record(successor), ...more });
const where = ({ id, port, envelope }: ClaimedDelivery) => ({ id, port, envelope });

onBothEngines('ledger succession', ({ store, ledger }) => {
  const cancelled = (id: string) =>
    ledger().applyTruth({
      ...truth(id, 'declined'),
      envelope: { ...truth(id, 'declined').envelope, status: 'cancelled' },
    });
  /** Waits for an end of any kind, the cancellation among them. */
  const anyEnd = (id: string, envelope: string, more: object = {}) =>
    wait(id, envelope, { endedBy: ['declined', 'expired', 'cancelled'], ...more });

  it('moves who waits to the successor, and nothing of the old one decides any more (S13)', async () => {
    await ledger().recordEnvelope(record('old'));
    await ledger().openWait(anyEnd('w', 'old', { deadline: store().now + 9000 }));
    for (const id of ['running', 'paused']) await ledger().openLadder(opening(id, 'old', store().now + 1000));
    await ledger().moveLadder({ id: 'paused', rev: 1, state: 'paused', reason: '' });
    expect(await hold(ledger(), 'old')).to.equal('ok');
    await cancelled('old');
    expect(await ledger().envelope({ account, id: 'old' })).to.include({ status: 'cancelled', heldBy: by });
    expect(await drain(ledger())).to.deep.equal([]);
    expect(await succeed(ledger(), 'old', 'new')).to.equal('ok');
    expect(await ledger().envelope({ account, id: 'old' })).to.include({
      heldBy: '',
      successor: 'new',
      predecessor: '',
      lineage: 'old',
    });
    expect(await ledger().envelope({ account, id: 'new' })).to.include({
      status: 'sent',
      externalId: 'x-new',
      successor: '',
      predecessor: 'old',
      lineage: 'old',
    });
    expect(await ledger().listWaits({ account, envelope: 'new', limit: 9 })).to.have.length(1);
    expect(await ledger().listLadders({ account, envelope: 'new', limit: 9 })).to.have.length(2);
    await ledger().applyTruth(truth('old', 'signed'));
    expect(await drain(ledger())).to.deep.equal([]);
    store().now += 1000;
    const [claim] = await due(ledger());
    expect(claim).to.include({ ref: 'running', envelope: 'new' });
    await fire(ledger(), claim!, 's1', { id: 's2', at: store().now + 1 });
    expect((await drain(ledger())).map(where)).to.deep.equal([{ id: 'ladder:running:s1', port: 0, envelope: 'new' }]);
    await ledger().applyTruth(truth('new', 'signed'));
    expect((await drain(ledger())).map(where)).to.have.deep.members([
      { id: 'wait:w', port: 0, envelope: 'new' },
      { id: 'ladder-closed:running', port: 1, envelope: 'new' },
      { id: 'ladder-closed:paused', port: 1, envelope: 'new' },
    ]);
    expect((await ledger().stats({})).timers).to.include({ pending: 0, claimed: 0 });
    for (const [id, kind] of [
      ['old', 'succeeded'],
      ['new', 'succeeds'],
    ] as const) {
      const { entries, intact } = await ledger().journal({ account, envelope: id });
      expect(intact).to.equal(true);
      expect(entries.find((entry) => entry.kind === kind)?.body, id).to.deep.include({
        waits: ['w'],
        ladders: ['paused', 'running'],
      });
    }
  });

  it('lets the ladder that replaces go on with the claim it holds', async () => {
    await ledger().openLadder(opening('l', 'old', store().now));
    const [claim] = await due(ledger());
    await hold(ledger(), 'old');
    await cancelled('old');
    expect(await succeed(ledger(), 'old', 'new')).to.equal('ok');
    expect(await fire(ledger(), claim!, 's1', { id: 's2', at: store().now + 5 }, { rev: 1 })).to.deep.equal({
      state: 'fired',
      exhausted: false,
    });
    expect((await drain(ledger())).map(where)).to.deep.equal([{ id: 'ladder:l:s1', port: 0, envelope: 'new' }]);
    store().now += 5;
    expect(await due(ledger())).to.have.nested.property('[0].envelope', 'new');
  });

  it('tells at the release what happened during the hold: signed is signed', async () => {
    await ledger().openWait(anyEnd('w', 'e'));
    await ledger().openLadder(opening('l', 'e', store().now + 1000));
    await hold(ledger(), 'e');
    await cancelled('e');
    await ledger().applyTruth(truth('e', 'signed', { events: [fact('s')] }));
    expect(await ledger().openWait(anyEnd('during', 'e'))).to.deep.equal({ state: 'waiting' });
    expect(await ledger().openLadder(opening('l2', 'e', store().now + 1000))).to.deep.equal({ state: 'running' });
    expect(await drain(ledger())).to.deep.equal([]);
    expect(await release(ledger(), 'e', 'another')).to.equal('stale');
    expect(await release(ledger(), 'e')).to.equal('ok');
    expect(await release(ledger(), 'e')).to.equal('stale');
    expect((await drain(ledger())).map(where)).to.have.deep.members([
      { id: 'wait:w', port: 0, envelope: 'e' },
      { id: 'wait:during', port: 0, envelope: 'e' },
      { id: 'ladder-closed:l', port: 1, envelope: 'e' },
      { id: 'ladder-closed:l2', port: 1, envelope: 'e' },
    ]);
    expect(await succeed(ledger(), 'e', 'new')).to.equal('stale');
    expect(await ledger().envelope({ account, id: 'new' })).to.include({ status: '', predecessor: '' });
  });

  it('settles a status short of the end also during a hold, and nothing new at its release', async () => {
    await ledger().openWait(wait('viewed', 'e', { reachedBy: ['viewed'] }));
    await ledger().openLadder(opening('l', 'e', store().now + 1000));
    await hold(ledger(), 'e');
    expect(await ledger().applyTruth(truth('e', 'viewed'))).to.include({ settled: 1 });
    expect(await release(ledger(), 'e')).to.equal('ok');
    expect((await drain(ledger())).map(({ id }) => id)).to.deep.equal(['wait:viewed']);
    expect(await ledger().ladder({ id: 'l' })).to.include({ state: 'running' });
  });

  it('does not fire into an end that is not decided yet', async () => {
    await ledger().openLadder(opening('l', 'e', store().now));
    const [claim] = await due(ledger());
    await hold(ledger(), 'e');
    await ledger().applyTruth(truth('e', 'signed'));
    expect(await fire(ledger(), claim!, 's1', null)).to.deep.equal({ state: 'held' });
    const later = { id: claim!.id, rev: claim!.rev, due: store().now + 10, error: '', counts: false };
    expect(await ledger().retryTimer(later)).to.equal('ok');
    await release(ledger(), 'e');
    store().now += 10;
    expect(await due(ledger())).to.deep.equal([]);
    expect((await drain(ledger())).map(({ id }) => id)).to.deep.equal(['ladder-closed:l']);
  });

  it('is held by one at a time, and again by the same one after a restart', async () => {
    expect(await hold(ledger(), 'e')).to.equal('ok');
    const restarted = await store().open();
    expect(await hold(restarted, 'e')).to.equal('ok');
    expect(await hold(restarted, 'e', 'another')).to.equal('held');
    await cancelled('e');
    expect(await hold(restarted, 'e')).to.equal('ok');
    expect(await hold(restarted, 'e', 'another')).to.equal('held');
    expect(await ledger().listEnvelopes({ account, held: true, limit: 9 })).to.have.length(1);
    expect(await succeed(restarted, 'e', 'f', { by: 'another' })).to.equal('stale');
    expect(await succeed(restarted, 'e', 'f')).to.equal('ok');
    expect(await succeed(ledger(), 'e', 'f')).to.equal('ok');
    expect(await succeed(ledger(), 'e', 'g')).to.equal('stale');
    expect(await hold(ledger(), 'e')).to.equal('ended');
    expect(await ledger().listEnvelopes({ held: true, limit: 9 })).to.deep.equal([]);
    await ledger().applyTruth(truth('f', 'signed'));
    expect(await hold(ledger(), 'f')).to.equal('ended');
  });

  it('settles at once when the successor has ended before it is recorded', async () => {
    await ledger().openWait(anyEnd('w', 'old'));
    await ledger().openLadder(opening('l', 'old', store().now));
    const [claim] = await due(ledger());
    await fire(ledger(), claim!, 's1', { id: 's2', at: store().now + 9 });
    await hold(ledger(), 'old');
    await ledger().applyTruth(truth('new', 'signed'));
    expect(await succeed(ledger(), 'old', 'new')).to.equal('ok');
    expect((await drain(ledger())).map(where)).to.have.deep.members([
      { id: 'wait:w', port: 0, envelope: 'new' },
      { id: 'ladder-closed:l', port: 1, envelope: 'new' },
    ]);
    expect((await ledger().stats({})).timers).to.include({ pending: 0 });
  });

  it('keeps the order of what is in the outbox', async () => {
    await ledger().openLadder(opening('l', 'old', store().now));
    const [claim] = await due(ledger());
    await fire(ledger(), claim!, 's1', { id: 's2', at: store().now + 9 });
    const [step] = await ledger().claimDeliveries({ owner, nodes: [node], leaseMs: 1000, limit: 9 });
    await hold(ledger(), 'old');
    await succeed(ledger(), 'old', 'new');
    await ledger().applyTruth(truth('new', 'signed'));
    expect(await drain(ledger())).to.deep.equal([]);
    expect(await ledger().finishDeliveries([step!])).to.deep.equal(['ok']);
    expect((await drain(ledger()))[0]).to.include({ id: 'ladder-closed:l', message: '{"parked":"l"}' });
  });

  it('follows the line to its end, for what is opened, cancelled and timed out on any envelope of it', async () => {
    const line = ['c', 'a', 'd', 'b'];
    await ledger().openWait(anyEnd('early', 'c', { deadline: store().now + 100 }));
    const early = async () =>
      ledger().claimTimers({ owner, nodes: [node], kinds: ['wait'], lanes: [], leaseMs: 1000, limit: 9 });
    for (const [index, id] of line.slice(0, -1).entries()) {
      await hold(ledger(), id);
      expect(await succeed(ledger(), id, line[index + 1]!)).to.equal('ok');
    }
    expect(await ledger().envelope({ account, id: 'b' })).to.include({ predecessor: 'd', lineage: 'c' });
    for (const id of line) {
      expect(await ledger().openWait(anyEnd(`w-${id}`, id))).to.deep.equal({ state: 'waiting' });
      expect(await ledger().openLadder(opening(`l-${id}`, id, store().now + 1000))).to.include({ state: 'running' });
    }
    expect(await ledger().listWaits({ envelope: 'b', state: 'waiting', limit: 9 })).to.have.length(5);
    expect(await ledger().listLadders({ envelope: 'b', limit: 9 })).to.have.length(4);
    expect(await ledger().cancelWaits({ account, envelope: 'c', id: 'w-d', reason: 'test' })).to.equal(1);
    store().now += 100;
    const [timeout] = await early();
    expect(timeout).to.include({ envelope: 'b' });
    expect(await ledger().expireWait({ claim: timeout! })).to.equal('settled');
    expect((await drain(ledger())).map(where)).to.deep.equal([{ id: 'wait:early', port: 2, envelope: 'b' }]);
    await ledger().applyTruth(truth('b', 'signed'));
    expect(await drain(ledger())).to.have.length(7);
    expect(await ledger().openLadder(opening('late', 'c', 0))).to.deep.equal({ state: 'over', status: 'signed' });
  });

  it('is not pruned while it is held, and its successor lives on without it', async () => {
    await ledger().openWait(wait('w', 'old'));
    await hold(ledger(), 'old');
    await cancelled('old');
    store().now += 1000;
    // Nobody waits for this one, and yet it is not over.
    await hold(ledger(), 'bare');
    await cancelled('bare');
    store().now += 1000;
    expect(await ledger().prune({ before: store().now })).to.include({ envelopes: 0 });
    expect(await release(ledger(), 'bare')).to.equal('ok');
    expect(await ledger().prune({ before: store().now })).to.include({ envelopes: 1 });
    await succeed(ledger(), 'old', 'new');
    store().now += 1000;
    expect(await ledger().prune({ before: store().now })).to.include({ envelopes: 1 });
    expect(await ledger().openWait(wait('x', 'old'))).to.deep.equal({ state: 'waiting' });
    await ledger().applyTruth(truth('new', 'signed'));
    expect((await drain(ledger())).map(({ id }) => id)).to.have.members(['wait:w', 'wait:x']);
  });

  it('refuses a successor that is the envelope itself or of another account', async () => {
    await hold(ledger(), 'e');
    for (const successor of [record('e'), record('f', 'sent', { account: 'another' })]) {
      const refused = await ledger()
        .succeedEnvelope({ account, id: 'e', by, successor })
        .then(
          () => null,
          (thrown: Error) => thrown.message,
        );
      expect(refused).to.match(/another envelope of the same account/);
    }
    expect(await ledger().envelope({ account, id: 'e' })).to.include({ heldBy: by, successor: '' });
  });

  it('loses nobody who waits in a race of signature, opening and succession', async () => {
    const { next } = random(newSeed());
    const other = await store().open();
    const rounds = 30;
    for (let round = 0; round < rounds; round += 1) {
      const [old, successor] = next() < 0.5 ? [`a${round}`, `b${round}`] : [`b${round}`, `a${round}`];
      await hold(ledger(), old);
      const work = [
        () => succeed(ledger(), old, successor),
        () => other.openWait(anyEnd(`w${round}`, old)),
        () => other.openLadder(opening(`l${round}`, old, store().now + 1e6)),
        () => ledger().applyTruth(truth(old, 'expired')),
        () => other.applyTruth(truth(successor, 'signed')),
      ];
      await Promise.all(work.sort(() => next() - 0.5).map((begin) => begin()));
    }
    expect(await ledger().listWaits({ state: 'waiting', limit: 9 })).to.deep.equal([]);
    const out = await drain(ledger());
    expect(out).to.have.length(2 * rounds);
    for (const { id, port } of out) expect(port, id).to.equal(id.startsWith('wait') ? 0 : 1);
    expect((await ledger().stats({})).timers).to.include({ pending: 0 });
  });
});
