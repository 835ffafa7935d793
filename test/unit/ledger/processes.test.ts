import { expect } from 'chai';
import { together } from './processes';
import { account, drain, fact, newSeed, node, onBothEngines, random, truth, wait } from './stores';

/** A list in an order of its own. */
const shuffled = <T>(list: readonly T[], below: (n: number) => number): T[] => {
  const rest = [...list];
  return list.map(() => rest.splice(below(rest.length), 1)[0]!);
};

onBothEngines('ledger with four processes', ({ store, ledger }) => {
  it('takes each of 200 events once, although each process gets each five times, in an order of its own (S4)', async () => {
    const { below } = random(newSeed());
    const events = Array.from({ length: 200 }, (_, i) => ({ ...fact(`k${i}`), envelope: `e${i % 20}` }));
    const five = Array.from({ length: 5 }, () => events).flat();
    const fresh = await together(
      store(),
      `let fresh = 0;
       while (more.length > 0) {
         const answers = await Promise.all(more.splice(0, 25).map((event) =>
           ledger.receiveEvents({ account, origin: 'webhook', events: [event] })));
         fresh += answers.flat().filter((answer) => answer === 'fresh').length;
       }
       say(fresh);`,
      Array.from({ length: 4 }, () => shuffled(five, below)),
    );
    expect((fresh as number[]).reduce((sum, n) => sum + n, 0)).to.equal(200);
    expect(await ledger().counters({ account })).to.include({ accepted: 200, duplicate: 4 * 5 * 200 - 200 });
  });

  it('settles each of 200 waits once, two processes with its status and two with its deadline in the same millisecond (S6, S9)', async () => {
    const { below } = random(newSeed());
    const names = Array.from({ length: 200 }, (_, i) => `e${i}`);
    for (const name of names) await ledger().openWait(wait(name, name, { deadline: store().now }));
    const claims = await ledger().claimTimers({ owner: 'o', nodes: [node], lanes: [], leaseMs: 9e9, limit: 200 });
    const status = (name: string) => ({ verb: 'applyTruth', input: truth(name, 'signed') });
    const deadline = ({ id, rev }: { id: string; rev: number }) => ({
      verb: 'expireWait',
      input: { claim: { id, rev } },
    });
    const won = await together(
      store(),
      `let won = 0;
       while (more.length > 0) {
         const answers = await Promise.all(more.splice(0, 20).map(({ verb, input }) => ledger[verb](input)));
         won += answers.filter((answer) => answer === 'settled' || answer.settled === 1).length;
       }
       say(won);`,
      [names.map(status), claims.map(deadline), names.map(status), claims.map(deadline)].map((list: object[]) =>
        shuffled(list, below),
      ),
    );
    expect((won as number[]).reduce((sum, n) => sum + n, 0)).to.equal(200);
    const out = await drain(ledger());
    expect(new Set(out.map(({ id }) => id)).size).to.equal(200);
    expect(out).to.have.length(200);
    for (const { envelope, port } of out) {
      const { entries } = await ledger().journal({ account, envelope });
      const loser = port === 2 ? 'late' : 'timeout-lost';
      expect(
        entries.some(({ kind }) => kind === loser),
        `${envelope}: the loser is noted`,
      ).to.equal(true);
    }
  });
});
