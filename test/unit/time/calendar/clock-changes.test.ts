import { expect } from 'chai';
import { at, calendar, everyDay, hour, iso } from '../support';

/**
 * The changes of 2027. Berlin: 28 March 01:00Z and 31 October 01:00Z. New York: 14 March 07:00Z and 7 November 06:00Z.
 * Lord Howe, by 30 minutes, 10:30 to 11:00 ahead: back 3 April 15:00Z, forward 2 October 15:30Z.
 */
const nights = [
  {
    zone: 'Europe/Berlin',
    change: 'forward',
    from: '2027-03-27T12:00:00Z',
    opens: '2027-03-28T00:00:00Z',
    closes: '2027-03-28T03:00:00Z',
    length: 3,
    nextOpens: '2027-03-28T23:00:00Z',
  },
  {
    zone: 'Europe/Berlin',
    change: 'back',
    from: '2027-10-30T12:00:00Z',
    opens: '2027-10-30T23:00:00Z',
    closes: '2027-10-31T04:00:00Z',
    length: 5,
    nextOpens: '2027-11-01T00:00:00Z',
  },
  {
    zone: 'America/New_York',
    change: 'forward',
    from: '2027-03-13T12:00:00Z',
    opens: '2027-03-14T06:00:00Z',
    closes: '2027-03-14T09:00:00Z',
    length: 3,
    nextOpens: '2027-03-15T05:00:00Z',
  },
  {
    zone: 'America/New_York',
    change: 'back',
    from: '2027-11-06T12:00:00Z',
    opens: '2027-11-07T05:00:00Z',
    closes: '2027-11-07T10:00:00Z',
    length: 5,
    nextOpens: '2027-11-08T06:00:00Z',
  },
  {
    zone: 'Australia/Lord_Howe',
    change: 'back',
    from: '2027-04-03T00:00:00Z',
    opens: '2027-04-03T14:00:00Z',
    closes: '2027-04-03T18:30:00Z',
    length: 4.5,
    nextOpens: '2027-04-04T14:30:00Z',
  },
  {
    zone: 'Australia/Lord_Howe',
    change: 'forward',
    from: '2027-10-02T00:00:00Z',
    opens: '2027-10-02T14:30:00Z',
    closes: '2027-10-02T18:00:00Z',
    length: 3.5,
    nextOpens: '2027-10-03T14:00:00Z',
  },
];

describe('S11: working hours on the night the clocks change', () => {
  for (const { zone, change, from, opens, closes, length, nextOpens } of nights) {
    it(`01:00 to 05:00 lasts ${length} hours in ${zone} when they go ${change}`, () => {
      const night = calendar({ zone, hours: everyDay(['01:00', '05:00']) });
      expect(iso(night.nextOpening(at(from)))).to.equal(opens);
      expect(night.workingBetween(at(from), at(closes) + hour)).to.equal(length * hour);
      expect(iso(night.addWorking(at(from), length * hour))).to.equal(closes);
      expect(iso(night.addWorking(at(from), length * hour + 1000))).to.equal(iso(at(nextOpens) + 1000));
      expect(iso(night.subtractWorking(at(closes) + hour, length * hour))).to.equal(opens);
      expect(night.isOpen(at(closes) - 1)).to.equal(true);
      expect(night.isOpen(at(closes))).to.equal(false);
    });
  }

  const edges = [
    ['Europe/Berlin', '02:30', '2027-03-27T12:00:00Z', '2027-03-28T01:00:00Z', '2027-03-28T02:00:00Z'],
    ['America/New_York', '02:30', '2027-03-13T12:00:00Z', '2027-03-14T07:00:00Z', '2027-03-14T08:00:00Z'],
    ['Australia/Lord_Howe', '02:15', '2027-10-02T00:00:00Z', '2027-10-02T15:30:00Z', '2027-10-02T17:00:00Z'],
  ] as const;
  for (const [zone, opening, from, opens, closes] of edges) {
    it(`an opening at ${opening}, which ${zone} leaves out, begins at the first instant there is`, () => {
      const night = calendar({ zone, hours: everyDay([opening, '04:00']) });
      expect(iso(night.nextOpening(at(from)))).to.equal(opens);
      expect(iso(night.addWorking(at(from), at(closes) - at(opens)))).to.equal(closes);
      expect(night.isOpen(at(opens) - 1)).to.equal(false);
    });
  }

  const twice = [
    ['Europe/Berlin', '02:30', '2027-10-30T12:00:00Z', '2027-10-31T00:30:00Z', '2027-10-31T03:00:00Z'],
    ['America/New_York', '01:30', '2027-11-06T12:00:00Z', '2027-11-07T05:30:00Z', '2027-11-07T09:00:00Z'],
    ['Australia/Lord_Howe', '01:45', '2027-04-03T00:00:00Z', '2027-04-03T14:45:00Z', '2027-04-03T17:30:00Z'],
  ] as const;
  for (const [zone, opening, from, opens, closes] of twice) {
    it(`an opening at ${opening}, which ${zone} has twice, begins the first time`, () => {
      const night = calendar({ zone, hours: everyDay([opening, '04:00']) });
      expect(iso(night.nextOpening(at(from)))).to.equal(opens);
      expect(iso(night.addWorking(at(from), at(closes) - at(opens)))).to.equal(closes);
    });
  }

  it('an opening that lies within the gap does not take place', () => {
    const night = calendar({ hours: everyDay(['02:15', '02:45']) });
    expect(iso(night.nextOpening(at('2027-03-27T12:00:00Z')))).to.equal('2027-03-29T00:15:00Z');
  });

  it('days that begin in a gap and dates that are skipped are no obstacle', () => {
    // Egypt goes forward at midnight on 30 April 2027; Samoa had no 30 December 2011.
    const cairo = calendar({ zone: 'Africa/Cairo', hours: everyDay(['00:00', '24:00']), holidays: ['2027-04-29'] });
    expect(iso(cairo.nextOpening(at('2027-04-29T12:00:00Z')))).to.equal('2027-04-29T22:00:00Z');
    const apia = calendar({ zone: 'Pacific/Apia', hours: everyDay(['09:00', '17:00']) });
    expect(iso(apia.nextOpening(at('2011-12-30T04:00:00Z')))).to.equal('2011-12-30T19:00:00Z');
    expect(apia.workingBetween(at('2011-12-29T19:00:00Z'), at('2011-12-31T03:00:00Z'))).to.equal(16 * hour);
  });

  it('a clock set back past midnight does not end the new day', () => {
    // Newfoundland went from 00:01 on Sunday, 7 November 2010 back to 23:01 on Saturday, at 02:31Z.
    const night = calendar({ zone: 'America/St_Johns', hours: { sun: [['00:00', '02:00']] } });
    expect(iso(night.nextOpening(at('2010-11-06T12:00:00Z')))).to.equal('2010-11-07T02:30:00Z');
    expect(night.isOpen(at('2010-11-07T03:00:00Z'))).to.equal(true);
    expect(iso(night.subtractWorking(at('2010-11-07T03:00:00Z'), hour / 4))).to.equal('2010-11-07T02:45:00Z');
    expect(iso(night.addWorking(at('2010-11-07T03:00:00Z'), 2.5 * hour))).to.equal('2010-11-07T05:30:00Z');
    expect(night.workingBetween(at('2010-11-07T02:00:00Z'), at('2010-11-07T03:00:00Z'))).to.equal(hour / 2);
  });
});
