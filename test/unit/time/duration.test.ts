import { expect } from 'chai';
import { parseDuration, untilTime } from '../../../dist/lib/time/duration';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('lengths of time', () => {
  const good: [unknown, number][] = [
    ['90 s', 90 * second],
    ['10m', 10 * minute],
    ['3 days', 3 * day],
    ['1 Day', day],
    ['1h 30m', 90 * minute],
    ['1h30m', 90 * minute],
    ['2 weeks, 1 day', 15 * day],
    ['1.5 h', 90 * minute],
    ['1,5 h', 90 * minute],
    ['250 ms', 250],
    ['P3DT4H', 3 * day + 4 * hour],
    ['PT90S', 90 * second],
    ['P2W', 14 * day],
    ['PT0.5S', 500],
    ['p1d', day],
    [0, 0],
    [1500, 1500],
    ['1500', 1500],
  ];
  for (const [value, length] of good)
    it(`reads ${JSON.stringify(value)}`, () => expect(parseDuration(value)).to.equal(length));

  it('counts a bare number in the unit given', () => {
    expect(parseDuration(3, { unit: 'days' })).to.equal(3 * day);
    expect(parseDuration('2', { unit: 'hours' })).to.equal(2 * hour);
    expect(parseDuration('10m', { unit: 'hours' })).to.equal(10 * minute);
  });

  const bad = [
    '',
    ' ',
    'soon',
    '3 fortnights',
    'P',
    'PT',
    'P1M',
    'P1Y',
    '-1',
    '-1 s',
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    undefined,
    {},
    '1 toString',
    '9999999 days',
    '10 m x',
  ];
  for (const value of bad) {
    it(`refuses ${JSON.stringify(value) ?? String(value)}`, () => {
      const error = thrownBy(() => parseDuration(value, { field: 'timeout' }));
      expect(error).to.include({ code: 'BAD_INPUT', field: 'timeout' });
      expect(error.message).to.match(/^timeout:.*"3 days"/);
    });
  }

  it('is not held up by hostile text', () => {
    const started = process.hrtime.bigint();
    thrownBy(() => parseDuration(`${'1a '.repeat(20_000)}!`));
    thrownBy(() => parseDuration(`1a${' '.repeat(50_000)}!`));
    expect(Number(process.hrtime.bigint() - started) / 1e6).to.be.below(1000);
  });
});

describe('moments', () => {
  const now = Date.UTC(2030, 4, 1);
  const clock = { now: () => now, shift: () => 0, onShift: () => () => {} };
  const good: [unknown, number][] = [
    ['2030-05-31T17:00:00Z', Date.UTC(2030, 4, 31, 17)],
    ['2030-05-31T17:00:00+02:00', Date.UTC(2030, 4, 31, 15)],
    ['2030-05-31 17:00Z', Date.UTC(2030, 4, 31, 17)],
    ['2030-05-31T17:00:00.250Z', Date.UTC(2030, 4, 31, 17, 0, 0, 250)],
    ['2030-05-31T17:00', new Date(2030, 4, 31, 17).getTime()],
    [new Date(now), now],
    [now, now],
    [String(now), now],
    ['3 days', now + 3 * day],
    ['PT1H', now + hour],
  ];
  for (const [value, moment] of good)
    it(`reads ${JSON.stringify(value)}`, () => expect(untilTime(value, clock)).to.equal(moment));

  const bad = [
    '',
    'Friday',
    '2030-05-31',
    '2030-02-31T10:00:00Z',
    '2030-13-01T10:00Z',
    '2030-01-01T25:00Z',
    12,
    '12',
    1_700_000_000,
    new Date('x'),
    null,
    undefined,
    Number.NaN,
  ];
  for (const value of bad) {
    it(`refuses ${JSON.stringify(value) ?? String(value)}`, () => {
      expect(thrownBy(() => untilTime(value, clock, 'dueAt'))).to.include({ code: 'BAD_INPUT', field: 'dueAt' });
    });
  }
});

function thrownBy(action: () => unknown): Error & { code: string; field?: string } {
  try {
    action();
  } catch (error) {
    return error as Error & { code: string };
  }
  throw new Error('nothing was thrown');
}
