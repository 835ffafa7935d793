import { expect } from 'chai';
import { z } from 'zod';
import { nextStep, planLadder } from '../../../../dist/lib/time/ladder/plan';
import { parseLadder } from '../../../../dist/lib/time/ladder/steps';
import { at, calendar, hour, seeded, weekdaysOnly } from '../support';

const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];

describe('random ladders', () => {
  const random = seeded('ladders');
  const { below, pick } = random;
  const lengthOf = (unit: string) => {
    if (unit === 'days' || unit === 'workingDays') return { unit, days: 1 + below(9) };
    return unit === 'percent' ? { unit, percent: 1 + below(100) } : { unit, length: 1 + below(60 * hour) };
  };
  const row = (_: unknown, index: number) => {
    const basis = pick(['start', 'previous', 'due'] as const);
    const kind = basis === 'due' ? pick(['before', 'after'] as const) : 'after';
    const lengths = ['clock', 'days', 'working', 'workingDays'];
    const timeOfDay = pick(['', `${String(below(24)).padStart(2, '0')}:30`]);
    return {
      when: {
        basis,
        kind,
        timeOfDay,
        days: pick(['every', 'working']),
        amount: lengthOf(pick(kind === 'after' && basis === 'due' ? lengths : [...lengths, 'percent'])),
      },
      ...(below(2) === 0 ? {} : { repeat: { times: 1 + below(5), every: lengthOf(pick(lengths)) } }),
      ifPast: pick(['skip', 'fire']),
      action: `row ${index}`,
    };
  };

  it('are in order, lose no firing, and are never early', () => {
    for (let round = 0; round < 200; round += 1) {
      const zone = pick(zones);
      const office = calendar({ zone, hours: weekdaysOnly(['08:00', '12:00'], ['13:00', '17:00']) });
      const start = at('2027-01-01T00:00:00Z') + below(365 * 24 * 60) * 60_000;
      const due = start + below(40 * 24 * 60) * 60_000;
      const expires = due + below(20 * 24 * 60) * 60_000;
      const rows = Array.from({ length: 1 + below(6) }, row);
      const steps = parseLadder(rows, z.string());
      const { firings, problems } = planLadder({ steps, start, due, expires, calendar: office });
      const hint = JSON.stringify({ zone, start, due, expires, rows });

      const all = [...firings, ...problems.flatMap((problem) => problem.firings)];
      const wanted = steps.reduce((sum, { repeat }) => sum + 1 + (repeat?.times ?? 0), 0);
      expect(new Set(all.map(({ id }) => id)).size, hint).to.equal(wanted);
      expect(all.length, hint).to.equal(wanted);
      firings.forEach((firing, index) => {
        expect(firing.at, hint).to.be.at.least(firings[index - 1]?.at ?? start);
        expect(firing.at, hint).to.be.below(expires);
      });
      for (const [index, step] of steps.entries()) {
        const own = all.filter((firing) => firing.step === index).sort((a, b) => a.round - b.round);
        const { when, repeat } = step;
        for (const [nth, { at: moment }] of own.entries()) {
          const before = own[nth - 1]?.at;
          // Not the ones moved to the start.
          if (moment === start || before === start) continue;
          if (before !== undefined && repeat?.every.unit === 'clock')
            expect(moment - before, hint).to.be.at.least(repeat.every.length);
          if (before !== undefined && repeat?.every.unit === 'working')
            expect(office.workingBetween(before, moment), hint).to.be.at.least(repeat.every.length);
          if (before !== undefined) expect(moment, hint).to.be.above(before);
          if (nth > 0) continue;
          const base = when.kind === 'before' ? moment : when.basis === 'due' ? due : start;
          const end = when.kind === 'before' ? due : moment;
          if (when.amount.unit === 'clock') expect(end - base, hint).to.be.at.least(when.amount.length);
          if (when.amount.unit === 'working')
            expect(office.workingBetween(base, end), hint).to.be.at.least(when.amount.length);
        }
      }

      const fired: string[] = [];
      for (let next = nextStep({ firings, problems }, fired); next; next = nextStep({ firings, problems }, fired))
        fired.push(next.id);
      expect(fired, hint).to.deep.equal(firings.map(({ id }) => id));
    }
  });
});
