import { expect } from 'chai';
import { z } from 'zod';
import { parseLadder } from '../../../../dist/lib/time/ladder/steps';
import { refused } from '../support';

const action = z.object({ do: z.enum(['remind', 'cancel']) });
const remind = { do: 'remind' };
const hours = (length: string | number) => ({ unit: 'clock', length });
const ladder = (...steps: unknown[]) => parseLadder(steps, action);
const when = (value: Record<string, unknown>) => ladder({ when: value, action: remind });

describe('ladder input', () => {
  it('turns lengths into milliseconds and fills in what is left out', () => {
    const [first, second] = ladder(
      { when: { amount: hours('90 minutes') }, action: remind },
      {
        id: 'last',
        when: { kind: 'before', basis: 'due', amount: { unit: 'workingDays', days: '2' }, timeOfDay: '09:00' },
        repeat: { times: '3', every: { unit: 'working', length: 'PT4H' } },
        action: { do: 'cancel' },
      },
    );
    expect(first).to.deep.equal({
      id: 's1',
      when: {
        kind: 'after',
        basis: 'previous',
        amount: { unit: 'clock', length: 5_400_000 },
        timeOfDay: '',
        days: 'every',
      },
      ifPast: 'skip',
      action: remind,
    });
    expect(second).to.deep.include({ id: 'last', action: { do: 'cancel' } });
    expect(second?.when.amount).to.deep.equal({ unit: 'workingDays', days: 2 });
    expect(second?.repeat).to.deep.equal({ times: 3, every: { unit: 'working', length: 14_400_000 } });
  });

  it('refuses a ladder without steps, or none at all', () => {
    refused(() => ladder(), /^Ladder, steps: there are no steps; add at least one\.$/);
    for (const value of [undefined, null, 'x', {}]) refused(() => parseLadder(value, action), /^Ladder, steps: /);
    refused(
      () => parseLadder(Array(101).fill({ when: { amount: hours(1) }, action: remind }), action),
      /more than 100/,
    );
  });

  const bad: [string, Record<string, unknown>, RegExp][] = [
    ['a zero delay', { amount: hours('0 h') }, /step 1, when, amount, length: must be longer than nothing/],
    ['a zero number', { amount: hours(0) }, /longer than nothing/],
    ['a negative delay', { amount: hours('-3 h') }, /"-3 h" is not a length of time/],
    ['a negative number', { amount: hours(-1) }, /"-1" is not a length of time/],
    ['a length in words', { amount: hours('soon') }, /"soon" is not a length of time/],
    ['days of working time', { amount: { unit: 'working', length: '3 days' } }, /for days choose working days/],
    ['ISO days of working time', { amount: { unit: 'working', length: 'P3D' } }, /for days choose working days/],
    ['zero days', { amount: { unit: 'days', days: 0 } }, /1 day or more/],
    ['half a working day', { amount: { unit: 'workingDays', days: 0.5 } }, /whole number of days/],
    ['0 %', { amount: { unit: 'percent', percent: 0 } }, /more than 0 %/],
    ['-5 %', { amount: { unit: 'percent', percent: -5 } }, /more than 0 %/],
    ['101 %', { amount: { unit: 'percent', percent: 101 } }, /100 % or less/],
    ['no amount', {}, /step 1, when, amount/],
    ['an unknown unit', { amount: { unit: 'moons', days: 1 } }, /step 1, when, amount/],
    ['before the start', { kind: 'before', basis: 'start', amount: hours('1 h') }, /basis: must be the due date/],
    [
      'a percentage after the due date',
      { basis: 'due', amount: { unit: 'percent', percent: 5 } },
      /after the due date/,
    ],
    ['a time of day that is none', { amount: hours('1 h'), timeOfDay: '24:00' }, /timeOfDay: must be a time such as/],
  ];
  for (const [what, value, message] of bad) it(`refuses ${what}`, () => refused(() => when(value), message));

  it('names the row at fault', () => {
    const good = { when: { amount: hours('1 h') }, action: remind };
    refused(
      () => ladder(good, { ...good, repeat: { times: 0, every: hours('1 h') } }),
      /step 2, repeat, times: must be 1/,
    );
    refused(() => ladder(good, { ...good, repeat: { times: 1, every: hours(0) } }), /step 2, repeat, every, length/);
    refused(() => ladder(good, { ...good, action: { do: 'dance' } }), /step 2, action, do/);
    refused(() => ladder({ ...good, id: 's2' }, good), /step 2: its id "s2" is used by another step/);
    refused(() => ladder({ ...good, id: 'a b' }), /step 1, id: must be/);
  });
});
