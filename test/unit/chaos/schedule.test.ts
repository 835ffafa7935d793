import { expect } from 'chai';
import { commandFor, parseOptions } from '../../../chaos/options';
import { scheduleOf } from '../../../chaos/schedule';
import { realOf } from '../../../chaos/timeline';

const house = { ledger: 'postgres', runtimes: 2 } as const;
const many = Array.from({ length: 400 }, (_, index) => scheduleOf(7, index + 1, house));

describe('chaos: schedules', () => {
  it('are the same for the same seed and run, and others for others', () => {
    const again = many.map(({ seed, run }) => scheduleOf(seed, run, house));
    expect(again).to.deep.equal(many);
    const plain = many.map(({ envelopes, beats, faults }) => JSON.stringify([envelopes, beats, faults]));
    expect(new Set(plain).size).to.equal(many.length);
    expect(scheduleOf(8, 1, house).faults).not.to.deep.equal(many[0]?.faults);
  });

  it('have two to eight envelopes and two to six faults, each within its beats', () => {
    for (const { envelopes, faults, beats } of many) {
      expect(envelopes.length).to.be.within(2, 8);
      expect(faults.length).to.be.within(2, 6);
      for (const { beat } of [...envelopes, ...faults]) expect(beats[beat]).not.to.equal(undefined);
      for (const { beat, actBeats } of envelopes)
        for (const act of actBeats) expect(act).to.be.within(beat, beats.length - 1);
    }
  });

  it('give every envelope a key of its own', () => {
    const keys = many.flatMap(({ envelopes }) => envelopes.map(({ key }) => key));
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('leave out no kind of fault, fate, step or archive', () => {
    const all = many.flatMap(({ envelopes }) => envelopes);
    const kinds = new Set(many.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
    expect([...kinds].toSorted()).to.deep.equal(
      [
        'api',
        'database',
        'ecm',
        'forged',
        'full',
        'kill',
        'lapse',
        'pause',
        'push',
        'redeploy',
        'sandbox',
        'webhooks',
      ].toSorted(),
    );
    expect(new Set(all.map(({ fate }) => fate)).size).to.equal(5);
    expect(new Set(all.flatMap(({ steps }) => steps.map(({ action }) => action))).size).to.equal(6);
    expect(new Set(all.map(({ archive }) => archive)).size).to.equal(3);
  });
});

describe('chaos: command line', () => {
  it('has defaults, and a seed from the clock', () => {
    expect(parseOptions([], 12_345_678)).to.deep.equal({
      runs: 10,
      seed: 345_678,
      only: null,
      ledger: 'sqlite',
      runtimes: 1,
      verbose: false,
    });
  });

  it('says how to repeat one run', () => {
    const options = parseOptions(['--seed', '5', '--ledger', 'postgres', '--runtimes', '3'], 0);
    const command = commandFor(options, 9);
    expect(command).to.equal('npm run chaos -- --seed 5 --only 9 --ledger postgres --runtimes 3');
    expect(parseOptions(command.split(' -- ')[1]?.split(' ') ?? [], 0)).to.include({ seed: 5, only: 9, runtimes: 3 });
  });

  it('refuses several runtimes on a file, and says what to do', () => {
    expect(() => parseOptions(['--runtimes', '2'], 0)).to.throw('--runtimes 2 needs --ledger postgres');
  });

  for (const args of [['--runs', '0'], ['--runs', 'x'], ['--seed', '-1'], ['--ledger', 'mysql'], ['--what']]) {
    it(`refuses ${args.join(' ')}`, () => {
      expect(() => parseOptions(args, 0)).to.throw();
    });
  }
});

describe('chaos: timeline', () => {
  it('puts what happened on the moved clock where it happened in real time', () => {
    const offsets = [
      { real: 0, offsetMs: 0 },
      { real: 1_000, offsetMs: 60_000 },
      { real: 5_000, offsetMs: 90_000 },
    ];
    expect(realOf(500, offsets)).to.equal(500);
    // While the clock was moved: at the end of the jump.
    expect(realOf(30_000, offsets)).to.equal(1_000);
    expect(realOf(62_000, offsets)).to.equal(2_000);
    expect(realOf(97_000, offsets)).to.equal(7_000);
  });
});
