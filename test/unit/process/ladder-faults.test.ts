import { expect } from 'chai';
import { until } from '../../../scripts/lib/child';
import { newSeed, random } from '../ledger/stores';
import { type Action, anna, type Case, carl, LadderBench, type LedgerFault } from './ladder-bench';

const actions: Action[] = ['remind', 'forward', 'replace', 'cancel'];
const outcomes = { remind: 'reminded', forward: 'forwarded', replace: 'replaced', cancel: 'cancelled' } as const;
const changing = ['POST */resend*', 'POST */forward*', 'POST */cancel*', 'POST /documents/', 'POST *requests/'];

describe('a step of a ladder is carried out once', function () {
  this.timeout(120_000);
  let bench: LadderBench;

  before(async () => {
    bench = await LadderBench.open();
  });
  after(() => bench.close());
  afterEach(() => bench.faults([]));

  /** Until the step has left, each attempt an hour after the one before. */
  const finish = async (one: Case): Promise<string> => {
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const [report, ...more] = await bench.said(one);
      expect(more, 'further steps').to.deep.equal([]);
      if (report) return report.outcome;
      await bench.advance('1h');
      await bench.attempt(one);
    }
    throw new Error('The step never left.');
  };

  /** What the service and the people at it have seen of the step. */
  const check = async (action: Action, { key }: Case, outcome: string): Promise<void> => {
    const seen = async () => {
      const { documents, mails } = await bench.state();
      const line = documents.filter(({ externalId }) => externalId?.split('~')[0] === key);
      const open = line.filter(({ status, signers }) => status !== 'ca' && signers.length > 0);
      const to = (kind: string): string[] =>
        mails
          .filter((mail) => mail.kind === kind && line.some(({ uuid }) => uuid === mail.document))
          .map((mail) => mail.to)
          .toSorted();
      return { open, invited: to('invitation'), reminded: to('reminder') };
    };
    const { open, reminded } = await seen();
    expect(open.length, `open requests: ${JSON.stringify(open)}`).to.equal(action === 'cancel' ? 0 : 1);
    if (action === 'remind') {
      expect(outcome).to.be.oneOf(['reminded', 'unknown']);
      expect(reminded.length, 'reminders').to.be.within(outcome === 'reminded' ? 1 : 0, 1);
      return;
    }
    expect(outcome).to.equal(outcomes[action]);
    const asked = action === 'cancel' ? [anna] : [anna, carl];
    // A new document is converted before anybody is invited.
    const { invited } = await until('the invitations', async () => {
      const now = await seen();
      return now.invited.length >= asked.length && now;
    });
    expect(invited, 'invitations').to.deep.equal(asked);
  };

  for (const action of actions) {
    for (const when of ['before', 'after'] as const) {
      for (const lasting of [false, true]) {
        const what = `${lasting ? 'from a call on' : 'at a call'}, ${when === 'after' ? 'when it was done' : 'before it was done'}`;
        it(`${action}: the ledger is away ${what}, at each in turn`, async () => {
          let met = true;
          let at = 0;
          while (met) {
            at += 1;
            const one = await bench.begin(action);
            met = await bench.attempt(one, { at, when, lasting });
            await check(action, one, await finish(one));
          }
          expect(at, 'calls').to.be.above(6);
        });
      }
    }
  }

  it('remind: that a repetition is refused says nothing about the call before it, whose answer was lost', async () => {
    const one = await bench.begin('remind');
    const match = 'POST */resend*';
    await bench.faults([
      { match, kind: 'lostAnswer', times: 1 },
      { match, kind: 'status', status: 429, retryAfter: 0, times: 1 },
    ]);
    await bench.attempt(one);
    await bench.attempt(one);
    const outcome = await finish(one);
    expect(outcome).to.equal('unknown');
    await check('remind', one, outcome);
  });

  it('also when several things go wrong at once', async () => {
    const dice = random(newSeed());
    for (let round = 0; round < 60; round += 1) {
      const action = dice.pick(actions);
      const one = await bench.begin(action);
      const rules = Array.from({ length: dice.below(4) }, () => ({
        match: dice.pick(changing),
        ...dice.pick([
          { kind: 'lostAnswer' },
          { kind: 'status', status: 503 },
          { kind: 'status', status: 429, retryAfter: 0 },
        ]),
        times: 1,
      }));
      await bench.faults(rules);
      const tries = [];
      for (let attempt = 0; attempt < dice.below(4); attempt += 1) {
        const fault: LedgerFault = {
          at: 1 + dice.below(24),
          when: dice.pick(['before', 'after']),
          lasting: dice.next() < 0.5,
        };
        const pause = dice.pick(['0s', '5m', '1h']);
        tries.push({ ...fault, pause });
        await bench.attempt(one, fault);
        if (pause !== '0s') await bench.advance(pause);
      }
      await bench.faults([]);
      const told = `round ${round}: ${action}, ${JSON.stringify({ rules, tries })}`;
      await finish(one)
        .then((outcome) => check(action, one, outcome))
        .catch((thrown: Error) => {
          throw new Error(`${told}: ${thrown.message}`, { cause: thrown });
        });
    }
  });
});
