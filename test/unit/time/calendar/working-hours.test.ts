import { expect } from 'chai';
import { parseCalendar, roundTheClock } from '../../../../dist/lib/time/calendar/config';
import { addWorkingDays, subtractWorkingDays } from '../../../../dist/lib/time/calendar/working-days';
import { createCalendar } from '../../../../dist/lib/time/calendar/working-hours';
import { at, calendar, event, everyDay, hour, icsOf, iso, refused, weekdaysOnly } from '../support';

const day = 24 * hour;

describe('S11: working hours', () => {
  // January 2027 in Berlin is UTC+1; the 4th is a Monday.
  const office = calendar({});

  it('begin at the next opening and run over days', () => {
    const friday = at('2027-01-08T19:00:00+01:00');
    expect(office.isOpen(friday)).to.equal(false);
    expect(iso(office.nextOpening(friday))).to.equal('2027-01-11T07:00:00Z');
    expect(iso(office.previousClosing(friday))).to.equal('2027-01-08T16:00:00Z');
    expect(iso(office.addWorking(friday, 10 * hour))).to.equal('2027-01-12T08:00:00Z');
    expect(iso(office.addWorking(friday, 9 * hour))).to.equal('2027-01-11T16:00:00Z');
    expect(iso(office.addWorking(friday, 0))).to.equal('2027-01-11T07:00:00Z');
    expect(iso(office.subtractWorking(at('2027-01-11T10:00:00+01:00'), 10 * hour))).to.equal('2027-01-08T08:00:00Z');
    expect(iso(office.subtractWorking(friday, 0))).to.equal('2027-01-08T16:00:00Z');
    expect(office.workingBetween(friday, at('2027-01-12T09:00:00+01:00'))).to.equal(10 * hour);
    expect(office.workingBetween(at('2027-01-12T09:00:00+01:00'), friday)).to.equal(-10 * hour);
  });

  it('have breaks, and spans until midnight that join the next day', () => {
    const shifts = calendar({
      hours: {
        mon: [
          ['13:00', '24:00'],
          ['08:00', '12:00'],
        ],
        tue: [['00:00', '02:00']],
      },
    });
    const monday = at('2027-01-04T08:00:00+01:00');
    expect(iso(shifts.addWorking(monday, 5 * hour))).to.equal('2027-01-04T13:00:00Z');
    expect(iso(shifts.addWorking(monday, 16 * hour))).to.equal('2027-01-05T00:00:00Z');
    expect(shifts.isOpen(at('2027-01-05T00:00:00+01:00'))).to.equal(true);
  });

  it('pass over chains of holidays: a date, a yearly day, stretches, an event', () => {
    const closed = calendar({
      holidays: ['2026-12-23', '12-24', { from: '12-25', to: '01-02' }, { from: '2027-01-03', to: '2027-01-05' }],
      ics: icsOf(...event('DTSTART;VALUE=DATE:20270106', 'SUMMARY:Epiphany')),
    });
    // 22 December 2026 is a Tuesday, 7 January 2027 a Thursday.
    expect(iso(closed.addWorking(at('2026-12-22T16:00:00+01:00'), 2 * hour))).to.equal('2027-01-07T08:00:00Z');
    expect(iso(closed.subtractWorking(at('2027-01-07T09:00:00+01:00'), 2 * hour))).to.equal('2026-12-22T15:00:00Z');
    expect(iso(addWorkingDays(closed, at('2026-12-22T16:00:00+01:00'), 1))).to.equal('2027-01-07T15:00:00Z');
    // The yearly ones return: 24 December 2027 is a Friday, 3 January 2028 a Monday.
    expect(iso(closed.nextOpening(at('2027-12-24T08:00:00+01:00')))).to.equal('2028-01-03T07:00:00Z');
  });

  it('29 February closes leap years only, and a stretch that ends there ends with the month', () => {
    const leap = calendar({ hours: everyDay(['08:00', '17:00']), holidays: ['02-29', { from: '02-27', to: '02-29' }] });
    expect(iso(leap.nextOpening(at('2027-02-27T08:00:00+01:00')))).to.equal('2027-03-01T07:00:00Z');
    const single = calendar({ hours: everyDay(['08:00', '17:00']), holidays: ['02-29'] });
    expect(single.isOpen(at('2027-03-01T09:00:00+01:00'))).to.equal(true);
    expect(single.isOpen(at('2028-02-29T09:00:00+01:00'))).to.equal(false);
  });

  it('count whole working days to the same time, or the next opening', () => {
    expect(iso(addWorkingDays(office, at('2027-01-08T10:00:00+01:00'), 1))).to.equal('2027-01-11T09:00:00Z');
    expect(iso(addWorkingDays(office, at('2027-01-08T19:00:00+01:00'), 1))).to.equal('2027-01-12T07:00:00Z');
    expect(iso(subtractWorkingDays(office, at('2027-01-11T10:00:00+01:00'), 1))).to.equal('2027-01-08T09:00:00Z');
    expect(iso(subtractWorkingDays(office, at('2027-01-10T10:00:00+01:00'), 1))).to.equal('2027-01-07T16:00:00Z');
    const short = calendar({ hours: { ...weekdaysOnly(['08:00', '17:00']), fri: [['08:00', '12:00']] } });
    expect(iso(addWorkingDays(short, at('2027-01-07T15:00:00+01:00'), 1))).to.equal('2027-01-11T07:00:00Z');
    const late = calendar({ hours: weekdaysOnly(['08:00', '24:00']) });
    expect(iso(subtractWorkingDays(late, at('2027-01-12T00:00:00+01:00'), 1))).to.equal('2027-01-08T23:00:00Z');
    const always = createCalendar(roundTheClock('Europe/Berlin'));
    expect(iso(subtractWorkingDays(always, at('2027-01-11T00:00:00+01:00'), 2))).to.equal('2027-01-08T23:00:00Z');
  });

  it('round the clock are elapsed time', () => {
    const always = createCalendar(roundTheClock('America/New_York'));
    const from = at('2027-03-01T10:00:00Z');
    expect(always.addWorking(from, 400 * day)).to.equal(from + 400 * day);
    expect(always.subtractWorking(from, 400 * day)).to.equal(from - 400 * day);
    expect(always.nextOpening(from)).to.equal(from);
  });

  it('that never come are an error, not an endless loop', () => {
    const closed = calendar({ holidays: [{ from: '2027-01-01', to: '2035-12-31' }] });
    const from = at('2027-02-01T08:00:00Z');
    refused(() => closed.nextOpening(from), /never open within five years of 2027-02-01/);
    refused(() => closed.addWorking(from, hour), /never open/);
    refused(() => closed.subtractWorking(at('2035-01-01T08:00:00Z'), hour), /never open/);
    refused(() => addWorkingDays(closed, from, 1), /never open/);
    refused(() => office.addWorking(from, 99 * 366 * day), /more than 100 years/);
    for (const length of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      refused(() => office.addWorking(from, length), /0 or more/);
  });
});

describe('calendar input', () => {
  const good = { zone: 'Europe/Berlin', hours: { mon: [['09:00', '17:00']] } };

  it('has defaults and keeps days in order', () => {
    const parsed = parseCalendar({
      ...good,
      hours: {
        mon: [
          ['13:00', '17:00'],
          ['09:00', '12:00'],
        ],
      },
    });
    expect(parsed.hours.mon).to.deep.equal([
      ['09:00', '12:00'],
      ['13:00', '17:00'],
    ]);
    expect(parsed).to.deep.include({ holidays: [], ics: '' });
    expect(parsed.hours.sun).to.deep.equal([]);
  });

  const broken: [string, Record<string, unknown>, RegExp][] = [
    ['an unknown zone', { zone: 'Europe/Atlantis' }, /calendar\.zone: must be a time zone such as "Europe\/Berlin"\.$/],
    ['no zone', { zone: undefined }, /calendar\.zone/],
    ['no hours', { hours: {} }, /calendar\.hours: has no working hours on any day/],
    ['a time that is none', { hours: { mon: [['25:00', '26:00']] } }, /calendar\.hours\.mon\.0\.0: must be a time/],
    ['an opening at 24:00', { hours: { mon: [['24:00', '24:00']] } }, /calendar\.hours\.mon\.0\.0/],
    ['an end before the beginning', { hours: { mon: [['17:00', '09:00']] } }, /mon\.0: must end later/],
    [
      'overlapping spans',
      {
        hours: {
          mon: [
            ['09:00', '12:00'],
            ['11:00', '17:00'],
          ],
        },
      },
      /hours\.mon: .*overlap/,
    ],
    ['a day that does not exist', { holidays: ['2027-02-30'] }, /calendar\.holidays\.0: must be a date/],
    ['a yearly day that does not exist', { holidays: ['12-24', '13-01'] }, /calendar\.holidays\.1: /],
    [
      'a stretch that runs backward',
      { holidays: [{ from: '2027-02-03', to: '2027-02-01' }] },
      /holidays\.0: .*from not after to/,
    ],
    ['a stretch of two kinds', { holidays: [{ from: '2027-02-03', to: '02-04' }] }, /calendar\.holidays\.0/],
    [
      'broken iCalendar text',
      { ics: 'BEGIN:VCALENDAR\r\nHolidays\r\n' },
      /calendar\.ics: iCalendar text, line 2: "Holidays"/,
    ],
  ];
  for (const [what, change, message] of broken)
    it(`refuses ${what}`, () => refused(() => parseCalendar({ ...good, ...change }), message));
  it('refuses what is no calendar at all', () => {
    for (const value of [undefined, null, 7, 'Europe/Berlin', []]) refused(() => parseCalendar(value), /^calendar/);
  });
});
