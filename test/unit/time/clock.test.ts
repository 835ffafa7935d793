import { mock } from 'node:test';
import { expect } from 'chai';
import { ShiftedClock, systemClock } from '../../../dist/lib/time/clock';
import { deadlineTimer, sleep } from '../../../dist/lib/time/timers';

const start = Date.UTC(2030, 0, 1);
const day = 86_400_000;

describe('clocks', () => {
  it('shift only forwards and tell their listeners', () => {
    let now = start;
    const clock = new ShiftedClock({ now: () => now });
    let told = 0;
    const end = clock.onShift(() => {
      told += 1;
    });
    expect(clock.now()).to.equal(start);
    expect(clock.set(5000)).to.equal(true);
    for (const smaller of [5000, 4000, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(clock.set(smaller)).to.equal(false);
    now += 10;
    expect([clock.now(), clock.shift(), told]).to.deep.equal([start + 5010, 5000, 1]);
    end();
    clock.set(6000);
    expect(told).to.equal(1);
    expect(systemClock.shift()).to.equal(0);
  });

  it('go by the distance last known until they are told the right one, which may be smaller', () => {
    const clock = new ShiftedClock({ now: () => start });
    let told = 0;
    clock.onShift(() => {
      told += 1;
    });
    clock.assume(5000);
    clock.assume(4000);
    expect(clock.now()).to.equal(start + 5000);
    expect(clock.set(3000)).to.equal(true);
    clock.assume(9000);
    expect([clock.now(), told]).to.deep.equal([start + 3000, 2]);
  });
});

describe('timers', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: start }));
  afterEach(() => mock.timers.reset());

  /** Lets time pass in steps, since one step of the mocked clock fires only timers that are set already. */
  const pass = (ms: number, step = 60_000) => {
    for (let left = ms; left > 0; left -= step) mock.timers.tick(Math.min(step, left));
  };

  it('fires at its moment, not before, once', () => {
    let fired = 0;
    deadlineTimer(systemClock, start + 90_000, () => {
      fired += 1;
      expect(Date.now()).to.be.at.least(start + 90_000);
    });
    pass(89_999);
    expect(fired).to.equal(0);
    pass(1);
    expect(fired).to.equal(1);
    pass(200_000);
    expect(fired).to.equal(1);
  });

  it('is right beyond the longest delay of setTimeout', () => {
    let fired = 0;
    deadlineTimer(systemClock, start + 40 * day, () => {
      fired += 1;
    });
    pass(40 * day - 1);
    expect(fired).to.equal(0);
    pass(1);
    expect(fired).to.equal(1);
  });

  it('looks again when setTimeout wakes early', () => {
    let early = true;
    let fired = 0;
    const due = start + 1000;
    deadlineTimer({ ...systemClock, now: () => Date.now() - (early ? 3 : 0) }, due, () => {
      fired += 1;
    });
    pass(1000);
    expect(fired).to.equal(0);
    early = false;
    pass(3);
    expect(fired).to.equal(1);
  });

  it('follows a shift of its clock', () => {
    const clock = new ShiftedClock();
    let fired = 0;
    deadlineTimer(clock, start + 14 * day, () => {
      fired += 1;
    });
    clock.set(14 * day - 5);
    pass(4);
    expect(fired).to.equal(0);
    pass(1);
    expect(fired).to.equal(1);
    clock.set(20 * day);
    pass(1000);
    expect(fired).to.equal(1);
  });

  it('fires a past moment at the next turn, and can be cancelled', () => {
    let fired = 0;
    deadlineTimer(systemClock, start - 1, () => {
      fired += 1;
    });
    expect(fired).to.equal(0);
    pass(1);
    expect(fired).to.equal(1);
    const cancel = deadlineTimer(systemClock, start + 10, () => {
      fired += 1;
    });
    cancel();
    cancel();
    pass(1000);
    expect(fired).to.equal(1);
  });

  it('sleeps for any length, and can be woken', async () => {
    let woken = false;
    const long = sleep(30 * day).then(() => {
      woken = true;
    });
    mock.timers.tick(2 ** 31 - 1);
    await Promise.resolve();
    expect(woken).to.equal(false);
    mock.timers.tick(30 * day - (2 ** 31 - 1));
    await long;
    const controller = new AbortController();
    const aborted = sleep(1000, controller.signal, { unref: true }).catch((reason: Error) => reason.message);
    controller.abort(new Error('up'));
    expect(await aborted).to.equal('up');
    expect(await sleep(1, controller.signal).catch((reason: Error) => reason.message)).to.equal('up');
  });
});
