import { expect } from 'chai';
import { ClockDistance } from '../../../dist/lib/ledger/clock-distance';
import { newSeed, random } from './stores';

describe('distance of a server clock', () => {
  it('S20: is never below the true one, and as close as the quickest answer', () => {
    const { below } = random(newSeed());
    for (const truth of [-600_000, 0, 600_000]) {
      const distance = new ClockDistance();
      let now = 1_000_000;
      let quickest = Number.POSITIVE_INFINITY;
      for (let answers = 0; answers < 50; answers += 1) {
        const onTheWay = 1 + below(400);
        quickest = Math.min(quickest, onTheWay);
        distance.note(now, now + onTheWay + truth, now);
        expect(distance.ms).to.equal(truth + quickest);
        now += below(500);
      }
    }
  });

  it('S20: follows a clock that is set, within a minute', () => {
    const distance = new ClockDistance();
    let shift = 600_000;
    const ask = (second: number) => distance.note(second * 1000, second * 1000 + 5 + shift, second * 1000);
    for (let second = 0; second < 100; second += 1) ask(second);
    expect(distance.ms).to.equal(600_005);
    shift = -600_000;
    ask(100);
    expect(distance.ms, 'set back').to.equal(-599_995);
    shift = 0;
    for (let second = 101; second < 165; second += 1) ask(second);
    expect(distance.ms, 'set forward').to.equal(5);
  });

  it('is none before the first answer', () => {
    expect(new ClockDistance().ms).to.equal(0);
  });
});
