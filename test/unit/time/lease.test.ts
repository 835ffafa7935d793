import { expect } from 'chai';
import { createHttpClient } from '../../../dist/lib/http/client';
import { holdLease, leaseNow, leaseSignal, underLease, underNoLease } from '../../../dist/lib/time/lease';

/** A lease that ran out while the process stood still, and what the ledger says when it is asked. */
const overdue = (answer: 'ok' | 'stale', asked = { times: 0 }) => ({
  leaseMs: 60_000,
  since: { monotonic: performance.now() - 61_000, wall: Date.now() },
  renew: async () => {
    asked.times += 1;
    return answer;
  },
});

const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (thrown) => thrown.code,
  );

describe('S19: a lease', () => {
  it('holds without a question while it is fresh, and where there is none', async () => {
    const asked = { times: 0 };
    await holdLease();
    await underLease({ ...overdue('stale', asked), since: leaseNow() }, holdLease);
    expect(asked.times).to.equal(0);
  });

  it('is asked for again after a pause, and then holds', async () => {
    const asked = { times: 0 };
    await underLease(overdue('ok', asked), async () => {
      await holdLease();
      await holdLease();
    });
    expect(asked.times).to.equal(1);
  });

  it('is renewed first when what is begun might outlive it: while the ledger is away nothing leaves', async () => {
    const old = (ms: number) => ({ monotonic: performance.now() - ms, wall: Date.now() - ms });
    const away = async (): Promise<never> => {
      throw Object.assign(new Error('away'), { code: 'LEDGER_UNAVAILABLE' });
    };
    const begun = (ms: number) => codeOf(underLease({ leaseMs: 60_000, since: old(ms), renew: away }, holdLease));
    expect(await begun(20_000)).to.equal('done');
    expect(await begun(31_000)).to.equal('LEDGER_UNAVAILABLE');
  });

  it('notices a suspended machine by the wall clock', async () => {
    const terms = { ...overdue('stale'), since: { monotonic: performance.now(), wall: Date.now() - 61_000 } };
    expect(await codeOf(underLease(terms, holdLease))).to.equal('IN_PROGRESS');
  });

  it('stops work that was taken over during a pause, also through a lease within it', async () => {
    expect(await codeOf(underLease(overdue('stale'), holdLease))).to.equal('IN_PROGRESS');
    const within = () => underLease({ ...overdue('ok'), since: leaseNow() }, holdLease);
    expect(await codeOf(underLease(overdue('stale'), within))).to.equal('IN_PROGRESS');
    await underLease(overdue('stale'), async () => {
      await holdLease().catch(() => undefined);
      expect(leaseSignal().aborted).to.equal(true);
    });
  });

  it('keeps a request that changes something from leaving, and no other', async () => {
    const http = createHttpClient({ service: 'Nobody', userAgent: 'test', baseUrl: 'http://127.0.0.1:1', retries: 0 });
    const send = (method: string) => codeOf(underLease(overdue('stale'), () => http.request({ method, url: '/' })));
    expect(await send('POST')).to.equal('IN_PROGRESS');
    expect(await send('PUT')).to.equal('IN_PROGRESS');
    expect(await send('GET')).to.equal('UNREACHABLE');
  });

  it('does not bind what serves everybody, nor what its work has left behind', async () => {
    expect(await codeOf(underLease(overdue('stale'), () => underNoLease(holdLease)))).to.equal('done');
    let later = Promise.resolve();
    const left = Promise.withResolvers<void>();
    await underLease(overdue('stale'), async () => {
      later = left.promise.then(holdLease);
    });
    left.resolve();
    await later;
  });
});
