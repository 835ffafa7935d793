import { expect } from 'chai';
import { createLimiter } from '../../../dist/lib/http/limiter';
import { failing } from './failing';
import { settled, VirtualPace } from './virtual-pace';

describe('limiter', () => {
  let pace: VirtualPace;
  beforeEach(() => {
    pace = new VirtualPace();
  });

  /** Asks for `count` turns and records who got one; the turns are given back at once unless kept. */
  const queue = (limiter: ReturnType<typeof createLimiter>, count: number, keep = false) => {
    const started: number[] = [];
    const releases: (() => void)[] = [];
    for (let index = 0; index < count; index += 1) {
      void limiter.acquire().then((release) => {
        started.push(index);
        if (keep) releases.push(release);
        else release();
      });
    }
    return { started, releases };
  };

  it('lets a burst through, then so many per second, in order', async () => {
    const limiter = createLimiter({ perSecond: 2, burst: 3, concurrency: 10, pace });
    const { started } = queue(limiter, 6);
    await settled();
    expect(started).to.deep.equal([0, 1, 2]);
    await pace.advance(499);
    expect(started).to.have.length(3);
    await pace.advance(1);
    expect(started).to.deep.equal([0, 1, 2, 3]);
    await pace.advance(1000);
    expect(started).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it('limits how many are under way', async () => {
    const limiter = createLimiter({ perSecond: 100, concurrency: 2, pace });
    const { started, releases } = queue(limiter, 3, true);
    await pace.advance(1000);
    expect(started).to.deep.equal([0, 1]);
    releases[0]!();
    releases[0]!();
    await pace.advance(10);
    expect(started).to.deep.equal([0, 1, 2]);
    const { started: later } = queue(limiter, 1);
    await pace.advance(10);
    expect(later, 'a turn given back twice counts once').to.deep.equal([]);
  });

  it('pauses everybody, and the longer pause wins', async () => {
    const limiter = createLimiter({ perSecond: 100, pace });
    limiter.pause(5000);
    limiter.pause(1000);
    const { started } = queue(limiter, 2);
    await pace.advance(4999);
    expect(started).to.deep.equal([]);
    await pace.advance(1);
    expect(started).to.deep.equal([0, 1]);
  });

  it('refuses instead of waiting out a very long pause', async () => {
    const limiter = createLimiter({ perSecond: 1, burst: 1, pace });
    queue(limiter, 1, true);
    await settled();
    const waiting = failing(limiter.acquire());
    limiter.pause(3_600_000);
    expect((await waiting).code).to.equal('RATE_LIMITED');
    expect((await failing(limiter.acquire())).message).to.contain('3600 s');
  });

  it('lets one leave the queue without harm to the others', async () => {
    const limiter = createLimiter({ perSecond: 1, burst: 1, pace });
    queue(limiter, 1);
    await settled();
    const controller = new AbortController();
    const left = limiter.acquire(controller.signal).catch((reason: Error) => reason.message);
    const { started } = queue(limiter, 1);
    controller.abort(new Error('left'));
    expect(await left).to.equal('left');
    await pace.advance(1000);
    expect(started).to.deep.equal([0]);
    expect(await limiter.acquire(controller.signal).catch((reason: Error) => reason.message)).to.equal('left');
  });
});
