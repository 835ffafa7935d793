import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { type Ledger, type LedgerOptions, openLedger } from '../../../dist/lib/ledger/ledger';
import { makeOwner } from '../../../dist/lib/ledger/owner';
import { account, newSeed, onBothEngines, postgresServer, truth } from '../ledger/stores';
import { contentOf, fillLedger } from './full-ledger';
import { placeOf, type Ran, run, runOn } from './support';

interface Report {
  tables: { name: string; rows: number; hash: string }[];
  journals: number;
  broken: { id: string }[];
}

let schemas = 0;

onBothEngines('core-signature-ledger migrate', ({ store, ledger, engine }) => {
  let folder: string;
  /** Two empty places to go to. */
  let targets: { word: string; options: LedgerOptions; env: Record<string, string> }[];

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'migrate-'));
    schemas += 1;
    const schema = `target_${schemas}`;
    const { connection } = await postgresServer();
    const { user, host, port, database, password } = connection;
    targets = [
      {
        word: `postgres://${user}@${host}:${port}/${database}?schema=${schema}`,
        options: { engine: 'postgres', connection, schema },
        env: { PGPASSWORD: password },
      },
      {
        word: path.join(folder, 'target.sqlite'),
        options: { engine: 'sqlite', file: path.join(folder, 'target.sqlite') },
        env: {},
      },
    ];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const migrate = (target: (typeof targets)[number], options: string[] = [], answers?: string[]): Promise<Ran> => {
    const { word, env } = placeOf(store());
    return run(['migrate', word, target.word, '--tls', 'off', ...options], {
      env: { ...env, ...target.env },
      ...(answers && { answers }),
    });
  };

  const look = async <T>(options: LedgerOptions, task: (ledger: Ledger) => Promise<T>): Promise<T> => {
    const opened = await openLedger(options);
    try {
      return await task(opened);
    } finally {
      await opened.close();
    }
  };

  it('carries everything over, to a file and to PostgreSQL, and back again', async () => {
    await fillLedger(ledger(), newSeed());
    const before = await contentOf(ledger());
    await ledger().close();
    const reports: Report[] = [];
    for (const target of targets) {
      const ran = await migrate(target, ['--json']);
      expect(ran.exit, ran.err).to.equal(0);
      expect(ran.drawn.some((line) => line.startsWith('Copying ['))).to.equal(true);
      reports.push(ran.json<Report>());
      expect(await look(target.options, contentOf)).to.deep.equal(before);
    }
    const [first, second] = reports;
    expect(first?.tables).to.deep.equal(second?.tables);
    for (const { name, rows } of first?.tables ?? []) expect(rows, name).to.be.above(0);
    expect(first?.journals).to.be.above(130);
    // Over the other engine and home again.
    const [there, back] = engine === 'sqlite' ? [targets[0]!, targets[1]!] : [targets[1]!, targets[0]!];
    const home = await run(['migrate', there.word, back.word, '--tls', 'off', '--force', '--yes', '--json'], {
      env: { ...there.env, ...back.env },
    });
    expect(home.exit, home.err).to.equal(0);
    expect(home.json<Report>().tables).to.deep.equal(first?.tables);
  });

  it('leaves the source as it was', async () => {
    await fillLedger(ledger(), 1);
    const before = await contentOf(ledger());
    await ledger().close();
    await migrate(targets[0]!);
    expect(await look(store().options, contentOf)).to.deep.equal(before);
  });

  it('refuses a source that a runtime has open, unless forced', async () => {
    await ledger().applyTruth(truth('e', 'sent'));
    for (const target of targets) {
      const refused = await migrate(target);
      expect(refused).to.include({ exit: 1, out: '' });
      expect(refused.err).to.match(/is in use: .*Stop every Node-RED/);
    }
    expect(existsSync(path.join(folder, 'target.sqlite'))).to.equal(false);
    const forced = await migrate(targets[1]!, ['--force']);
    expect(forced.exit, forced.err).to.equal(0);
    expect(forced.err).to.include('will be missing in the target');
    expect(await look(targets[1]!.options, (to) => to.envelope({ account, id: 'e' }))).to.include({ status: 'sent' });
  });

  it('refuses a source whose leases are held elsewhere', async () => {
    await ledger().acquireLease({ name: 'poll', owner: 'other-host/7/x', leaseMs: 1e12 });
    await ledger().close();
    const refused = await migrate(targets[1]!);
    expect(refused.exit).to.equal(1);
    expect(refused.err).to.include('leases are held by other-host/7/x');
    expect((await migrate(targets[1]!, ['--force'])).exit).to.equal(0);
  });

  it('does not mind leases of a process that is gone', async () => {
    const gone = makeOwner().replace(/\/\d+\//, '/999999999/');
    await ledger().acquireLease({ name: 'poll', owner: gone, leaseMs: 1e12 });
    await ledger().close();
    const done = await migrate(targets[1]!);
    expect(done.exit, done.err).to.equal(0);
  });

  it('refuses a target that is not empty; forced, it asks and replaces it', async () => {
    await ledger().applyTruth(truth('new', 'sent'));
    await ledger().close();
    for (const target of targets) {
      await look(target.options, (to) => to.applyTruth(truth('old', 'sent')));
      const refused = await migrate(target);
      expect(refused.exit).to.equal(1);
      expect(refused.err).to.match(/is not empty \(.*envelopes: 1/);
      expect((await migrate(target, ['--force'])).exit).to.equal(4);
      const ids = () => look(target.options, async (to) => (await to.listEnvelopes({ limit: 9 })).map(({ id }) => id));
      expect(await ids()).to.deep.equal(['old']);
      const forced = await migrate(target, ['--force'], ['y']);
      expect(forced.exit, forced.err).to.equal(0);
      expect(forced.asked[0]).to.match(/^Delete everything in /);
      expect(await ids()).to.deep.equal(['new']);
    }
  });

  it('refuses a target that a runtime has open, also when forced', async () => {
    await ledger().close();
    for (const target of targets) {
      await look(target.options, async () => {
        const refused = await migrate(target, ['--force', '--yes']);
        expect(refused.exit).to.equal(1);
        expect(refused.err).to.include('choose another target');
      });
    }
  });

  it('refuses itself, and a source that is not there', async () => {
    const { word, env } = placeOf(store());
    expect((await run(['migrate', word, word], { env })).exit).to.equal(64);
    const nothing = path.join(folder, 'nothing.sqlite');
    expect((await run(['migrate', nothing, targets[1]!.word])).exit).to.equal(3);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('backup writes a ledger that is complete, while a runtime works', async () => {
    await fillLedger(ledger(), 2);
    const file = path.join(folder, 'backup.sqlite');
    const done = await runOn(store(), ['backup', file, '--json']);
    expect(done.exit, done.err).to.equal(0);
    expect(await look({ engine: 'sqlite', file }, contentOf)).to.deep.equal(await contentOf(ledger()));
    expect((await runOn(store(), ['backup', file])).exit).to.equal(1);
    expect((await runOn(store(), ['backup', file, '--force'])).exit).to.equal(0);
    expect(readdirSync(folder)).to.deep.equal(['backup.sqlite']);
    // What was backed up can be brought back.
    const restored = await run(['migrate', file, targets[0]!.word, '--tls', 'off'], { env: targets[0]!.env });
    expect(restored.exit, restored.err).to.equal(0);
  });

  // The other engine has no file to change.
  if (engine === 'postgres') return;

  describe('with a journal that was changed behind its back', () => {
    const file = () => (store().options as { file: string }).file;
    beforeEach(async () => {
      for (const id of ['e1', 'e2']) await ledger().applyTruth(truth(id, 'sent'));
      await ledger().close();
      const db = new DatabaseSync(file());
      db.exec(`update audit set body = '{"to":"signed"}' where envelope = 'e2'`);
      db.close();
    });

    it('migrate keeps nothing, unless forced', async () => {
      for (const target of targets) {
        const refused = await migrate(target);
        expect(refused.exit).to.equal(2);
        expect(refused.err).to.match(/The journal of e2 does not hold/);
      }
      expect(readdirSync(folder)).to.deep.equal([]);
      expect(await look(targets[0]!.options, (to) => to.stats({}))).to.deep.include({
        envelopes: { open: 0, total: 0 },
      });
      const forced = await migrate(targets[1]!, ['--force', '--json']);
      expect(forced.json<Report>().broken.map(({ id }) => id)).to.deep.equal(['e2']);
    });

    it('verify and show say so, and a journal without its envelope is found', async () => {
      expect((await runOn(store(), ['show', 'e1'])).exit).to.equal(0);
      const shown = await runOn(store(), ['show', 'e2']);
      expect(shown.exit).to.equal(2);
      expect(shown.out).to.include('NOT INTACT');
      const db = new DatabaseSync(file());
      db.exec(`delete from envelopes where id = 'e1'`);
      db.close();
      const verified = await runOn(store(), ['verify']);
      expect(verified.exit).to.equal(2);
      expect(verified.out).to.include('The journal of e2 (account acc) is NOT INTACT.');
      expect(verified.out).to.include('The envelope e1 (account acc) is gone, its journal is not.');
    });
  });
});
