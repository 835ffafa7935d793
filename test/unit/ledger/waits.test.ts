import { expect } from 'chai';
import type { Ledger } from '../../../dist/lib/ledger/ledger';
import type { WaitBody } from '../../../dist/lib/ledger/types';
import {
  account,
  drain,
  fact,
  lanes,
  newSeed,
  node,
  onBothEngines,
  owner,
  random,
  type Status,
  truth,
  wait,
} from './stores';

const fire = async (ledger: Ledger) => {
  const timers = await ledger.claimTimers({ owner, nodes: [node], lanes, leaseMs: 1000, limit: 100 });
  return Promise.all(timers.map(({ id, rev }) => ledger.expireWait({ claim: { id, rev } })));
};

onBothEngines('ledger waits', ({ store, ledger, engine }) => {
  it('settles a wait that was there before the event, and one that came after it (S1, S3)', async () => {
    expect(await ledger().openWait(wait('before', 'e'))).to.deep.equal({ state: 'waiting' });
    const result = await ledger().applyTruth(truth('e', 'signed'));
    expect(result).to.include({ moved: true, from: '', to: 'signed', settled: 1 });
    expect(await ledger().openWait(wait('after', 'e'))).to.deep.equal({ state: 'settled', outcome: 'reached' });
    const out = await drain(ledger());
    expect(out.map(({ id, port, message, attempt }) => ({ id, port, message, attempt }))).to.deep.equal([
      { id: 'wait:before', port: 0, message: '{"parked":"before"}', attempt: 1 },
      { id: 'wait:after', port: 0, message: '{"parked":"after"}', attempt: 1 },
    ]);
    expect((out[0]!.body as WaitBody).outcome).to.equal('reached');
  });

  it('keeps an early event for the life of the envelope (S2)', async () => {
    await ledger().applyTruth(truth('e', 'declined', { events: [fact('d')] }));
    store().now += 400 * 86_400_000;
    expect(await ledger().openWait(wait('w', 'e'))).to.deep.equal({ state: 'settled', outcome: 'ended' });
    expect((await drain(ledger()))[0]).to.include({ port: 1 });
  });

  it('opens a repeated wait once', async () => {
    await ledger().openWait(wait('w', 'e'));
    expect(await ledger().openWait(wait('w', 'e'))).to.deep.equal({ state: 'repeat', outcome: null });
    await ledger().applyTruth(truth('e', 'signed'));
    expect(await ledger().openWait(wait('w', 'e'))).to.deep.equal({ state: 'repeat', outcome: 'reached' });
    expect(await drain(ledger())).to.have.length(1);
  });

  it('loses no wake-up when wait and status meet at random (S1)', async () => {
    const { next } = random(newSeed());
    const other = await store().open();
    const runs = engine === 'sqlite' ? 10_000 : 1_000;
    for (let done = 0; done < runs; done += 50) {
      const names = Array.from({ length: 50 }, (_, i) => `e${done + i}`);
      // Half of the envelopes are unknown until the two meet.
      await Promise.all(names.filter(() => next() < 0.5).map((name) => ledger().applyTruth(truth(name, 'sent'))));
      await Promise.all(
        names.flatMap((name) => {
          const open = () => ledger().openWait(wait(name, name));
          const event = () => other.applyTruth(truth(name, 'signed'));
          return next() < 0.5 ? [open(), event()] : [event(), open()];
        }),
      );
    }
    expect(await ledger().listWaits({ state: 'waiting', limit: 10 })).to.deep.equal([]);
    const out = await drain(ledger());
    expect(new Set(out.map(({ id }) => id)).size).to.equal(runs);
    expect(out).to.have.length(runs);
    expect((await ledger().waitStats({ nodes: [node] }))[0]).to.include({ open: 0 });
  });

  it('has one winner between 25 events and 25 timeouts (S6, S9)', async () => {
    const other = await store().open();
    for (let round = 0; round < 10; round += 1) {
      const name = `e${round}`;
      await ledger().openWait(wait(name, name, { deadline: store().now }));
      const [claim] = await ledger().claimTimers({ owner, nodes: [node], lanes, leaseMs: 1000, limit: 1 });
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, i) => {
          const at = i % 2 === 0 ? ledger() : other;
          return i % 4 < 2 ? at.applyTruth(truth(name, 'signed')) : at.expireWait({ claim: claim! });
        }),
      );
      const byEvent = results.filter((result) => typeof result === 'object').reduce((sum, r) => sum + r.settled, 0);
      const byTime = results.filter((result) => result === 'settled').length;
      expect(byEvent + byTime).to.equal(1);
      const { entries, intact } = await ledger().journal({ account, envelope: name });
      expect(intact).to.equal(true);
      expect(entries.filter(({ kind }) => kind === 'wait-settled')).to.have.length(1);
      expect(entries.some(({ kind }) => kind === (byTime === 1 ? 'late' : 'timeout-lost'))).to.equal(true);
    }
    expect(await drain(ledger())).to.have.length(10);
  });

  it('times out, and counts the event that comes later as late (S10)', async () => {
    await ledger().openWait(wait('w', 'e', { deadline: store().now + 1000 }));
    expect(await fire(ledger())).to.deep.equal([]);
    store().now += 1000;
    expect(await fire(ledger())).to.deep.equal(['settled']);
    expect((await drain(ledger()))[0]).to.include({ port: 2 });
    expect(await ledger().applyTruth(truth('e', 'signed'))).to.include({ settled: 0 });
    expect(await ledger().counters({ account })).to.include({ late: 1 });
  });

  it('ends the hold of a wait on its envelope with the wait, whatever ends it (S14)', async () => {
    const by = async (id: string) => (await ledger().envelope({ account, id }))?.heldBy;
    const held = async (name: string) => {
      await ledger().openWait(wait(name, name, { deadline: store().now, reachedBy: ['viewed'] }));
      await ledger().openWait(wait(`${name}+`, name));
      await ledger().applyTruth(truth(name, 'sent'));
      const hold = { account, id: name, by: `wait:${name}` };
      expect(await ledger().holdEnvelope(hold)).to.equal('ok');
    };
    await held('timeout');
    await ledger().applyTruth(truth('timeout', 'expired'));
    expect((await ledger().listWaits({ envelope: 'timeout', state: 'waiting', limit: 9 })).length).to.equal(2);
    expect(await fire(ledger())).to.deep.equal(['settled']);
    const outcomes = (await ledger().listWaits({ envelope: 'timeout', limit: 9 })).map(({ outcome }) => outcome);
    expect(outcomes).to.deep.equal(['timeout', 'ended']);
    await held('viewed');
    await ledger().applyTruth(truth('viewed', 'viewed'));
    await held('cancelled');
    await ledger().applyTruth(truth('cancelled', 'expired'));
    await ledger().cancelWaits({ id: 'cancelled', reason: 'test' });
    for (const name of ['timeout', 'viewed', 'cancelled']) expect(await by(name), name).to.equal('');
    expect(await ledger().listWaits({ envelope: 'cancelled', state: 'waiting', limit: 9 })).to.deep.equal([]);
  });

  it('emits nothing for a cancelled wait; cancelling twice is harmless (S15)', async () => {
    await ledger().openWait(wait('w', 'e', { deadline: store().now }));
    await ledger().openWait(wait('x', 'f'));
    expect(await ledger().cancelWaits({ node, envelope: 'e', reason: 'test' })).to.equal(1);
    expect(await ledger().cancelWaits({ node, envelope: 'e', reason: 'test' })).to.equal(0);
    expect(await fire(ledger())).to.deep.equal([]);
    await ledger().applyTruth(truth('e', 'signed'));
    expect(await drain(ledger())).to.deep.equal([]);
    expect(await ledger().listWaits({ state: 'waiting', limit: 9 })).to.have.length(1);
  });

  it('lets one wait of a group win and releases the others (S16)', async () => {
    const other = await store().open();
    const names = Array.from({ length: 20 }, (_, i) => `g${i}`);
    for (const name of names) await ledger().openWait(wait(name, name, { group: 'any', deadline: store().now + 1e6 }));
    const results = await Promise.all(
      names.map((name, i) => (i % 2 ? ledger() : other).applyTruth(truth(name, 'signed'))),
    );
    expect(results.reduce((sum, { settled }) => sum + settled, 0)).to.equal(1);
    expect(await ledger().listWaits({ state: 'waiting', limit: 50 })).to.deep.equal([]);
    expect(await drain(ledger())).to.have.length(1);
    expect((await ledger().stats({})).timers).to.include({ pending: 0 });
    expect(await ledger().openWait(wait('late', 'g0', { group: 'any' }))).to.include({ state: 'repeat' });
    expect(await drain(ledger())).to.deep.equal([]);
  });

  it('does what a simple model does, in random sequences; the list of open waits equals it at any moment (S23)', async () => {
    const { below, pick } = random(newSeed());
    const statuses: Status[] = ['sent', 'viewed', 'partly', 'signed', 'declined', 'expired'];
    const rank = { '': 0, sent: 1, viewed: 2, partly: 3, signed: 10, declined: 10, expired: 10 };
    const envelopes = new Map<string, Status | ''>();
    const waits = new Map<string, { envelope: string; state: string; deadline: number | null }>();
    const settle = () => {
      for (const w of waits.values()) {
        const status = envelopes.get(w.envelope) ?? '';
        if (w.state === 'waiting' && rank[status] === 10) w.state = status === 'signed' ? 'reached' : 'ended';
      }
    };
    const listed = async () => {
      const list = await ledger().listWaits({ node, state: 'waiting', limit: 10_000 });
      return list.map(({ id, envelope, deadline, state }) => ({ id, envelope, deadline, state }));
    };
    for (let step = 0; step < (engine === 'sqlite' ? 1500 : 400); step += 1) {
      if (below(40) === 0) {
        const open = [...waits].filter(([, { state }]) => state === 'waiting').map(([id, row]) => ({ id, ...row }));
        expect(await listed(), `step ${step}`).to.have.deep.members(open);
        expect((await ledger().waitStats({ nodes: [node] }))[0]?.open ?? 0, `step ${step}`).to.equal(open.length);
      }
      const envelope = `e${below(60)}`;
      const action = below(10);
      if (action < 4) {
        const status = pick(statuses);
        await ledger().applyTruth(truth(envelope, status));
        const stored = envelopes.get(envelope) ?? '';
        if (rank[status] === 10 || rank[status] > rank[stored]) envelopes.set(envelope, status);
        settle();
      } else if (action < 7) {
        const id = `w${step}`;
        const deadline = below(2) ? store().now + below(50) : null;
        await ledger().openWait(wait(id, envelope, { deadline }));
        waits.set(id, { envelope, state: 'waiting', deadline });
        settle();
      } else if (action < 8) {
        await ledger().cancelWaits({ node, envelope, reason: 'model' });
        for (const w of waits.values()) if (w.envelope === envelope && w.state === 'waiting') w.state = 'cancelled';
      } else {
        store().now += below(30);
        await fire(ledger());
        for (const w of waits.values()) {
          if (w.state === 'waiting' && w.deadline !== null && w.deadline <= store().now) w.state = 'timeout';
        }
      }
    }
    const stored = await ledger().listWaits({ limit: 10_000 });
    const states = new Map(stored.map((w) => [w.id, w.outcome ?? w.state]));
    for (const [id, w] of waits) expect(states.get(id), id).to.equal(w.state);
    const open = [...waits.values()].filter(({ state }) => state === 'waiting');
    const deadlines = open.flatMap(({ deadline }) => (deadline === null ? [] : [deadline]));
    expect((await ledger().waitStats({ nodes: [node] }))[0]).to.include({
      open: open.length,
      nextDeadline: deadlines.length === 0 ? null : Math.min(...deadlines),
    });
    const settled = [...waits.values()].filter(({ state }) => !['waiting', 'cancelled'].includes(state)).length;
    expect(await drain(ledger())).to.have.length(settled);
    for (const envelope of envelopes.keys()) {
      expect((await ledger().journal({ account, envelope })).intact, envelope).to.equal(true);
    }
  });
});
