import { expect } from 'chai';
import { SignatureError } from '../../../dist/lib/errors';
import type { SignatureAccount } from '../../../dist/lib/process/account';
import { type Attempt, type Effect, once } from '../../../dist/lib/process/once';
import { account, onBothEngines, owner } from '../ledger/stores';

onBothEngines('an effect that happens once', ({ ledger }) => {
  const effect = (): Effect => ({
    // All that it knows of an account is its name and who works.
    account: { id: account, dispatcher: { owner, leaseMs: 60_000 } } as SignatureAccount,
    ledger: ledger(),
    kind: 'remind',
    key: 'ladder:1:s:remind',
    node: 'n',
    envelope: 'e',
  });
  const operations = async () =>
    (await ledger().listOperations({ limit: 9 })).map(({ state, attempt, result }) => ({ state, attempt, result }));

  it('that has to wait is no fault, blocks nothing, and is done when its time has come', async () => {
    expect(await once(effect(), async () => ({ notBefore: 4711 }))).to.deep.equal({ notBefore: 4711 });
    expect(await ledger().faults({ limit: 9 })).to.deep.equal([]);
    expect((await ledger().gauges({})).operations).to.deep.equal([]);
    expect(await operations()).to.deep.equal([]);
    const progress: unknown[] = [];
    const work = async (attempt: Attempt<unknown>) => {
      progress.push(attempt.progress);
      return { result: 'done' };
    };
    expect(await once(effect(), work)).to.deep.equal({ result: 'done' });
    expect(await once(effect(), work)).to.deep.equal({ result: 'done' });
    expect(progress, 'worked on once, from the beginning').to.deep.equal([null]);
    expect(await operations()).to.deep.equal([{ state: 'done', attempt: 1, result: 'done' }]);
  });

  it('that fails is for its timer to try again, and no fault of its own; the next attempt goes on from what was noted', async () => {
    const failing = once(effect(), async ({ note }) => {
      await note({ step: 1 });
      throw new SignatureError('UNREACHABLE', 'The service is away.');
    });
    expect(await failing.catch((thrown: SignatureError) => thrown.code)).to.equal('UNREACHABLE');
    expect(await ledger().faults({ limit: 9 })).to.deep.equal([]);
    expect((await operations()).map(({ state }) => state)).to.deep.equal(['failed']);
    const answer = await once<unknown, unknown>(effect(), async ({ progress }) => ({ result: progress }));
    expect(answer).to.deep.equal({ result: { step: 1 } });
    expect((await operations()).map(({ state }) => state)).to.deep.equal(['done']);
  });
});
