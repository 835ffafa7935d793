import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { SignatureError } from '../../../dist/lib/errors';
import { type Ledger, openLedger } from '../../../dist/lib/ledger/ledger';
import { makeOwner } from '../../../dist/lib/ledger/owner';
import { backoffMs, Dispatcher } from '../../../dist/lib/process/dispatcher';
import { until } from '../../../scripts/lib/child';

const hour = 3_600_000;
/** Attempts until something is put aside. */
const most = 20;

describe('dispatcher', () => {
  let folder: string;
  let ledger: Ledger;
  let dispatcher: Dispatcher;
  let faults: string[];
  let warnings: string[];
  /** How far the ledger's clock is ahead. */
  let ahead: number;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'dispatcher-'));
    faults = [];
    warnings = [];
    ahead = 0;
    ledger = await openLedger({
      engine: 'sqlite',
      file: path.join(folder, 'ledger.sqlite'),
      clock: () => Date.now() + ahead,
    });
    dispatcher = new Dispatcher({
      open: async () => ({ ...ledger, info: () => ({ ...ledger.info(), skewMs: ahead }) }),
      owner: makeOwner(),
      leaseMs: 60_000,
      onFault: (error) => faults.push(error.message),
      onWarning: (text) => warnings.push(text),
    });
    dispatcher.resume();
  });
  afterEach(async () => {
    await dispatcher.stop();
    // One that was never asked for is not closed by it.
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const due = (id: string, node: string) =>
    ledger.setTimer({ id, kind: 'k', account: 'a', envelope: '', node, ref: '', clock: '', due: 0, data: null });
  const timer = async (id: string) => (await ledger.faults({ limit: 9 })).find((fault) => fault.id === id);

  /** What is to be tried again later is due at once. */
  const hurry = async (): Promise<void> => {
    ahead += 2 * hour;
    dispatcher.kick();
  };

  it('S21: what always fails is tried again, later and later, then put aside where it is seen; the rest goes on', async () => {
    const tries: number[] = [];
    let done = 0;
    dispatcher.attachNode('poison', {
      deliver: async () => {},
      timer: async ({ attempt }) => {
        tries.push(attempt);
        throw new Error('broken for good');
      },
    });
    dispatcher.attachNode('sound', {
      deliver: async () => {},
      timer: async ({ id, rev }) => {
        done += 1;
        await ledger.finishTimer({ id, rev });
      },
    });
    await due('poison', 'poison');
    await due('first', 'sound');
    for (let attempt = 1; attempt <= most; attempt += 1) {
      await until(`attempt ${attempt}`, () => tries.length === attempt);
      await until('its failure to be written down', () => faults.length === attempt);
      await hurry();
    }
    await until('it to be put aside', async () => (await timer('poison')) !== undefined);
    expect(await timer('poison')).to.include({ what: 'timer', node: 'poison', error: 'broken for good' });
    expect(tries).to.deep.equal(Array.from({ length: most }, (_, index) => index + 1));
    expect(new Set(faults)).to.deep.equal(new Set(['broken for good']));
    await due('second', 'sound');
    await until('the rest to go on', () => done === 2);
    expect(tries).to.have.length(most);
  });

  it('S21: the pause doubles from a second to an hour, and no longer', () => {
    const pauses = Array.from({ length: 14 }, (_, index) => backoffMs(index + 1) / 1000);
    expect(pauses).to.deep.equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]);
  });

  it('S21: an outage of the service counts against nobody, however long it lasts', async () => {
    let tries = 0;
    let away = true;
    dispatcher.attachNode('node', {
      deliver: async () => {},
      timer: async ({ id, rev }) => {
        tries += 1;
        if (away) throw new SignatureError('UNREACHABLE', 'the service is away');
        await ledger.finishTimer({ id, rev });
      },
    });
    await due('t', 'node');
    for (let attempt = 1; attempt <= 25; attempt += 1) {
      await until(`attempt ${attempt}`, () => tries >= attempt && faults.length >= attempt);
      await hurry();
    }
    away = false;
    await until('it to be done', async () => (await ledger.stats({})).timers.pending === 0);
    expect(await timer('t')).to.equal(undefined);
  });

  it('messages that a slow flow is busy with hold nothing else up', async () => {
    const slow = Promise.withResolvers<void>();
    let [under, fired] = [0, 0];
    await ledger.setListener({ account: 'a', node: 'slow' });
    for (let n = 0; n < 150; n += 1) {
      const event = { dedupe: `d${n}`, uuid: '', type: 'signed', at: n, signer: '' };
      const envelope = { id: `e${n}`, name: '', status: 'signed', rank: 9, terminal: true, snapshot: {}, dueAt: null };
      await ledger.applyTruth({ account: 'a', envelope, events: [event], origin: 'webhook' });
    }
    dispatcher.attachNode('slow', {
      deliver: () => {
        under += 1;
        return slow.promise;
      },
    });
    await until('all of them to be on their way', () => under === 150);
    dispatcher.attachNode('quick', {
      deliver: async () => {},
      timer: async ({ id, rev }) => {
        fired += 1;
        await ledger.finishTimer({ id, rev });
      },
    });
    await due('t', 'quick');
    dispatcher.kick();
    await until('the timer', () => fired === 1);
    slow.resolve();
    await until('the messages to be through', async () => (await ledger.stats({})).deliveries.claimed === 0);
  });

  it('the backlog of one account stays in the ledger, and holds no other up', async () => {
    const slow = Promise.withResolvers<void>();
    let [under, most, fired] = [0, 0, 0];
    const clock = dispatcher.clock;
    const refresh = (account: string, n: number) =>
      ledger.setTimer({
        id: `${account}${n}`,
        kind: 'k',
        account,
        envelope: '',
        node: '',
        ref: '',
        clock: '',
        due: n,
        data: null,
      });
    for (let n = 0; n < 300; n += 1) await refresh('busy', n);
    dispatcher.attachAccount({
      id: 'busy',
      clock,
      lane: '',
      timer: async ({ id, rev }) => {
        under += 1;
        most = Math.max(most, under);
        await slow.promise;
        await ledger.finishTimer({ id, rev });
        under -= 1;
      },
    });
    await until('it to have its hands full', () => under >= 50);
    dispatcher.attachAccount({
      id: 'idle',
      clock,
      lane: '',
      timer: async ({ id, rev }) => {
        fired += 1;
        await ledger.finishTimer({ id, rev });
      },
    });
    await refresh('idle', 1000);
    dispatcher.kick();
    await until('the timer of the other', () => fired === 1);
    slow.resolve();
    await until('the backlog to be worked off', async () => {
      const { timers } = await ledger.stats({});
      return timers.pending + timers.claimed === 0;
    });
    expect(most).to.be.within(50, 99);
  });

  it('S20: clocks that differ by ten minutes are an alarm, said once, shown until they agree', async () => {
    const shown: (string | undefined)[] = [];
    dispatcher.health.watch((trouble) => shown.push(trouble?.short));
    dispatcher.attachNode('node', { deliver: async () => {} });
    const look = async (): Promise<void> => {
      await due(`look ${shown.length} ${ahead}`, 'node');
      dispatcher.kick();
    };
    for (const [distance, text, short] of [
      [10 * 60_000, /10 min behind the database's/, 'clock 10 min slow'],
      [0, undefined, undefined],
      [-10 * 60_000, /10 min ahead of the database's/, 'clock 10 min fast'],
    ] as const) {
      const before = warnings.length;
      ahead = distance;
      await look();
      await until(`"${short}" to be shown`, () => shown.length > 0 && shown.at(-1) === short);
      await look();
      expect(warnings.length - before).to.equal(text === undefined ? 0 : 1);
      if (text) expect(warnings.at(-1)).to.match(text);
      expect(Math.abs(dispatcher.clock.now() - Date.now() - distance)).to.be.below(50);
    }
    ahead = 59_000;
    await look();
    await until('a minute to be nothing', () => shown.at(-1) === undefined);
  });
});
