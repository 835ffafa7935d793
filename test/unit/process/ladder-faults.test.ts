import { expect } from 'chai';
import { z } from 'zod';
import { ladderPort } from '../../../dist/lib/ledger/types';
import { runStep, type StepReport, startLadder } from '../../../dist/lib/process/escalation/ladder';
import type { StepAction } from '../../../dist/lib/process/escalation/spec';
import { roundTheClock } from '../../../dist/lib/time/calendar/config';
import { parseLadder } from '../../../dist/lib/time/ladder/steps';
import { until } from '../../../scripts/lib/child';
import { drain, newSeed, random } from '../ledger/stores';
import { anna, carl, ProcessBench } from './bench';
import { everyFault, type LedgerFault, never } from './failing-ledger';

const outcomes = {
  remind: ['reminded', 'unknown'],
  forward: ['forwarded'],
  /** Forwards, and replaces where the service refuses that. */
  fallBack: ['replaced', 'forwarded', 'compensated'],
  replace: ['replaced', 'compensated'],
  cancel: ['cancelled'],
};
type Action = keyof typeof outcomes;
const actions = Object.keys(outcomes) as Action[];
const creating = ['POST /documents/', 'POST *requests/'];
const changing = ['POST */resend*', 'POST */forward*', 'POST */cancel*', ...creating];

/** The service has no forwarding, or not of this signer. */
const noForwarding = { match: 'POST */forward*', kind: 'status', status: 400 };
const replaces = (action: Action): boolean => action === 'replace' || action === 'fallBack';

/** Two steps: one that does something about the envelope, and one far away that keeps the ladder open. */
const stepsWith = (action: Action) =>
  parseLadder(
    [
      [action, '1m'],
      ['emit', '90d'],
    ].map(([what, length]) => ({
      id: what,
      when: { amount: { unit: 'clock', length } },
      action: { do: what === 'fallBack' ? 'forward' : what, label: what, to: null, reason: '' },
    })),
    z.custom<StepAction>(),
  );

describe('S13: a step of a ladder is carried out once', function () {
  this.timeout(120_000);
  let bench: ProcessBench;
  let count = 0;

  before(async () => {
    bench = await ProcessBench.open();
  });
  after(() => bench.close());
  afterEach(() => bench.faults([]));

  /** An envelope with a ladder whose step is due. @returns its external id, which is the node's id as well */
  const begin = async (action: Action): Promise<string> => {
    count += 1;
    const key = `ladder-${count}`;
    const spec = {
      steps: stepsWith(action),
      start: bench.account.clock.now(),
      due: null,
      calendar: roundTheClock('UTC'),
      directory: { '*': { alternate: { email: carl } } },
      forwardFallback: 'replace' as const,
    };
    const envelope = await bench.send(key);
    await startLadder(bench.account, { node: key, envelope, name: key, message: '{}', messageKey: key, spec });
    await bench.advance('2m');
    if (action === 'fallBack') await bench.faults([noForwarding]);
    return key;
  };

  const attempt = async (key: string, fault = never): Promise<boolean> => {
    bench.lapse();
    const timer = await bench.claim(key, 'ladder');
    return timer !== undefined && bench.attempt(fault, (account, ledger) => runStep(account, timer, ledger));
  };

  /** What has left the ladder since the last time. */
  const said = async (key: string): Promise<StepReport[]> => {
    const left = await drain(bench.ledger, [key]);
    const ports: number[] = [ladderPort.step, ladderPort.lastStep];
    return left.filter(({ port }) => ports.includes(port)).map(({ body }) => body as StepReport);
  };

  /** Until the step has left, each attempt an hour after the one before. @returns its outcome */
  const finish = async (key: string): Promise<string> => {
    for (let attempts = 0; attempts <= 6; attempts += 1) {
      const [report, ...more] = await said(key);
      expect(more, 'further steps').to.deep.equal([]);
      if (report) return report.outcome;
      await bench.advance('1h');
      await attempt(key);
    }
    throw new Error('The step never left.');
  };

  /** What the service and the people at it have seen of the step. */
  const check = async (action: Action, key: string, outcome: string): Promise<void> => {
    const { open, reminded } = await bench.seen(key);
    expect(open.length, `open requests: ${JSON.stringify(open)}`).to.equal(action === 'cancel' ? 0 : 1);
    expect(outcome).to.be.oneOf(outcomes[action]);
    if (action === 'remind') {
      expect(reminded.length, 'reminders').to.be.within(outcome === 'reminded' ? 1 : 0, 1);
      return;
    }
    const asked = action === 'cancel' ? [anna] : [anna, outcome === 'compensated' ? anna : carl];
    // A new document is converted before anybody is invited.
    const { invited } = await until('the invitations', async () => {
      const now = await bench.seen(key);
      return now.invited.length >= asked.length && now;
    });
    expect(invited, 'invitations').to.deep.equal(asked);
  };

  for (const action of actions) {
    for (const [what, fault] of everyFault) {
      it(`${action}: the ledger is away ${what}, at each in turn`, async () => {
        let met = true;
        let at = 0;
        while (met) {
          at += 1;
          const key = await begin(action);
          met = await attempt(key, { at, ...fault });
          await check(action, key, await finish(key));
        }
        expect(at, 'calls').to.be.above(6);
      });
    }
  }

  it('remind: that a repetition is refused says nothing about the call before it, whose answer was lost', async () => {
    const key = await begin('remind');
    const match = 'POST */resend*';
    await bench.faults([
      { match, kind: 'lostAnswer', times: 1 },
      { match, kind: 'status', status: 429, retryAfter: 0, times: 1 },
    ]);
    await attempt(key);
    await attempt(key);
    const outcome = await finish(key);
    expect(outcome).to.equal('unknown');
    await check('remind', key, outcome);
  });

  it('also when several things go wrong at once', async () => {
    const dice = random(newSeed());
    for (let round = 0; round < 40; round += 1) {
      const action = dice.pick(actions);
      const key = await begin(action);
      const rules = Array.from({ length: dice.below(4) }, () => ({
        match: dice.pick(replaces(action) ? [...changing, ...creating] : changing),
        ...dice.pick([
          { kind: 'lostAnswer' },
          { kind: 'status', status: 503 },
          { kind: 'status', status: 429, retryAfter: 0 },
        ]),
        times: 1,
      }));
      // Refused for good: then those who were asked before are asked again.
      if (action === 'fallBack') rules.push({ ...noForwarding, times: 9 });
      if (replaces(action) && dice.next() < 0.3) {
        rules.push({ match: dice.pick(creating), kind: 'status', status: 400, times: 1 });
      }
      await bench.faults(rules);
      const tries: (LedgerFault & { pause: string })[] = Array.from({ length: dice.below(4) }, () => ({
        at: 1 + dice.below(24),
        when: dice.pick(['before', 'after']),
        lasting: dice.next() < 0.5,
        pause: dice.pick(['1s', '5m', '1h']),
      }));
      for (const fault of tries) {
        await attempt(key, fault);
        await bench.advance(fault.pause);
      }
      await bench.faults([]);
      await finish(key)
        .then((outcome) => check(action, key, outcome))
        .catch((thrown: Error) => {
          const told = `round ${round}: ${action}, ${JSON.stringify({ rules, tries })}`;
          throw new Error(`${told}: ${thrown.message}`, { cause: thrown });
        });
    }
  });
});
