import { expect } from 'chai';
import { at, calendar, hour, iso, seeded } from '../support';

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'America/Havana',
  'Asia/Kathmandu',
  'Pacific/Apia',
];
const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const text = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

function randomCalendar({ below, pick }: ReturnType<typeof seeded>) {
  const zone = pick(zones);
  const spans = () => {
    const edges = Array.from({ length: 2 * below(3) }, () => 15 * below(97)).sort((a, b) => a - b);
    return edges.flatMap((opens, index): [string, string][] => {
      const closes = edges[index + 1];
      return index % 2 === 0 && closes !== undefined && opens < closes ? [[text(opens), text(closes)]] : [];
    });
  };
  const hours = { ...Object.fromEntries(names.map((name) => [name, spans()])), [pick(names)]: [['08:00', '17:00']] };
  const holidays = Array.from({ length: below(30) }, () => {
    const month = String(1 + below(12)).padStart(2, '0');
    const date = String(1 + below(28)).padStart(2, '0');
    return below(2) === 0 ? `${month}-${date}` : `2027-${month}-${date}`;
  });
  const value = { zone, hours: hours as Record<string, [string, string][]>, holidays };
  return { value, office: calendar(value) };
}

/** Local wall time by way of `Intl`, independent of the code under test. */
function wall(zone: string, moment: number) {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  );
  return {
    weekday: (parts.weekday ?? '').toLowerCase(),
    yearly: `${parts.month}-${parts.day}`,
    date: `${parts.year}-${parts.month}-${parts.day}`,
    time: `${parts.hour}:${parts.minute}`,
  };
}

describe('working time, for random calendars', () => {
  const random = seeded('working time');
  const from = at('2026-12-01T00:00:00Z');
  const moment = () => from + random.below(450 * 24 * 60) * 60_000 + random.below(60_000);

  it('is counted back as it was counted on, is never early and never ends in closed time', () => {
    for (let round = 0; round < 150; round += 1) {
      const { value, office } = randomCalendar(random);
      for (let probe = 0; probe < 6; probe += 1) {
        const [a, length] = [moment(), 1 + random.below(80 * hour)];
        const hint = JSON.stringify({ value, a: iso(a), length });
        const b = office.addWorking(a, length);
        expect(office.workingBetween(a, b), hint).to.equal(length);
        expect(b - a, hint).to.be.at.least(length);
        // One moment earlier not all of it has passed, and that moment is open.
        expect(office.workingBetween(a, b - 1), hint).to.equal(length - 1);
        expect(office.isOpen(b - 1), hint).to.equal(true);
        expect(office.subtractWorking(b, length), hint).to.equal(office.nextOpening(a));
        const c = office.subtractWorking(a, length);
        expect(office.workingBetween(c, a), hint).to.equal(length);
        expect(office.isOpen(c), hint).to.equal(true);
        expect(office.addWorking(c, length), hint).to.equal(office.previousClosing(a));
      }
    }
  });

  it('is monotone and adds up', () => {
    for (let round = 0; round < 100; round += 1) {
      const { value, office } = randomCalendar(random);
      const [a, b, c] = [moment(), moment(), moment()].sort((x, y) => x - y) as [number, number, number];
      const length = random.below(40 * hour);
      const more = 1 + random.below(40 * hour);
      const hint = JSON.stringify({ value, a: iso(a), b: iso(b), c: iso(c), length, more });
      expect(office.addWorking(b, length), hint).to.be.at.least(office.addWorking(a, length));
      expect(office.addWorking(a, length + more), hint).to.be.above(office.addWorking(a, length));
      expect(office.addWorking(office.addWorking(a, length + 1), more), hint).to.equal(
        office.addWorking(a, length + 1 + more),
      );
      expect(office.workingBetween(a, b) + office.workingBetween(b, c), hint).to.equal(office.workingBetween(a, c));
    }
  });

  it('is open when the clock on the wall says so', () => {
    let compared = 0;
    for (let round = 0; round < 100; round += 1) {
      const { value, office } = randomCalendar(random);
      for (let probe = 0; probe < 20; probe += 1) {
        const a = moment();
        const { weekday, yearly, date, time } = wall(value.zone, a);
        // A wall time that occurs twice in a night is left to the tests with constants.
        const twice = [-1, -0.5, 0.5, 1].some((hours) => wall(value.zone, a + hours * hour).time === time);
        if (twice) continue;
        const closed = value.holidays.includes(yearly) || value.holidays.includes(date);
        const within = (value.hours[weekday] ?? []).some(([opens, closes]) => opens <= time && time < closes);
        expect(office.isOpen(a), JSON.stringify({ value, a: iso(a) })).to.equal(within && !closed);
        compared += 1;
      }
    }
    expect(compared).to.be.above(1900);
  });
});
