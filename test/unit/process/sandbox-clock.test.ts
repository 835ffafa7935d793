import { expect } from 'chai';
import type { HttpClient } from '../../../dist/lib/http/client';
import type { Dispatcher } from '../../../dist/lib/process/dispatcher';
import { SandboxClock } from '../../../dist/lib/process/sandbox-clock';
import { until } from '../../../scripts/lib/child';

/** A sandbox whose clock is that far ahead; undefined when it is away. */
const sandbox = (offsetMs?: number): HttpClient => ({
  request: async () => {
    if (offsetMs === undefined) throw new Error('away');
    return { status: 200, headers: {}, data: { offsetMs } };
  },
  open: () => Promise.reject(new Error('not here')),
});

/** As much of a ledger as keeps marks. */
function marks() {
  const kept = new Map<string, number>();
  const ledger = {
    mark: async ({ name }: { name: string }) => kept.get(name) ?? null,
    setMark: async ({ name, value }: { name: string; value: number }) => kept.set(name, value),
  };
  return { kept, dispatcher: { ledger: async () => ledger } as unknown as Dispatcher };
}

describe('the clock of a sandbox', () => {
  const clocks: SandboxClock[] = [];
  const clockOf = (http: HttpClient, origin: string): SandboxClock => {
    const clock = new SandboxClock(http, origin);
    clocks.push(clock);
    return clock;
  };
  afterEach(() => {
    for (const clock of clocks.splice(0)) clock.stop();
  });

  it('goes on from where it was after a deploy while the sandbox is away', async () => {
    const before = clockOf(sandbox(7_200_000), 'http://deployed.example');
    await until('the clock to be known', () => before.shift() > 0);
    expect(clockOf(sandbox(), 'http://deployed.example').shift()).to.equal(7_200_000);
    expect(clockOf(sandbox(), 'http://another.example').shift()).to.equal(0);
  });

  it('is kept in the ledger for a process that starts while the sandbox is away, whichever of both is there first', async () => {
    for (const ledgerFirst of [true, false]) {
      const { kept, dispatcher } = marks();
      const before = clockOf(sandbox(7_200_000), `http://first-${ledgerFirst}.example`);
      if (ledgerFirst) await before.keepIn(dispatcher, 'account');
      await until('the clock to be known', () => before.shift() > 0);
      if (!ledgerFirst) await before.keepIn(dispatcher, 'account');
      await until('the mark', () => kept.size === 1);
      const next = clockOf(sandbox(), `http://second-${ledgerFirst}.example`);
      await next.keepIn(dispatcher, 'account');
      expect(next.shift()).to.equal(7_200_000);
    }
  });

  it('believes the sandbox more than what was kept', async () => {
    const { kept, dispatcher } = marks();
    kept.set('clock:account', 7_200_000);
    const clock = clockOf(sandbox(1_000), 'http://begun-anew.example');
    await clock.keepIn(dispatcher, 'account');
    await until('the clock to be known', () => clock.shift() === 1_000);
  });
});
