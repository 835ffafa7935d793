import { expect } from 'chai';
import type { ClaimedDelivery, LadderClosedBody } from '../../../dist/lib/ledger/types';
import { due, fire, opening } from './ladder-steps';
import { account, drain, node, onBothEngines, owner, truth } from './stores';

const brief = ({ id, port }: ClaimedDelivery) => ({ id, port });

onBothEngines('ledger ladders', ({ store, ledger }) => {
  const next = (id: string, inMs = 1000) => ({ id, at: store().now + inMs });
  const open = (id: string, envelope = 'e', inMs = 0) => ledger().openLadder(opening(id, envelope, store().now + inMs));

  it('fires step by step, each message with the parked one, and is exhausted after the last (S12)', async () => {
    expect(await open('l', 'e', 1000)).to.deep.equal({ state: 'running' });
    expect(await due(ledger())).to.deep.equal([]);
    expect(await ledger().nextDue({ nodes: [node], lanes: [] })).to.equal(1000);
    store().now += 1000;
    const [first] = await due(ledger());
    expect(first).to.include({ kind: 'ladder', ref: 'l', envelope: 'e', node });
    expect(await fire(ledger(), first!, 's1', next('s2'))).to.deep.equal({ state: 'fired', exhausted: false });
    expect(await ledger().ladder({ id: 'l' })).to.deep.include({
      state: 'running',
      next: next('s2'),
      fired: ['s1'],
      spec: { steps: ['l'] },
      rev: 2,
      closedAt: null,
    });
    expect(await due(ledger())).to.deep.equal([]);
    store().now += 1000;
    const [second] = await due(ledger());
    expect(second).to.include({ attempt: 1, late: 0 });
    expect(await fire(ledger(), second!, 's2', null)).to.deep.equal({ state: 'fired', exhausted: true });
    expect(await ledger().ladder({ id: 'l' })).to.deep.include({
      state: 'exhausted',
      next: null,
      fired: ['s1', 's2'],
      closedAt: null,
    });
    const out = await drain(ledger());
    expect(out.map(brief)).to.deep.equal([
      { id: 'ladder:l:s1', port: 0 },
      { id: 'ladder:l:s2', port: 0 },
      { id: 'ladder-exhausted:l', port: 2 },
    ]);
    for (const { message, kind } of out)
      expect({ message, kind }).to.deep.equal({ message: '{"parked":"l"}', kind: 'ladder' });
    expect(out.map(({ body }) => body)).to.deep.equal([
      { firing: 's1' },
      { firing: 's2' },
      { ladder: 'l', last: 's2' },
    ]);
    await ledger().applyTruth(truth('e', 'signed'));
    const end = await drain(ledger());
    expect(end.map(brief), 'the end of the envelope is told all the same').to.deep.equal([
      { id: 'ladder-closed:l', port: 1 },
    ]);
    expect(end[0]).to.include({ message: '{"parked":"l"}' });
    expect(await ledger().ladder({ id: 'l' })).to.include({ state: 'closed', closedAt: store().now });
    const { entries, intact } = await ledger().journal({ account, envelope: 'e' });
    expect(intact).to.equal(true);
    expect(entries.map(({ kind }) => kind)).to.deep.equal([
      'ladder-opened',
      'ladder-fired',
      'ladder-fired',
      'ladder-exhausted',
      'status',
      'ladder-closed',
    ]);
  });

  it('closes running and paused ladders with the end of the envelope, in its transaction', async () => {
    await open('a', 'e', 1000);
    await open('b', 'e', 1000);
    await open('other', 'f', 1000);
    expect(await ledger().moveLadder({ id: 'b', rev: 1, state: 'paused', reason: 'holiday' })).to.equal('ok');
    await ledger().applyTruth(truth('e', 'viewed'));
    expect(await drain(ledger())).to.deep.equal([]);
    await ledger().applyTruth(truth('e', 'declined'));
    const out = await drain(ledger());
    expect(out.map(brief)).to.deep.equal([
      { id: 'ladder-closed:a', port: 1 },
      { id: 'ladder-closed:b', port: 1 },
    ]);
    const body: LadderClosedBody = { ladder: 'a', status: 'declined', at: store().now };
    expect(out[0]).to.deep.include({ body, message: '{"parked":"a"}' });
    store().now += 1000;
    expect((await due(ledger())).map(({ ref }) => ref)).to.deep.equal(['other']);
    // One terminal status after another closes nothing twice.
    await ledger().applyTruth(truth('e', 'signed'));
    expect(await drain(ledger())).to.deep.equal([]);
  });

  it('is closed at once on an envelope that has ended, exhausted at once without a step, and opened once', async () => {
    await ledger().applyTruth(truth('e', 'signed'));
    expect(await open('late')).to.deep.equal({ state: 'over', status: 'signed' });
    expect(await ledger().openLadder(opening('empty', 'f', 0, { first: null }))).to.deep.equal({ state: 'exhausted' });
    expect(await open('l', 'f', 1000)).to.deep.equal({ state: 'running' });
    const again = await open('l', 'f', 5000);
    expect(again).to.deep.equal({ state: 'repeat', ladder: await ledger().ladder({ id: 'l' }) });
    expect(again).to.have.nested.property('ladder.next.at', store().now + 1000);
    expect(await open('late')).to.have.nested.property('ladder.state', 'closed');
    expect((await drain(ledger())).map(brief)).to.have.deep.members([
      { id: 'ladder-closed:late', port: 1 },
      { id: 'ladder-exhausted:empty', port: 2 },
    ]);
    expect((await ledger().stats({})).timers).to.include({ pending: 1 });
    expect(await ledger().ladder({ id: 'unknown' })).to.equal(null);
  });

  it('emits no step after the end: the end came while the step was being worked on (S12)', async () => {
    await open('l');
    const [claim] = await due(ledger());
    await ledger().applyTruth(truth('e', 'signed'));
    expect(await fire(ledger(), claim!, 's1', next('s2'))).to.deep.equal({ state: 'over' });
    expect((await drain(ledger())).map(brief)).to.deep.equal([{ id: 'ladder-closed:l', port: 1 }]);
    expect((await ledger().stats({})).timers).to.include({ pending: 0, claimed: 0 });
  });

  it('withdraws a queued step when the end comes, but not one that somebody emits', async () => {
    for (const [id, envelope] of [
      ['queued', 'e'],
      ['last', 'f'],
      ['begun', 'g'],
    ] as const) {
      await open(id, envelope);
      const [claim] = await due(ledger());
      await fire(ledger(), claim!, 's1', id === 'last' ? null : next('s2'));
    }
    const claimed = await ledger().claimDeliveries({ owner, nodes: [node], leaseMs: 1000, limit: 9 });
    const [queued, last, begun] = ['queued', 'last', 'begun'].map((name) =>
      claimed.find(({ id }) => id === `ladder:${name}:s1`),
    );
    expect([queued, last, begun].map((one) => one!.attempt)).to.deep.equal([1, 1, 1]);
    // Given back without an attempt, as if never claimed.
    for (const one of [queued, last]) {
      await ledger().retryDelivery({ id: one!.id, rev: one!.rev, due: store().now, error: '', counts: false });
    }
    for (const envelope of ['e', 'f', 'g']) await ledger().applyTruth(truth(envelope, 'signed'));
    expect((await drain(ledger())).map(brief)).to.have.deep.members([
      { id: 'ladder-closed:queued', port: 1 },
      { id: 'ladder-exhausted:last', port: 2 },
      { id: 'ladder-closed:last', port: 1 },
    ]);
    expect(await ledger().finishDeliveries([begun!])).to.deep.equal(['ok']);
    const [closed, ...none] = await drain(ledger());
    expect(none).to.deep.equal([]);
    expect(closed).to.include({ id: 'ladder-closed:begun', message: '{"parked":"begun"}' });
    const { entries } = await ledger().journal({ account, envelope: 'e' });
    expect(entries.map(({ kind }) => kind)).to.include('ladder-withdrawn');
  });

  it('lets one of two runtimes fire, and a paused one not act after its lease (S19)', async () => {
    const other = await store().open();
    for (let round = 0; round < 15; round += 1) {
      await open(`l${round}`, `e${round}`);
      const [slow] = await due(ledger(), { owner: 'slow', leaseMs: 10 });
      store().now += 10;
      const [quick] = await due(other, { owner: 'quick' });
      expect(quick).to.include({ ref: slow!.ref, attempt: 2 });
      const results = await Promise.all([
        fire(ledger(), slow!, 's1', next('x')),
        fire(other, quick!, 's1', next('s2')),
        fire(other, quick!, 's1', next('s2')),
      ]);
      expect(results.map(({ state }) => state).sort()).to.deep.equal(['fired', 'stale', 'stale']);
      expect(results[0]).to.deep.equal({ state: 'stale' });
      expect(await ledger().ladder({ id: `l${round}` })).to.deep.include({ fired: ['s1'], next: next('s2'), rev: 2 });
    }
    expect(await drain(ledger())).to.have.length(15);
  });

  it('has one winner between the end and the firing, in any interleaving', async () => {
    const other = await store().open();
    for (let round = 0; round < 25; round += 1) {
      const name = `r${round}`;
      await open(name, name);
      const [claim] = await due(ledger());
      const [result] = await Promise.all([
        fire(ledger(), claim!, 's1', next('s2')),
        other.applyTruth(truth(name, 'signed')),
      ]);
      // A step that won was still queued when the end came.
      expect((await drain(ledger())).map(brief)).to.deep.equal([{ id: `ladder-closed:${name}`, port: 1 }]);
      const stored = await ledger().ladder({ id: name });
      expect(stored).to.deep.include({ state: 'closed', next: null, fired: result.state === 'fired' ? ['s1'] : [] });
      expect((await ledger().journal({ account, envelope: name })).intact).to.equal(true);
    }
    expect((await ledger().stats({})).timers).to.include({ pending: 0, claimed: 0 });
  });

  it('pauses, resumes, skips and stops, fenced by its rev', async () => {
    await open('l', 'e', 1000);
    const move = (rev: number, state: 'running' | 'paused' | 'stopped', to?: { id: string; at: number } | null) =>
      ledger().moveLadder({
        id: 'l',
        rev,
        state,
        reason: `${state} by a person`,
        ...(to === undefined ? {} : { next: to }),
      });
    const planned = next('s1');
    expect(await move(1, 'paused')).to.equal('ok');
    expect(await move(1, 'running')).to.equal('stale');
    store().now += 5000;
    expect(await due(ledger())).to.deep.equal([]);
    expect(await ledger().ladder({ id: 'l' })).to.deep.include({
      state: 'paused',
      next: planned,
      reason: 'paused by a person',
    });
    expect(await move(2, 'running', next('s1', 200))).to.equal('ok');
    expect(await due(ledger())).to.deep.equal([]);
    // Later than the timer that is set, which must give way.
    expect(await move(3, 'running', next('s2', 700))).to.equal('ok');
    store().now += 200;
    expect(await due(ledger())).to.deep.equal([]);
    store().now += 500;
    const [claim] = await due(ledger());
    expect(await fire(ledger(), claim!, 's1', null)).to.deep.equal({ state: 'stale' });
    // Moved while its step is being worked on.
    expect(await move(4, 'running', next('s3', 0))).to.equal('ok');
    expect(await fire(ledger(), claim!, 's2', null)).to.deep.equal({ state: 'stale' });
    const [again] = await due(ledger());
    expect(await fire(ledger(), again!, 's3', next('s4'), { rev: 4 })).to.deep.equal({ state: 'stale' });
    expect(await fire(ledger(), again!, 's3', next('s4'), { rev: 5, emit: false })).to.include({ state: 'fired' });
    expect(await ledger().stats({})).to.deep.include({ ladders: { running: 1, paused: 0 } });
    expect(await move(6, 'stopped')).to.equal('ok');
    expect(await ledger().ladder({ id: 'l' })).to.deep.include({ state: 'stopped', next: null, fired: ['s3'] });
    expect(await move(7, 'running', next('s5'))).to.equal('stale');
    await ledger().applyTruth(truth('e', 'signed'));
    expect(await drain(ledger())).to.deep.equal([]);
    expect(await ledger().stats({})).to.deep.include({ ladders: { running: 0, paused: 0 } });
  });

  it('is exhausted when it is moved on with nothing left, and keeps nothing planned while paused', async () => {
    await open('l', 'e', 1000);
    expect(await ledger().moveLadder({ id: 'l', rev: 1, state: 'paused', next: null, reason: '' })).to.equal('ok');
    expect(await drain(ledger())).to.deep.equal([]);
    expect(await ledger().moveLadder({ id: 'l', rev: 2, state: 'running', reason: '' })).to.equal('ok');
    expect((await drain(ledger())).map(brief)).to.deep.equal([{ id: 'ladder-exhausted:l', port: 2 }]);
    expect(await ledger().moveLadder({ id: 'l', rev: 3, state: 'running', reason: '' })).to.equal('stale');
    expect(await ledger().moveLadder({ id: 'l', rev: 3, state: 'paused', reason: '' })).to.equal('stale');
    expect(await ledger().moveLadder({ id: 'unknown', rev: 1, state: 'paused', reason: '' })).to.equal('stale');
  });

  it('says nothing of the end of the envelope when it was stopped after its last step', async () => {
    await open('l');
    const [claim] = await due(ledger());
    await fire(ledger(), claim!, 's1', null);
    expect((await ledger().listLadders({ open: true, limit: 9 })).map(({ state }) => state)).to.deep.equal([
      'exhausted',
    ]);
    expect(await ledger().moveLadder({ id: 'l', rev: 2, state: 'stopped', reason: 'solved' })).to.equal('ok');
    expect(await ledger().listLadders({ open: true, limit: 9 })).to.deep.equal([]);
    expect((await drain(ledger())).map(({ id }) => id)).to.deep.equal(['ladder:l:s1', 'ladder-exhausted:l']);
    await ledger().applyTruth(truth('e', 'signed'));
    expect(await drain(ledger())).to.deep.equal([]);
  });

  it('fires on the lane of its clock', async () => {
    const lane = (shift: number) => ({ lanes: [{ clock: 'virtual', shift }] });
    await ledger().openLadder(opening('l', 'e', store().now + 9e8, { clock: 'virtual' }));
    expect(await due(ledger(), lane(9e8 - 1))).to.deep.equal([]);
    expect(await ledger().nextDue({ nodes: [node], ...lane(9e8 - 1) })).to.equal(1);
    expect(await ledger().ladderStats({ nodes: [node, 'n2'] })).to.deep.equal([
      { node, running: 1, nextAt: store().now + 9e8, clock: 'virtual' },
      { node: 'n2', running: 0, nextAt: null, clock: '' },
    ]);
    const [claim] = await due(ledger(), lane(9e8));
    expect(claim).to.include({ ref: 'l', late: 0 });
    await fire(ledger(), claim!, 's1', { id: 's2', at: store().now + 10e8 });
    expect(await due(ledger(), lane(9e8))).to.deep.equal([]);
    expect(await due(ledger(), lane(10e8))).to.have.length(1);
  });

  it('pages through ladders and filters them', async () => {
    for (let i = 0; i < 5; i += 1) await open(`l${i}`, `e${i % 2}`, 1000);
    await ledger().moveLadder({ id: 'l1', rev: 1, state: 'paused', reason: '' });
    await ledger().moveLadder({ id: 'l2', rev: 1, state: 'stopped', reason: '' });
    const ids = async (more: object) => (await ledger().listLadders({ limit: 9, ...more })).map(({ id }) => id);
    const first = await ids({ node, limit: 3 });
    expect([...first, ...(await ids({ node, after: first.at(-1) }))]).to.deep.equal(['l0', 'l1', 'l2', 'l3', 'l4']);
    expect(await ids({ account, envelope: 'e1' })).to.deep.equal(['l1', 'l3']);
    expect(await ids({ states: ['running', 'paused'] })).to.deep.equal(['l0', 'l1', 'l3', 'l4']);
    expect(await ids({ states: [] })).to.deep.equal([]);
    expect(await ids({ account: 'another' })).to.deep.equal([]);
  });
});
