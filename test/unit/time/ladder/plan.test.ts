import { expect } from 'chai';
import { z } from 'zod';
import { roundTheClock } from '../../../../dist/lib/time/calendar/config';
import { createCalendar } from '../../../../dist/lib/time/calendar/working-hours';
import { checkPlan, type LadderPlan, nextStep, planLadder } from '../../../../dist/lib/time/ladder/plan';
import { parseLadder } from '../../../../dist/lib/time/ladder/steps';
import { at, calendar, hour, iso, refused } from '../support';

const day = 24 * hour;
const utc = createCalendar(roundTheClock('UTC'));
const start = at('2027-05-03T10:00:00Z');
const due = start + 10 * day;
const clock = (length: string) => ({ unit: 'clock', length });
const ladder = (...rows: Record<string, unknown>[]) =>
  parseLadder(
    rows.map((row) => ({ action: 'remind', ...row })),
    z.string(),
  );
const moments = ({ firings }: LadderPlan) => firings.map(({ id, at: moment }) => `${id} ${iso(moment)}`);
const kinds = ({ problems }: LadderPlan) => problems.map(({ kind, severity, step }) => `${kind} ${severity} ${step}`);

describe('the plan of a ladder', () => {
  it('counts from the start, the last round before, and the due date, in order of time', () => {
    const steps = ladder(
      { when: { amount: clock('2 days') }, repeat: { times: 2, every: clock('1 day') } },
      { when: { amount: clock('12 h') } },
      { when: { basis: 'start', amount: clock('1 h') } },
      { when: { kind: 'before', basis: 'due', amount: clock('1 day') }, repeat: { times: 1, every: clock('6 h') } },
      { when: { basis: 'due', amount: clock('1 day') }, action: 'cancel' },
    );
    const plan = planLadder({ steps, start, due, calendar: utc });
    expect(plan.problems).to.deep.equal([]);
    expect(moments(plan)).to.deep.equal([
      's3r1 2027-05-03T11:00:00Z',
      's1r1 2027-05-05T10:00:00Z',
      's1r2 2027-05-06T10:00:00Z',
      's1r3 2027-05-07T10:00:00Z',
      's2r1 2027-05-07T22:00:00Z',
      's4r1 2027-05-12T10:00:00Z',
      's4r2 2027-05-12T16:00:00Z',
      's5r1 2027-05-14T10:00:00Z',
    ]);
    expect(plan.firings.at(-1)).to.deep.include({ step: 4, stepId: 's5', round: 1, rounds: 1, action: 'cancel' });
    expect(plan.firings[2]).to.deep.include({ step: 0, round: 2, rounds: 3 });
  });

  it('at one moment keeps the order of the rows', () => {
    const steps = ladder(...['b', 'a', 'c'].map((id) => ({ id, when: { basis: 'start', amount: clock('1 h') } })));
    expect(planLadder({ steps, start, calendar: utc }).firings.map(({ id }) => id)).to.deep.equal([
      'br1',
      'ar1',
      'cr1',
    ]);
  });

  it('takes a percentage of the time that is left', () => {
    const half = { unit: 'percent', percent: 50 };
    const steps = ladder(
      { when: { basis: 'start', amount: half } },
      { when: { amount: half } },
      { when: { basis: 'start', amount: { unit: 'percent', percent: 100 } } },
      { when: { amount: half } },
    );
    expect(planLadder({ steps, start, due, calendar: utc }).firings.map((firing) => firing.at - start)).to.deep.equal([
      5 * day,
      7.5 * day,
      10 * day,
      10 * day,
    ]);
  });

  it('a percentage of no time left is at once', () => {
    const steps = ladder(
      { when: { amount: clock('11 days') } },
      { when: { amount: { unit: 'percent', percent: 50 } } },
    );
    expect(planLadder({ steps, start, due, calendar: utc }).firings.map((firing) => firing.at - start)).to.deep.equal([
      11 * day,
      11 * day,
    ]);
  });

  it('moves a time of day onward after something, backward before the due date', () => {
    // The due date, 13 May 2027 10:00Z, is a Thursday; Berlin is at UTC+2.
    const steps = ladder(
      { when: { basis: 'start', amount: clock('1 h'), timeOfDay: '13:00' } },
      { when: { basis: 'start', amount: clock('1 h'), timeOfDay: '12:59' } },
      { when: { kind: 'before', basis: 'due', amount: clock('4 days'), timeOfDay: '12:00', days: 'working' } },
      { when: { kind: 'before', basis: 'due', amount: clock('4 days'), days: 'working' } },
      { when: { kind: 'before', basis: 'due', amount: clock('1 day'), timeOfDay: '12:00' } },
    );
    expect(moments(planLadder({ steps, start, due, calendar: calendar({}) }))).to.deep.equal([
      's1r1 2027-05-03T11:00:00Z',
      's2r1 2027-05-04T10:59:00Z',
      's3r1 2027-05-07T10:00:00Z',
      's4r1 2027-05-07T15:00:00Z',
      's5r1 2027-05-12T10:00:00Z',
    ]);
  });

  it('waits out a chain of holidays', () => {
    const closed = calendar({ holidays: ['2027-05-04', { from: '2027-05-05', to: '2027-05-09' }, '05-10'] });
    const steps = ladder(
      { when: { amount: { unit: 'working', length: '6 h' } } },
      { when: { basis: 'start', amount: clock('1 day'), timeOfDay: '09:00', days: 'working' } },
    );
    // Monday 12:00 to 17:00 is five hours; the next opening is Tuesday the 11th.
    expect(moments(planLadder({ steps, start, calendar: closed }))).to.deep.equal([
      's1r1 2027-05-11T07:00:00Z',
      's2r1 2027-05-11T07:00:00Z',
    ]);
  });

  it('runs for 400 days, a reminder on every working day at nine', () => {
    const steps = ladder({
      when: { amount: { unit: 'days', days: 1 }, timeOfDay: '09:00', days: 'working' },
      repeat: { times: 285, every: { unit: 'days', days: 1 } },
    });
    const { firings } = planLadder({ steps, start, calendar: calendar({}) });
    // A day later is Tuesday noon, so the first is on Wednesday, 5 May 2027; 285 working days are 57 weeks.
    expect(iso(firings[285]!.at)).to.equal('2028-06-07T07:00:00Z');
    expect(new Set(firings.map(({ at: moment }) => iso(moment).slice(11)))).to.deep.equal(
      new Set(['07:00:00Z', '08:00:00Z']),
    );
  });
});

