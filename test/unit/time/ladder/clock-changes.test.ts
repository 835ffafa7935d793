import { expect } from 'chai';
import { z } from 'zod';
import { planLadder } from '../../../../dist/lib/time/ladder/plan';
import { parseLadder } from '../../../../dist/lib/time/ladder/steps';
import { at, calendar, iso } from '../support';

/**
 * One ladder over the weekend of each change of 2027, from Friday 16:00 to the due date on Tuesday 12:00 local time,
 * working hours Monday to Friday 08:00 to 17:00. The instants were worked out by hand.
 */
const weekends = [
  {
    zone: 'Europe/Berlin',
    change: 'forward on 28 March',
    start: '2027-03-26T15:00:00Z',
    due: '2027-03-30T10:00:00Z',
    oneDayOfClockTime: '2027-03-27T15:00:00Z',
    mondaySameTime: '2027-03-29T14:00:00Z',
    tenWorkingHours: '2027-03-29T15:00:00Z',
    mondayAtNine: '2027-03-29T07:00:00Z',
    halfTheTime: '2027-03-28T12:30:00Z',
    dailyAtNine: ['2027-03-27T08:00:00Z', '2027-03-28T07:00:00Z', '2027-03-29T07:00:00Z'],
  },
  {
    zone: 'Europe/Berlin',
    change: 'back on 31 October',
    start: '2027-10-29T14:00:00Z',
    due: '2027-11-02T11:00:00Z',
    oneDayOfClockTime: '2027-10-30T14:00:00Z',
    mondaySameTime: '2027-11-01T15:00:00Z',
    tenWorkingHours: '2027-11-01T16:00:00Z',
    mondayAtNine: '2027-11-01T08:00:00Z',
    halfTheTime: '2027-10-31T12:30:00Z',
    dailyAtNine: ['2027-10-30T07:00:00Z', '2027-10-31T08:00:00Z', '2027-11-01T08:00:00Z'],
  },
  {
    zone: 'America/New_York',
    change: 'forward on 14 March',
    start: '2027-03-12T21:00:00Z',
    due: '2027-03-16T16:00:00Z',
    oneDayOfClockTime: '2027-03-13T21:00:00Z',
    mondaySameTime: '2027-03-15T20:00:00Z',
    tenWorkingHours: '2027-03-15T21:00:00Z',
    mondayAtNine: '2027-03-15T13:00:00Z',
    halfTheTime: '2027-03-14T18:30:00Z',
    dailyAtNine: ['2027-03-13T14:00:00Z', '2027-03-14T13:00:00Z', '2027-03-15T13:00:00Z'],
  },
  {
    zone: 'America/New_York',
    change: 'back on 7 November',
    start: '2027-11-05T20:00:00Z',
    due: '2027-11-09T17:00:00Z',
    oneDayOfClockTime: '2027-11-06T20:00:00Z',
    mondaySameTime: '2027-11-08T21:00:00Z',
    tenWorkingHours: '2027-11-08T22:00:00Z',
    mondayAtNine: '2027-11-08T14:00:00Z',
    halfTheTime: '2027-11-07T18:30:00Z',
    dailyAtNine: ['2027-11-06T13:00:00Z', '2027-11-07T14:00:00Z', '2027-11-08T14:00:00Z'],
  },
  {
    zone: 'Australia/Lord_Howe',
    change: 'back by 30 minutes on 4 April',
    start: '2027-04-02T05:00:00Z',
    due: '2027-04-06T01:30:00Z',
    oneDayOfClockTime: '2027-04-03T05:00:00Z',
    mondaySameTime: '2027-04-05T05:30:00Z',
    tenWorkingHours: '2027-04-05T06:30:00Z',
    mondayAtNine: '2027-04-04T22:30:00Z',
    halfTheTime: '2027-04-04T03:15:00Z',
    dailyAtNine: ['2027-04-02T22:00:00Z', '2027-04-03T22:30:00Z', '2027-04-04T22:30:00Z'],
  },
  {
    zone: 'Australia/Lord_Howe',
    change: 'forward by 30 minutes on 3 October',
    start: '2027-10-01T05:30:00Z',
    due: '2027-10-05T01:00:00Z',
    oneDayOfClockTime: '2027-10-02T05:30:00Z',
    mondaySameTime: '2027-10-04T05:00:00Z',
    tenWorkingHours: '2027-10-04T06:00:00Z',
    mondayAtNine: '2027-10-03T22:00:00Z',
    halfTheTime: '2027-10-03T03:15:00Z',
    dailyAtNine: ['2027-10-01T22:30:00Z', '2027-10-02T22:00:00Z', '2027-10-03T22:00:00Z'],
  },
];

const day = { unit: 'clock', length: '24 h' };
const steps = parseLadder(
  [
    { id: 'clock', when: { basis: 'start', amount: day } },
    { id: 'days', when: { basis: 'start', amount: { unit: 'days', days: 3 } } },
    { id: 'working', when: { basis: 'start', amount: { unit: 'working', length: '10 h' } } },
    { id: 'nine', when: { basis: 'start', amount: day, timeOfDay: '09:00', days: 'working' } },
    { id: 'workingDay', when: { basis: 'start', amount: { unit: 'workingDays', days: 1 } } },
    { id: 'opening', when: { basis: 'start', amount: day, days: 'working' } },
    { id: 'percent', when: { basis: 'start', amount: { unit: 'percent', percent: 50 } } },
    { id: 'percentBefore', when: { kind: 'before', basis: 'due', amount: { unit: 'percent', percent: 50 } } },
    { id: 'workingBefore', when: { kind: 'before', basis: 'due', amount: { unit: 'working', length: '5 h' } } },
    { id: 'dayBefore', when: { kind: 'before', basis: 'due', amount: { unit: 'days', days: 1 }, timeOfDay: '09:00' } },
    {
      id: 'daily',
      when: { basis: 'start', amount: { unit: 'clock', length: '1 h' }, timeOfDay: '09:00' },
      repeat: { times: 2, every: { unit: 'days', days: 1 } },
    },
  ].map((step) => ({ ...step, action: step.id })),
  z.string(),
);

describe('S11 S12: a ladder over the weekend the clocks change', () => {
  for (const { zone, change, start, due, ...expected } of weekends) {
    it(`in ${zone}, ${change}`, () => {
      const { firings, problems } = planLadder({ steps, start: at(start), due: at(due), calendar: calendar({ zone }) });
      expect(problems).to.deep.equal([]);
      const planned = Object.fromEntries(firings.map(({ id, at: moment }) => [id, iso(moment)]));
      expect(planned).to.deep.equal({
        clockr1: expected.oneDayOfClockTime,
        daysr1: expected.mondaySameTime,
        workingr1: expected.tenWorkingHours,
        niner1: expected.mondayAtNine,
        workingDayr1: expected.mondaySameTime,
        openingr1: iso(at(expected.mondayAtNine) - 3_600_000),
        percentr1: expected.halfTheTime,
        percentBeforer1: expected.halfTheTime,
        // Tuesday 08:00 to 12:00 and the last working hour of Monday.
        workingBeforer1: expected.mondaySameTime,
        dayBeforer1: expected.mondayAtNine,
        dailyr1: expected.dailyAtNine[0],
        dailyr2: expected.dailyAtNine[1],
        dailyr3: expected.dailyAtNine[2],
      });
    });
  }
});
