import { expect } from 'chai';
import { session } from '../../chaos/session';

const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000);

describe('chaos', () => {
  it(`generated faults break no promise (CHAOS_SEED=${seed})`, async function () {
    this.timeout(300_000);
    const told: string[] = [];
    const options = { runs: 4, seed, only: null, ledger: 'sqlite', runtimes: 1, verbose: false } as const;
    const summary = await session(options, (line) => told.push(line));
    const { runs, envelopes, faults, lost, duplicates, wrong } = summary;
    expect({ lost, duplicates, wrong }, told.join('\n')).to.deep.equal({ lost: 0, duplicates: 0, wrong: 0 });
    expect(runs).to.equal(4);
    expect(envelopes).to.be.at.least(8);
    expect(faults).to.be.at.least(8);
  });
});