describe('problems of a plan', () => {
  it('no steps', () => {
    const plan = planLadder({ steps: [], start, calendar: utc });
    expect(kinds(plan)).to.deep.equal(['noSteps error undefined']);
    refused(() => checkPlan(plan), /no steps/);
  });

  it('a due date that is missing', () => {
    const steps = ladder(
      { when: { amount: { unit: 'percent', percent: 50 } } },
      { when: { basis: 'due', amount: clock('1 h') } },
      { when: { amount: clock('1 h') } },
    );
    const plan = planLadder({ steps, start, calendar: utc });
    expect(kinds(plan)).to.deep.equal(['noDue error 0', 'noDue error 1']);
    expect(moments(plan)).to.deep.equal(['s3r1 2027-05-03T11:00:00Z']);
    refused(() => checkPlan(plan), /^Step 1 counts from or to the due date, but the envelope has none/);
  });

  it('firings at or after the expiry', () => {
    const steps = ladder({ when: { amount: clock('1 day') }, repeat: { times: 3, every: clock('1 day') } });
    const plan = planLadder({ steps, start, expires: start + 3 * day, calendar: utc });
    expect(plan.firings.map(({ id }) => id)).to.deep.equal(['s1r1', 's1r2']);
    expect(kinds(plan)).to.deep.equal(['afterExpiry warning 0']);
    expect(plan.problems[0]?.firings.map(({ id }) => id)).to.deep.equal(['s1r3', 's1r4']);
    expect(plan.problems[0]?.message).to.match(/^Step 1 \(s1r3, s1r4\) fires when the envelope has already expired/);
    checkPlan(plan);
  });

  const late = { kind: 'before', basis: 'due', amount: clock('12 days') };
  it('a moment before the start is left out', () => {
    const steps = ladder(
      { when: late, repeat: { times: 2, every: clock('1 day') } },
      { when: { amount: clock('1 h') } },
    );
    const plan = planLadder({ steps, start, due, calendar: utc });
    expect(moments(plan)).to.deep.equal(['s1r3 2027-05-03T10:00:00Z', 's2r1 2027-05-03T11:00:00Z']);
    expect(kinds(plan)).to.deep.equal(['past warning 0']);
    expect(plan.problems[0]?.firings.map(({ id }) => id)).to.deep.equal(['s1r1', 's1r2']);
  });

  it('or fires once at the start, if chosen', () => {
    const steps = ladder(
      { when: late, ifPast: 'fire', repeat: { times: 3, every: clock('18 h') } },
      { when: { basis: 'due', amount: clock('1 day') }, ifPast: 'fire' },
    );
    expect(moments(planLadder({ steps, start, due, calendar: utc }))).to.deep.equal([
      's1r3 2027-05-03T10:00:00Z',
      's1r4 2027-05-03T16:00:00Z',
      's2r1 2027-05-14T10:00:00Z',
    ]);
    const overdue = planLadder({ steps, start, due: start - 5 * day, calendar: utc });
    expect(moments(overdue)).to.deep.equal(['s1r4 2027-05-03T10:00:00Z', 's2r1 2027-05-03T10:00:00Z']);
    expect(kinds(overdue)).to.deep.equal(['past warning 0']);
  });

  it('a percentage of a time that is over counts as past', () => {
    const steps = ladder({ when: { basis: 'start', amount: { unit: 'percent', percent: 50 } } });
    expect(kinds(planLadder({ steps, start, due: start - day, calendar: utc }))).to.deep.equal(['past warning 0']);
  });

  it('more than 100 years', () => {
    const century = clock('36599 days');
    const steps = ladder({ when: { amount: century }, repeat: { times: 1000, every: century } });
    const plan = planLadder({ steps: [...steps, ...ladder({ when: { amount: century } })], start, calendar: utc });
    expect(plan.firings.map(({ id }) => id)).to.deep.equal(['s1r1']);
    refused(() => checkPlan(plan), /more than 100 years/);
  });

  it('a calendar that never opens', () => {
    const closed = calendar({ holidays: [{ from: '2027-01-01', to: '2040-01-01' }] });
    const steps = ladder({ when: { amount: { unit: 'working', length: '1 h' } } });
    refused(() => planLadder({ steps, start, calendar: closed }), /never open/);
  });
});

