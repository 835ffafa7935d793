import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import type { SignatureError } from '../../../dist/lib/errors';
import { sha256 } from '../../../dist/lib/ledger/canonical';
import { type Ledger, type LedgerOptions, openLedger } from '../../../dist/lib/ledger/ledger';
import { migrations } from '../../../dist/lib/ledger/migrations';
import { account, fact, node, truth, wait } from './stores';

describe('ledger file', function () {
  this.timeout(60_000);
  let folder: string;
  let file: string;
  const open: Ledger[] = [];
  const opened = async (more: Partial<LedgerOptions> = {}, steps?: typeof migrations): Promise<Ledger> => {
    const ledger = await openLedger({ engine: 'sqlite', file, ...more } as LedgerOptions, steps);
    open.push(ledger);
    return ledger;
  };
  const refusal = async (more: Partial<LedgerOptions> = {}): Promise<SignatureError> => {
    try {
      await opened(more);
    } catch (thrown) {
      return thrown as SignatureError;
    }
    throw new Error('was opened');
  };
  /** Names and hashes of everything in the folder. */
  const contents = () =>
    Object.fromEntries(
      readdirSync(folder).map((name) => [name, sha256(readFileSync(path.join(folder, name), 'latin1'))]),
    );
  const receive = (ledger: Ledger, ...keys: string[]) =>
    ledger.receiveEvents({ account, origin: 'webhook', events: keys.map((key) => ({ ...fact(key), envelope: 'e' })) });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'ledger-file-'));
    file = path.join(folder, 'ledger.sqlite');
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((ledger) => ledger.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('is made complete, reopened, and leaves nothing beside it when closed', async () => {
    const first = await opened();
    expect(first.info()).to.deep.equal({ engine: 'sqlite', where: file, durable: true, shared: false, skewMs: 0 });
    await receive(first, 'a');
    await first.close();
    expect(readdirSync(folder)).to.deep.equal(['ledger.sqlite']);
    expect(await receive(await opened(), 'a')).to.deep.equal(['duplicate']);
    const closed = await first.stats({}).catch((thrown: SignatureError) => thrown);
    expect(closed).to.include({ code: 'LEDGER_UNAVAILABLE' });
  });

  it('is made by one of several that open it at the same time', async () => {
    const ledgers = await Promise.all([opened(), opened(), opened(), opened()]);
    const answers = await Promise.all(ledgers.map((ledger) => receive(ledger, 'a')));
    expect(answers.flat().sort()).to.deep.equal(['duplicate', 'duplicate', 'duplicate', 'fresh']);
    expect(readdirSync(folder).filter((name) => name.includes('.new-'))).to.deep.equal([]);
  });

  it('may be an empty file that somebody made', async () => {
    writeFileSync(file, '');
    expect(await receive(await opened(), 'a')).to.deep.equal(['fresh']);
  });

  it('is refused untouched when it is something else', async () => {
    const cases: [string, () => void, string][] = [
      ['text', () => writeFileSync(file, 'hello '.repeat(1000)), 'LEDGER_DAMAGED'],
      ['a short file', () => writeFileSync(file, 'SQLite format 3\0'), 'LEDGER_DAMAGED'],
      ['a database of another program', () => otherDatabase(0x12345678), 'LEDGER_DAMAGED'],
      ['a database without a mark', () => otherDatabase(0), 'LEDGER_DAMAGED'],
    ];
    const otherDatabase = (id: number) => {
      const db = new DatabaseSync(file);
      db.exec(`pragma application_id = ${id}; pragma journal_mode = wal; create table t(x); insert into t values(1)`);
      db.close();
    };
    for (const [what, make, code] of cases) {
      rmSync(file, { force: true });
      make();
      const before = contents();
      const error = await refusal();
      expect(error, what).to.include({ code, field: 'file' });
      expect(error.message, what).to.contain(file);
      expect(contents(), what).to.deep.equal(before);
    }
  });

  it('is refused untouched when it is damaged, also when only a page in the middle is', async () => {
    const ledger = await opened();
    for (let i = 0; i < 20; i += 1) {
      await receive(ledger, ...Array.from({ length: 50 }, (_, n) => `${i}-${n}-${'x'.repeat(50)}`));
    }
    await ledger.close();
    const whole = readFileSync(file);
    const pages = whole.length / 4096;
    const holed = Buffer.from(whole);
    for (let page = 2; page < pages; page += 1) holed.fill(0xee, page * 4096, page * 4096 + 300);
    for (const [what, bytes] of [
      ['overwritten', holed],
      ['cut', whole.subarray(0, 4096 * Math.floor(pages / 2))],
    ] as const) {
      writeFileSync(file, bytes);
      const before = contents();
      const error = await refusal();
      expect(error, what).to.include({ code: 'LEDGER_DAMAGED' });
      expect(error.message).to.contain('Restore a backup');
      expect(contents(), what).to.deep.equal(before);
    }
  });

  it('is refused untouched when a newer version wrote it', async () => {
    const newer = [...migrations, { version: 99, name: 'next', statements: ['create table more(x bigint)'] }];
    await (await opened({}, newer)).close();
    const before = contents();
    const error = await refusal();
    expect(error).to.include({ code: 'LEDGER_INCOMPATIBLE' });
    expect(error.message).to.contain('99');
    expect(contents()).to.deep.equal(before);
  });

  it('is backed up and brought up to date when an older version wrote it', async () => {
    const old = await opened();
    await receive(old, 'a');
    await old.close();
    const newer = [...migrations, { version: 99, name: 'next', statements: ['create table more(x bigint)'] }];
    expect(await receive(await opened({}, newer), 'a')).to.deep.equal(['duplicate']);
    const [backup] = readdirSync(folder).filter((name) => name.endsWith('.backup'));
    const copy = await opened({ file: path.join(folder, backup!) } as Partial<LedgerOptions>);
    expect(await receive(copy, 'a')).to.deep.equal(['duplicate']);
  });

  it('keeps its old schema when a step of the new one fails', async () => {
    await (await opened()).close();
    const broken = [...migrations, { version: 99, name: 'next', statements: ['create table more(x)', 'nonsense'] }];
    const error = await opened({}, broken).catch((thrown: Error) => thrown);
    expect(error).to.be.instanceOf(Error);
    expect(await receive(await opened(), 'a')).to.deep.equal(['fresh']);
  });

  it('says what is wrong with the place', async () => {
    const missing = await refusal({ file: path.join(folder, 'no', 'such', 'ledger.sqlite') } as Partial<LedgerOptions>);
    expect(missing).to.include({ code: 'LEDGER_UNAVAILABLE', field: 'file' });
    expect(missing.message).to.contain('does not exist');
    mkdirSync(file);
    expect(await refusal())
      .to.have.property('code')
      .that.matches(/^LEDGER_/);
    expect(await refusal({ file: '' } as Partial<LedgerOptions>)).to.include({ code: 'BAD_CONFIG', field: 'file' });
  });

  it('says so when another process holds it', async () => {
    await (await opened()).close();
    const other = new DatabaseSync(file);
    other.exec('pragma locking_mode = exclusive; begin immediate; create table held(x)');
    const error = await refusal({ busyTimeoutMs: 50 } as Partial<LedgerOptions>);
    expect(error).to.include({ code: 'LEDGER_LOCKED' });
    other.exec('rollback');
    other.close();
    const ledger = await opened({ busyTimeoutMs: 50 } as Partial<LedgerOptions>);
    const again = new DatabaseSync(file);
    again.exec('begin immediate');
    const during = await receive(ledger, 'a').catch((thrown: SignatureError) => thrown);
    expect(during).to.include({ code: 'LEDGER_LOCKED' });
    again.exec('rollback');
    again.close();
    expect(await receive(ledger, 'a')).to.deep.equal(['fresh']);
  });

  const fillUp = async (ledger: Ledger): Promise<{ kept: string[]; error: SignatureError }> => {
    const kept: string[] = [];
    for (let i = 0; ; i += 1) {
      const id = `w${i}`;
      try {
        await ledger.openWait(wait(id, id, { message: 'x'.repeat(20_000) }));
        kept.push(id);
      } catch (error) {
        return { kept, error: error as SignatureError };
      }
    }
  };

  it('says so when there is no space, and loses nothing it has acknowledged', async () => {
    const ledger = await opened({ maxBytes: 1_000_000 } as Partial<LedgerOptions>);
    const { kept, error } = await fillUp(ledger);
    expect(error).to.include({ code: 'LEDGER_FULL' });
    await ledger.close();
    const stored = await (await opened()).listWaits({ limit: 1000 });
    expect(stored.map(({ id }) => id)).to.have.members(kept);
  });

  it('goes on when a full disk has space again', async function () {
    const disk = path.join(folder, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      return this.skip();
    }
    try {
      const ballast = path.join(disk, 'ballast');
      writeFileSync(ballast, Buffer.alloc(500_000));
      file = path.join(disk, 'ledger.sqlite');
      const ledger = await opened();
      const { kept, error } = await fillUp(ledger);
      expect(error).to.include({ code: 'LEDGER_FULL' });
      truncateSync(ballast);
      expect(await receive(ledger, 'after')).to.deep.equal(['fresh']);
      expect((await ledger.listWaits({ limit: 1000 })).map(({ id }) => id)).to.have.members(kept);
      await ledger.close();
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('can be copied while it is worked on', async () => {
    const ledger = await opened();
    const working = Promise.all(Array.from({ length: 200 }, (_, i) => receive(ledger, `k${i}`)));
    const target = path.join(folder, 'copy.sqlite');
    await ledger.backup({ file: target });
    await working;
    const copy = await opened({ file: target } as Partial<LedgerOptions>);
    expect((await copy.journal({ account, envelope: 'e' })).intact).to.equal(true);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).to.deep.equal([]);
  });

  it('keeps everything acknowledged when the process is killed in the middle of a burst (S19)', async () => {
    const script = `
      const { openLedger } = require(${JSON.stringify(require.resolve('../../../dist/lib/ledger/ledger.js'))});
      openLedger({ engine: 'sqlite', file: process.argv[1] }).then(async (ledger) => {
        for (let i = 0; ; i += 1) {
          const burst = Array.from({ length: 20 }, async (_, n) => {
            const dedupe = process.argv[2] + '-' + i + '-' + n;
            await ledger.receiveEvents({ account: 'acc', origin: 'webhook',
              events: [{ envelope: 'e' + n, dedupe, uuid: '', type: 't', at: 1, signer: '' }] });
            process.stdout.write(dedupe + '\\n');
          });
          await Promise.all(burst);
        }
      });`;
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const child: ChildProcess = spawn(process.execPath, ['-e', script, file, `r${round}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      child.stdout?.setEncoding('utf8');
      child.stdout?.on('data', (chunk: string) => {
        text += chunk;
        if (text.split('\n').length > 200 + 77 * round) child.kill('SIGKILL');
      });
      await once(child, 'close');
      // The last line may be cut.
      acknowledged.push(...text.split('\n').slice(0, -1));
    }
    expect(acknowledged.length).to.be.greaterThan(500);
    const ledger = await opened();
    const events = acknowledged.map((dedupe) => ({ ...fact(dedupe), envelope: `e${dedupe.split('-')[2]}` }));
    const answers = await ledger.receiveEvents({ account, origin: 'webhook', events });
    expect(answers.filter((answer) => answer === 'fresh')).to.deep.equal([]);
  });

  it('lets a call that fails harm no other one of its batch', async () => {
    const ledger = await opened();
    const calls = [
      receive(ledger, 'a'),
      // No such value can be bound, so the verb fails in the middle.
      ledger.appendAudit({ account, envelope: {} as string, kind: 'x', body: 1 }).catch((thrown: Error) => thrown),
      ledger.count({ account, name: 'bad', by: (() => 1) as unknown as number }).catch((thrown: Error) => thrown),
      ledger.openWait(wait('w', 'e')),
      receive(ledger, 'a', 'b'),
    ];
    const [first, audit, count, opening, last] = await Promise.all(calls);
    expect(first).to.deep.equal(['fresh']);
    expect(audit).to.be.instanceOf(Error);
    expect(count).to.be.instanceOf(Error);
    expect(opening).to.deep.equal({ state: 'waiting' });
    expect(last).to.deep.equal(['duplicate', 'fresh']);
    expect((await ledger.applyTruth(truth('e', 'signed'))).settled).to.equal(1);
    expect((await ledger.waitStats({ nodes: [node] }))[0]).to.include({ open: 0 });
  });

  it('commits many calls with one transaction', async () => {
    const ledger = await opened();
    const n = 5000;
    const started = performance.now();
    await Promise.all(Array.from({ length: n }, (_, i) => receive(ledger, `k${i}`)));
    const perSecond = Math.round((n / (performance.now() - started)) * 1000);
    console.log(`      receiveEvents: ${perSecond} per second`);
  });
});
