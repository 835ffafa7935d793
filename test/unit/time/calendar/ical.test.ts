import { expect } from 'chai';
import { closuresWithin, parseClosures } from '../../../../dist/lib/time/calendar/ical';
import { createZone } from '../../../../dist/lib/time/calendar/zone';
import { at, event, icsOf, iso, refused } from '../support';

const berlin = createZone('Europe/Berlin');

/** Closed stretches of some years, in Berlin, as `start/end`. */
function closed(text: string, from = 2027, to = 2027): string[] {
  const horizon = { start: at(`${from}-01-01T00:00:00+01:00`), end: at(`${to + 1}-01-01T00:00:00+01:00`) };
  return closuresWithin(parseClosures(text), horizon, berlin)
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, end }) => `${iso(start)}/${iso(end)}`);
}
/** First local days of closed stretches. */
const days = (text: string, from = 2027, to = 2027) =>
  closed(text, from, to).map((stretch) => iso(at(stretch.split('/')[0]!) + 2 * 3_600_000).slice(0, 10));

describe('iCalendar text', () => {
  it('without events closes nothing', () => {
    for (const text of ['', ' \r\n', icsOf()]) expect(parseClosures(text)).to.deep.equal([]);
  });

  it('closes whole days, one or several, also across the turn of the year', () => {
    expect(closed(icsOf(...event('DTSTART;VALUE=DATE:20270501')))).to.deep.equal([
      '2027-04-30T22:00:00Z/2027-05-01T22:00:00Z',
    ]);
    expect(closed(icsOf(...event('DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20270103')))).to.deep.equal([
      '2026-12-23T23:00:00Z/2027-01-02T23:00:00Z',
    ]);
    expect(closed(icsOf(...event('DTSTART:20270501', 'DURATION:P1W')))).to.deep.equal([
      '2027-04-30T22:00:00Z/2027-05-07T22:00:00Z',
    ]);
    expect(days(icsOf(...event('DTSTART;VALUE=DATE:20270501', 'DTEND;VALUE=DATE:20270501')))).to.have.length(1);
  });

  it('closes part of a day: local, with a zone, in UTC, with a duration', () => {
    expect(closed(icsOf(...event('DTSTART:20271224T140000', 'DTEND:20271224T180000')))).to.deep.equal([
      '2027-12-24T13:00:00Z/2027-12-24T17:00:00Z',
    ]);
    const newYork = event(
      'DTSTART;TZID=America/New_York:20270704T090000',
      'DTEND;TZID="America/New_York":20270704T170000',
    );
    expect(closed(icsOf(...newYork))).to.deep.equal(['2027-07-04T13:00:00Z/2027-07-04T21:00:00Z']);
    expect(closed(icsOf(...event('DTSTART:20270704T090000Z', 'DURATION:PT1H30M')))).to.deep.equal([
      '2027-07-04T09:00:00Z/2027-07-04T10:30:00Z',
    ]);
    expect(closed(icsOf(...event('DTSTART:20270704T090000Z')))).to.deep.equal([]);
  });

  it('reads folded lines, any line end, a byte order mark, lower case and alarms', () => {
    const folded = [
      '\uFEFFbegin:vcalendar',
      'BEGIN:VTIMEZONE',
      'TZID:Somewhere',
      'END:VTIMEZONE',
      'BEGIN:VEVENT',
      'SUMMARY:A long name: with a colon; and',
      '  more of it',
      'dtstart;value=da',
      '\tte:2027',
      ' 0501',
      'BEGIN:VALARM',
      'DURATION:nonsense',
      'END:VALARM',
      'END:VEVENT',
      'END:VCALENDAR',
    ];
    for (const end of ['\r\n', '\n', '\r']) expect(days(folded.join(end))).to.deep.equal(['2027-05-01']);
  });

  it('leaves out cancelled events, but not free time', () => {
    expect(days(icsOf(...event('DTSTART:20270501', 'STATUS:CANCELLED', 'RRULE:FREQ=NEVER')))).to.deep.equal([]);
    expect(days(icsOf(...event('DTSTART:20270501', 'TRANSP:TRANSPARENT')))).to.deep.equal(['2027-05-01']);
  });

  const rules: [string, string, string, number, number, string[]][] = [
    ['the same date', '20201225', 'FREQ=YEARLY', 2027, 2028, ['2027-12-25', '2028-12-25']],
    ['29 February', '20240229', 'FREQ=YEARLY', 2025, 2028, ['2028-02-29']],
    ['a month and day', '20200101', 'FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=3', 2027, 2027, ['2027-10-03']],
    [
      'the last day of a month',
      '20200229',
      'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1',
      2027,
      2028,
      ['2027-02-28', '2028-02-29'],
    ],
    [
      'the last Monday in May',
      '20200525',
      'FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO',
      2027,
      2028,
      ['2027-05-31', '2028-05-29'],
    ],
    [
      'the fourth Thursday in November',
      '20201126',
      'FREQ=YEARLY;BYDAY=4TH;BYMONTH=11',
      2027,
      2028,
      ['2027-11-25', '2028-11-23'],
    ],
    [
      'a weekday among dates',
      '20200620',
      'FREQ=YEARLY;BYMONTH=6;BYDAY=SA;BYMONTHDAY=20,21,22,23,24,25,26',
      2027,
      2027,
      ['2027-06-26'],
    ],
    ['the 20th Monday of the year', '20200518', 'FREQ=YEARLY;BYDAY=20MO', 2027, 2027, ['2027-05-17']],
    ['the last Friday of the year', '20201225', 'FREQ=YEARLY;BYDAY=-1FR', 2027, 2027, ['2027-12-31']],
    ['every second year', '20250601', 'FREQ=YEARLY;INTERVAL=2', 2026, 2029, ['2027-06-01', '2029-06-01']],
    ['COUNT', '20250601', 'FREQ=YEARLY;COUNT=3', 2026, 2030, ['2026-06-01', '2027-06-01']],
    ['COUNT of leap days', '20240229', 'FREQ=YEARLY;COUNT=2', 2024, 2040, ['2024-02-29', '2028-02-29']],
    ['UNTIL a date', '20250601', 'FREQ=YEARLY;UNTIL=20270601', 2026, 2030, ['2026-06-01', '2027-06-01']],
    ['UNTIL an instant', '20250601T120000', 'FREQ=YEARLY;UNTIL=20270601T095959Z', 2026, 2030, ['2026-06-01']],
  ];
  for (const [what, start, rule, from, to, expected] of rules) {
    it(`repeats yearly: ${what}`, () => {
      const length = start.includes('T') ? 'DURATION:PT1H' : 'SUMMARY:day';
      expect(days(icsOf(...event(`DTSTART:${start}`, `RRULE:${rule}`, length)), from, to)).to.deep.equal(expected);
    });
  }

  it('adds RDATE, takes away EXDATE, and lets an occurrence be moved', () => {
    const yearly = ['UID:may', 'DTSTART;VALUE=DATE:20250501', 'RRULE:FREQ=YEARLY'];
    const changed = event(...yearly, 'RDATE;VALUE=DATE:20270610,20270611', 'EXDATE;VALUE=DATE:20280501');
    expect(days(icsOf(...changed), 2027, 2029)).to.deep.equal(['2027-05-01', '2027-06-10', '2027-06-11', '2029-05-01']);
    const moved = event('UID:may', 'RECURRENCE-ID;VALUE=DATE:20280501', 'DTSTART;VALUE=DATE:20280502');
    expect(days(icsOf(...event(...yearly), ...moved), 2027, 2029)).to.deep.equal([
      '2027-05-01',
      '2028-05-02',
      '2029-05-01',
    ]);
    const timed = event(
      'DTSTART;TZID=Europe/Berlin:20270501T120000',
      'DURATION:PT1H',
      'RRULE:FREQ=YEARLY',
      'EXDATE:20280501T100000Z',
    );
    expect(days(icsOf(...timed), 2027, 2029)).to.deep.equal(['2027-05-01', '2029-05-01']);
  });

  const bad: [string, string, RegExp][] = [
    ['text that is none', 'Holidays 2027', /line 1: "Holidays 2027" is not of the form NAME:value/],
    ['an event on its own', 'BEGIN:VEVENT\nEND:VEVENT', /line 1: BEGIN:VCALENDAR must come first/],
    ['a text cut off', 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270501', /line 2: BEGIN:VEVENT has no END:VEVENT/],
    [
      'crossed components',
      'BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR',
      /line 3: END:VCALENDAR does not match BEGIN:VEVENT of line 2/,
    ],
    ['an event without a start', icsOf(...event('SUMMARY:x')), /line 3: the event has no DTSTART/],
    ['a date that does not exist', icsOf(...event('DTSTART:20270231')), /line 4: DTSTART "20270231" is not a date/],
    ['a time that does not exist', icsOf(...event('DTSTART:20270228T250000')), /line 4: DTSTART/],
    ['an unknown zone', icsOf(...event('DTSTART;TZID=Mars/Base:20270228T120000')), /line 4: TZID "Mars\/Base"/],
    [
      'an end before the start',
      icsOf(...event('DTSTART:20270502', 'DTEND:20270501')),
      /line 5: DTEND is before DTSTART/,
    ],
    ['an end of another kind', icsOf(...event('DTSTART:20270502', 'DTEND:20270503T120000')), /line 5: .*both be dates/],
    ['a duration that is none', icsOf(...event('DTSTART:20270502', 'DURATION:two days')), /line 5: DURATION/],
    ['a negative duration', icsOf(...event('DTSTART:20270502', 'DURATION:-P1D')), /line 5: DURATION/],
    [
      'another frequency',
      icsOf(...event('DTSTART:20270502', 'RRULE:FREQ=WEEKLY')),
      /line 5: RRULE must have FREQ=YEARLY/,
    ],
    [
      'a part that is not calculated',
      icsOf(...event('DTSTART:20270502', 'RRULE:FREQ=YEARLY;BYDAY=MO;BYSETPOS=1')),
      /line 5: RRULE with BYSETPOS/,
    ],
    [
      'a month that does not exist',
      icsOf(...event('DTSTART:20270502', 'RRULE:FREQ=YEARLY;BYMONTH=13')),
      /line 5: .*BYMONTH=13/,
    ],
    [
      'a weekday that does not exist',
      icsOf(...event('DTSTART:20270502', 'RRULE:FREQ=YEARLY;BYDAY=XX')),
      /line 5: .*BYDAY=XX/,
    ],
    [
      'a broken exception after a folded line',
      icsOf('X-NAME:a', ' b', ...event('DTSTART:20270502', 'EXDATE:2027')),
      /line 7: EXDATE/,
    ],
    ['a period', icsOf(...event('DTSTART:20270502', 'RDATE;VALUE=PERIOD:20270601T080000Z/PT1H')), /line 5: RDATE/],
  ];
  for (const [what, text, message] of bad) it(`refuses ${what}`, () => refused(() => parseClosures(text), message));
});
