import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { bytes, pastMoment, span, visible } from '../../../dist/lib/ledger/cli/format';
import { placeFlags, readPlace } from '../../../dist/lib/ledger/cli/place';
import { readSecret } from '../../../dist/lib/ledger/cli/secret';
import { tableLines } from '../../../dist/lib/ledger/cli/table';
import { openLedger } from '../../../dist/lib/ledger/ledger';
import { migrations } from '../../../dist/lib/ledger/migrations';
import { run } from './support';

const program = path.resolve(__dirname, '..', '..', '..', 'bin', 'core-signature-ledger.js');
const noFlags = placeFlags.parse({});
const url = 'postgres://ana@db.example:6000/flows';

describe('command line of core-signature-ledger', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'cli-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const at = (name: string) => path.join(folder, name);

  it('explains itself, and each command', async () => {
    const help = await run(['--help']);
    expect(help.exit).to.equal(0);
    for (const name of ['status', 'list', 'show', 'orphans', 'retry', 'drop', 'prune', 'verify', 'backup', 'migrate']) {
      expect(help.out).to.match(new RegExp(`^  ${name} `, 'm'));
      const own = await run([name, '--help']);
      expect(own.exit).to.equal(0);
      expect(own.out)
        .to.match(new RegExp(`^Usage: core-signature-ledger ${name}`))
        .and.to.include('Exit status: 0 done');
    }
    expect((await run([])).exit).to.equal(64);
  });

  it('says what is wrong with a command line', async () => {
    const wrong: [args: string[], message: RegExp][] = [
      [['explode'], /no command "explode"/],
      [['status'], /--file PATH or --postgres URL/],
      [['status', '--file', 'a', '--postgres', url], /--file PATH or --postgres URL/],
      [['status', 'more', '--file', 'a'], /"more" is one word too many/],
      [['show', '--file', 'a'], /missing: ENVELOPE/],
      [['status', '--fiel', 'a'], /--fiel/],
      [['list', '--limit', 'some', '--file', 'a'], /--limit: give a whole number/],
      [['list', 'dreams', '--file', 'a'], /"dreams" cannot be listed/],
      [['status', '--postgres', url, '--tls', 'maybe'], /--tls: choose verify/],
      [['status', '--postgres', 'mysql://x'], /postgres:\/\/USER@HOST/],
      [['status', '--postgres', 'postgres://host/db'], /with user, host and database/],
      [['status', '--postgres', `${url}?sslmode=disable`], /"sslmode" is not known/],
    ];
    for (const [args, message] of wrong) {
      const ran = await run(args);
      expect(ran.exit, args.join(' ')).to.equal(64);
      expect(ran.err).to.match(message);
    }
  });

  it('gives errors as JSON as well when JSON is asked for', async () => {
    const ran = await run(['status', '--file', at('none.sqlite'), '--json']);
    expect(ran.json()).to.deep.equal({ error: { exit: 3, code: null, message: ran.err } });
  });

  it('makes no ledger where there is none', async () => {
    for (const command of ['status', 'verify', 'list']) {
      const ran = await run([command, '--file', at('none.sqlite')]);
      expect(ran.exit).to.equal(3);
      expect(ran.err).to.include(`There is no ledger at ${at('none.sqlite')}`);
    }
    expect(readdirSync(folder)).to.deep.equal([]);
    writeFileSync(at('text.sqlite'), 'no ledger at all');
    expect((await run(['status', '--file', at('text.sqlite')])).err).to.include('is not a ledger');
  });

  it('does not bring an older ledger up to date by the way', async () => {
    const file = at('old.sqlite');
    await (await openLedger({ engine: 'sqlite', file }, migrations.slice(0, 1))).close();
    const ran = await run(['status', '--file', file]);
    expect(ran.exit).to.equal(1);
    expect(ran.err).to.match(/older version .*\(schema 1/);
    expect(readdirSync(folder)).to.deep.equal(['old.sqlite']);
  });

  it('takes no password from the command line, but from the environment or the keyboard', async () => {
    const given = await run(['status', '--postgres', 'postgres://ana:GEHEIM@db/flows']);
    expect(given.exit).to.equal(64);
    expect(given.err).to.include('PGPASSWORD').and.not.to.include('GEHEIM');
    const asked: [string, boolean | undefined][] = [];
    const io = {
      ...{ print: () => {}, note: () => {}, draw: null, now: Date.now },
      ask: async (question: string, options?: { hidden: boolean }) => {
        asked.push([question, options?.hidden]);
        return 'typed';
      },
    };
    const connection = {
      host: 'db.example',
      port: 6000,
      database: 'flows',
      user: 'ana',
      ssl: { rejectUnauthorized: true },
    };
    expect(await readPlace(url, noFlags, { ...io, env: { PGPASSWORD: 'env' } })).to.deep.include({
      connection: { ...connection, password: 'env' },
      schema: 'core_signature',
    });
    expect(asked).to.deep.equal([]);
    expect(await readPlace(`${url}?schema=own`, noFlags, { ...io, env: {} })).to.deep.include({
      connection: { ...connection, password: 'typed' },
      schema: 'own',
    });
    expect(asked).to.deep.equal([[`Password for ${url}?schema=own: `, true]]);
    const open = await readPlace(url, placeFlags.parse({ tls: 'off' }), { ...io, ask: null, env: {} });
    expect(open).to.deep.include({ connection: { ...connection, password: '', ssl: false } });
  });

  it('reads a secret without showing it', async () => {
    const modes: boolean[] = [];
    const keyboard = Object.assign(new EventEmitter(), {
      setRawMode: (on: boolean) => modes.push(on),
      resume: () => {},
      pause: () => {},
    });
    let shown = '';
    const screen = { write: (text: string) => (shown += text) };
    const reading = readSecret('Password: ', keyboard, screen);
    for (const keys of ['gehä', 'x\u007f', '\u001bim', '🖋\b', '\r']) keyboard.emit('data', Buffer.from(keys));
    expect(await reading).to.equal('gehäim');
    expect(shown).to.equal('Password: \n');
    const interrupted = readSecret('Password: ', keyboard, screen).catch((thrown: unknown) => thrown);
    keyboard.emit('data', Buffer.from('ab\u0003'));
    expect(await interrupted).to.include({ exit: 4 });
    expect(modes).to.deep.equal([true, false, true, false]);
    expect(keyboard.listenerCount('data')).to.equal(0);
  });

  it('keeps results apart from remarks, and ends with its exit status', async () => {
    const file = at('ledger.sqlite');
    await (await openLedger({ engine: 'sqlite', file })).close();
    const call = (...args: string[]) =>
      spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', input: '' });
    const listed = call('list', '--file', file, '--json');
    expect([listed.status, JSON.parse(listed.stdout), listed.stderr]).to.deep.equal([0, [], 'No envelopes.\n']);
    expect(call('drop', 'wait', 'w', '--file', file).status).to.equal(4);
    expect(call('nonsense').status).to.equal(64);
    expect(existsSync(`${file}-wal`)).to.equal(false);
  });
});