describe('identity of firings', () => {
  const row = (id: string, length: string) => ({ id, when: { basis: 'start', amount: clock(length) } });
  const plan = (...rows: Record<string, unknown>[]) => planLadder({ steps: ladder(...rows), start, calendar: utc });

  it('the next is the first that is not done, until none is left', () => {
    const two = plan(row('a', '1 h'), row('b', '2 h'));
    expect(nextStep(two, [])?.id).to.equal('ar1');
    expect(nextStep(two, new Set(['ar1']))?.id).to.equal('br1');
    expect(nextStep(two, ['br1'])?.id).to.equal('ar1');
    expect(nextStep(two, ['ar1', 'br1', 'gone'])).to.equal(undefined);
  });

  it('survives moving, editing and adding rows that have ids', () => {
    const edited = plan(row('new', '30 m'), row('b', '3 h'), row('a', '1 h'));
    expect(edited.firings.map(({ id }) => id)).to.deep.equal(['newr1', 'ar1', 'br1']);
    expect(nextStep(edited, ['ar1', 'newr1'])?.id).to.equal('br1');
  });

  it('is the same when more rounds are added', () => {
    const rounds = (times: number) =>
      plan({ when: { amount: clock('1 h') }, repeat: { times, every: clock('1 h') } }).firings.map(({ id }) => id);
    expect(rounds(3).slice(0, 3)).to.deep.equal(rounds(2));
  });
});
