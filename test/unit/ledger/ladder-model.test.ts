import { expect } from 'chai';
import type { LadderState, NextFiring } from '../../../dist/lib/ledger/types';
import { due, fire, opening, record } from './ladder-steps';
import { account, drain, newSeed, node, onBothEngines, random, truth } from './stores';

interface Model {
  envelope: string;
  plan: NextFiring[];
  /** How many firings took place. */
  done: number;
  state: LadderState;
  rev: number;
}

onBothEngines('ledger ladders against a model', ({ store, ledger, engine }) => {
  it('do what a simple model does, in random sequences', async () => {
    const { below, pick } = random(newSeed());
    const ladders = new Map<string, Model>();
    const outbox = new Set<string>();
    const emitted: string[] = [];
    const ended = new Set<string>();
    const successors = new Map<string, string>();
    const end = (of: string): string => (successors.has(of) ? end(successors.get(of)!) : of);
    const isOpen = ({ state }: Model) => state === 'running' || state === 'paused';
    const isOver = ({ state }: Model) => state === 'closed' || state === 'stopped';
    const exhaustIfDone = (id: string, ladder: Model) => {
      if (ladder.state !== 'running' || ladder.done < ladder.plan.length) return;
      ladder.state = 'exhausted';
      outbox.add(`ladder-exhausted:${id}`);
    };

    const open = async (id: string, envelope: string) => {
      const plan = Array.from({ length: below(4) }, (_, i) => ({ id: `s${i}`, at: store().now + below(20) * (i + 1) }));
      const model: Model = { envelope: end(envelope), plan, done: 0, state: 'running', rev: 1 };
      const result = await ledger().openLadder(opening(id, envelope, 0, { first: plan[0] ?? null }));
      if (ended.has(model.envelope)) {
        model.state = 'closed';
        outbox.add(`ladder-closed:${id}`);
      }
      exhaustIfDone(id, model);
      expect(result.state, id).to.equal(model.state === 'closed' ? 'over' : model.state);
      ladders.set(id, model);
    };

    const fireDue = async () => {
      for (let claims = await due(ledger()); claims.length > 0; claims = await due(ledger())) {
        for (const claim of claims) {
          const model = ladders.get(claim.ref)!;
          const firing = model.plan[model.done]!;
          expect(firing.at, 'never early').to.be.at.most(store().now);
          const next = model.plan[model.done + 1] ?? null;
          expect(await fire(ledger(), claim, firing.id, next)).to.include({ state: 'fired', exhausted: next === null });
          outbox.add(`ladder:${claim.ref}:${firing.id}`);
          model.done += 1;
          model.rev += 1;
          exhaustIfDone(claim.ref, model);
        }
      }
      const late = [...ladders.values()].filter((l) => l.state === 'running' && l.plan[l.done]!.at <= store().now);
      expect(late).to.deep.equal([]);
    };

    const move = async (id: string, model: Model, to: 'running' | 'paused' | 'stopped') => {
      const fits = isOpen(model) || (model.state === 'exhausted' && to === 'stopped');
      const rev = below(5) === 0 ? model.rev - 1 : model.rev;
      const skip = to === 'running' && below(3) === 0;
      const next = model.plan[model.done + 1] ?? null;
      const answer = await ledger().moveLadder({ id, rev, state: to, reason: '', ...(skip ? { next } : {}) });
      expect(answer, id).to.equal(fits && rev === model.rev ? 'ok' : 'stale');
      if (answer === 'stale') return;
      model.state = to;
      model.rev += 1;
      if (skip) model.plan.splice(model.done, 1);
      exhaustIfDone(id, model);
    };

    const finish = async (envelope: string) => {
      await ledger().applyTruth(truth(envelope, 'signed'));
      if (ended.has(envelope)) return;
      ended.add(envelope);
      for (const [id, model] of ladders) {
        if (model.envelope !== envelope) continue;
        for (const { id: firing } of model.plan) outbox.delete(`ladder:${id}:${firing}`);
        if (isOver(model)) continue;
        model.state = 'closed';
        outbox.add(`ladder-closed:${id}`);
      }
    };

    const replace = async (envelope: string, successor: string) => {
      const held = await ledger().holdEnvelope({ account, id: envelope, by: 'm' });
      expect(held).to.equal(ended.has(envelope) || successors.has(envelope) ? 'ended' : 'ok');
      if (held === 'ended') return;
      await ledger().succeedEnvelope({ account, id: envelope, by: 'm', successor: record(successor) });
      successors.set(envelope, successor);
      for (const model of ladders.values()) {
        if (model.envelope === envelope && !isOver(model)) model.envelope = successor;
      }
    };

    const empty = async () => {
      const out = (await drain(ledger())).map(({ id }) => id);
      expect(out.toSorted()).to.deep.equal([...outbox].sort());
      emitted.push(...out);
      outbox.clear();
    };

    for (let step = 0; step < (engine === 'sqlite' ? 1200 : 400); step += 1) {
      const envelope = `e${below(40)}`;
      const action = below(20);
      const [id, model] = ladders.size > 0 ? pick([...ladders]) : ['', undefined];
      if (action < 7) await open(`l${step}`, envelope);
      else if (action < 12) {
        store().now += below(15);
        await fireDue();
      } else if (action < 16 && model) await move(id, model, pick(['running', 'running', 'paused', 'stopped']));
      else if (action === 16) await finish(end(envelope));
      else if (action === 17) await replace(envelope, `r${step}`);
      else await empty();
    }
    await empty();

    expect(new Set(emitted).size).to.equal(emitted.length);
    for (const stored of await ledger().listLadders({ limit: 10_000 })) {
      const model = ladders.get(stored.id)!;
      expect(stored, stored.id).to.deep.include({
        state: model.state,
        envelope: model.envelope,
        next: isOpen(model) ? (model.plan[model.done] ?? null) : null,
        fired: model.plan.slice(0, model.done).map((firing) => firing.id),
        rev: isOpen(model) ? model.rev : stored.rev,
      });
    }
    const all = [...ladders.values()];
    const running = all.filter(({ state }) => state === 'running');
    const nextAt = running.length === 0 ? null : Math.min(...running.map(({ plan, done }) => plan[done]!.at));
    expect(await ledger().ladderStats({ nodes: [node] })).to.deep.equal([
      { node, running: running.length, nextAt, clock: '' },
    ]);
    const stats = await ledger().stats({});
    expect(stats.ladders).to.deep.equal({
      running: running.length,
      paused: all.filter(({ state }) => state === 'paused').length,
    });
    expect(stats.timers).to.include({ pending: running.length, claimed: 0, dead: 0 });
    for (const { id } of await ledger().listEnvelopes({ limit: 1000 })) {
      expect((await ledger().journal({ account, envelope: id })).intact, id).to.equal(true);
    }
  });
});