describe('texts of core-signature-ledger', () => {
  it('aligns text left and numbers right', () => {
    const rows = [
      { name: 'a', n: 1234 },
      { name: 'long name', n: 5 },
    ];
    expect(
      tableLines(
        [
          ['NAME', ({ name }) => name, 6],
          ['N', ({ n }) => n],
        ],
        rows,
      ),
    ).to.deep.equal(['NAME        N', 'a       1,234', 'long …      5']);
    expect(tableLines([['NAME', () => '']], [])).to.deep.equal([]);
  });

  it('shows durations, sizes and foreign text', () => {
    expect([0, 999, 61_000, 3_600_000, 90_061_000].map(span)).to.deep.equal([
      '0 s',
      '1 s',
      '1 min 1 s',
      '1 h',
      '1 d 1 h',
    ]);
    expect([0, 999, 1000, 12_345_678].map(bytes)).to.deep.equal(['0 B', '999 B', '1.0 kB', '12.3 MB']);
    expect(visible('a\u001b[31m\r\n\u202eb')).to.equal('a\uFFFD[31m\uFFFD\uFFFD\uFFFDb');
  });

  it('understands ages and dates', () => {
    const now = Date.UTC(2026, 5, 30);
    expect(pastMoment('30d', now)).to.equal(Date.UTC(2026, 4, 31));
    expect(pastMoment('2w', now)).to.equal(Date.UTC(2026, 5, 16));
    expect(pastMoment('1h', now)).to.equal(now - 3_600_000);
    expect(pastMoment('2026-01-31', now)).to.equal(Date.UTC(2026, 0, 31));
    for (const text of ['', '30', 'd', '-1d', '2027-01-01', '2026-02-99', '1e9y']) {
      expect(() => pastMoment(text, now), text).to.throw('--older-than');
    }
  });
});
