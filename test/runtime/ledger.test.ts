import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { openLedger } from '../../dist/lib/ledger/ledger';
import { anyPort } from '../../scripts/lib/ports';
import { type Runtime, startRuntime } from '../../scripts/lib/runtime';
import {
  change,
  type FlowNode,
  httpIn,
  httpResponse,
  ledgerNode,
  onTab,
  outcomeLines,
  refusals,
  sandboxAccount,
  sendFromBody,
  tab,
  waitFor,
} from '../support/flows';
import { type House, openHouse, until } from '../support/house';
import { startPostgres, type TestPostgres } from '../support/postgres';
import { invitations, order, pdf, post, sign, state } from './steps';

interface Row {
  name: string;
  title: string;
  /** Path below the user directory. */
  file: string;
  code: string;
  says: RegExp;
  spoil(file: string): Promise<void> | void;
  /** Takes the cause away. */
  heal(file: string): Promise<void> | void;
}

let blocker: DatabaseSync | undefined;

const emptyLedger = async (file: string): Promise<void> => {
  await (await openLedger({ engine: 'sqlite', file })).close();
};

const runSql = (file: string, sql: string): void => {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
};

const rows: Row[] = [
  {
    name: 'locked',
    title: 'is locked by another process',
    file: 'locked.sqlite',
    code: 'LEDGER_LOCKED',
    says: /locked by another process/,
    async spoil(file) {
      await emptyLedger(file);
      blocker = new DatabaseSync(file);
      blocker.exec('begin immediate');
    },
    heal: () => blocker?.close(),
  },
  {
    name: 'damaged',
    title: 'is damaged',
    file: 'damaged.sqlite',
    code: 'LEDGER_DAMAGED',
    says: /damaged.*backup/,
    async spoil(file) {
      await emptyLedger(file);
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0xee, 4096, bytes.length - 1));
    },
    heal: (file) => rmSync(file),
  },
  {
    name: 'other',
    title: 'is a file of another program',
    file: 'other.sqlite',
    code: 'LEDGER_DAMAGED',
    says: /not a ledger.*not touched/,
    spoil: (file) => runSql(file, 'create table theirs(id integer)'),
    heal: (file) => rmSync(file),
  },
  {
    name: 'newer',
    title: 'was written by a newer version',
    file: 'newer.sqlite',
    code: 'LEDGER_INCOMPATIBLE',
    says: /newer version/,
    async spoil(file) {
      await emptyLedger(file);
      runSql(file, 'pragma user_version = 4711');
    },
    async heal(file) {
      rmSync(file);
      await emptyLedger(file);
    },
  },
  {
    name: 'nowhere',
    title: 'is in a folder that does not exist',
    file: path.join('no', 'such', 'ledger.sqlite'),
    code: 'LEDGER_UNAVAILABLE',
    says: /folder.*does not exist/,
    spoil: () => undefined,
    heal: (file) => void mkdirSync(path.dirname(file), { recursive: true }),
  },
];

/** Whether small file systems can be made here: it takes root. */
const mount = (...args: string[]): boolean => {
  try {
    execFileSync('mount', args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const mounted: Row[] = [
  {
    name: 'full',
    title: 'is on a full disk',
    file: path.join('full', 'ledger.sqlite'),
    code: 'LEDGER_FULL',
    says: /no space left/,
    spoil: () => undefined,
    heal: (file) => void mount('-o', 'remount,size=32m', path.dirname(file)),
  },
  {
    name: 'read-only',
    title: 'is on a read-only disk',
    file: path.join('readonly', 'ledger.sqlite'),
    code: 'LEDGER_UNAVAILABLE',
    says: /read-only|may write/,
    spoil: (file) => void mount('-o', 'remount,ro', path.dirname(file)),
    heal: (file) => void mount('-o', 'remount,rw,size=32m', path.dirname(file)),
  },
];

const ordering = ({ name, file }: Row): FlowNode[] => [
  ledgerNode({ file }, `ledger ${name}`),
  sandboxAccount({ id: `account ${name}`, ledger: `ledger ${name}` }),
  httpIn(`/${name}`, [`send ${name}`]),
  sendFromBody(`send ${name}`, ['answer'], { account: `account ${name}` }),
];

describe('ledger file', () => {
  let house: House;
  const folders: string[] = [];
  const all = [...rows, ...mounted];
  const fileOf = ({ file }: Row): string => path.join(house.runtime.userDir, file);

  before(async () => {
    house = await openHouse({ name: 'ledger', flows: [tab()] });
    for (const row of rows) await row.spoil(fileOf(row));
    for (const row of mounted) {
      const folder = path.dirname(fileOf(row));
      mkdirSync(folder);
      if (!mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder)) continue;
      folders.push(folder);
      await row.spoil(fileOf(row));
    }
    const caught = refusals(all.map(({ name }) => `send ${name}`));
    await house.deploy([tab(), ...all.flatMap(ordering), httpResponse(), ...caught]);
  });
  after(async () => {
    for (const folder of folders) execFileSync('umount', ['-l', folder]);
    await house.close();
  });

  for (const row of all) {
    it(`${row.title}: ${row.code}, nothing is sent, and it works once the cause is gone`, async function () {
      if (mounted.includes(row) && !folders.includes(path.dirname(fileOf(row)))) this.skip();
      const before = (await state(house)).documents.length;
      const refused = await order<{ code: string; message: string }>(house, { key: row.name }, `/${row.name}`);
      expect(refused.status, JSON.stringify(refused.body)).to.equal(422);
      expect(refused.body.code, refused.body.message).to.equal(row.code);
      expect(refused.body.message).to.match(row.says);
      expect((await state(house)).documents).to.have.length(before);
      await row.heal(fileOf(row));
      const answer = await order(house, { key: row.name }, `/${row.name}`);
      expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
      await until('the mail', async () => (await invitations(house, answer.body.envelope)).length === 1);
      expect((await state(house)).documents).to.have.length(before + 1);
      expect(existsSync(fileOf(row))).to.equal(true);
    });
  }

  it('and all the while the other accounts and the runtime go on', () => {
    expect(house.runtime.log()).not.to.match(/Uncaught|UnhandledPromise/);
    expect(house.runtime.process.exitCode).to.equal(null);
  });
});

describe('PostgreSQL as the ledger', () => {
  let postgres: TestPostgres;
  let house: House;
  let second: Runtime;

  const flows = (): FlowNode[] => {
    const { host, port, database, user, password } = postgres.connection;
    return [
      tab(),
      ledgerNode(
        {
          engine: 'postgres',
          host,
          port: String(port),
          database,
          user,
          tls: 'off',
          credentials: { password },
        },
        'shared ledger',
      ),
      sandboxAccount({ ledger: 'shared ledger', reconcileMinutes: '0.05' }),
      httpIn('/send', ['send']),
      sendFromBody('send', ['answer', 'mark']),
      change('mark', [['mark', 'envelope.externalId']], ['wait']),
      waitFor('wait', [['line of outcomes.jsonl'], [], []]),
      ...outcomeLines('outcomes.jsonl'),
      onTab({ id: 'ignored', type: 'comment', name: 'the same flows on both runtimes' }),
      httpResponse(),
      ...refusals(['send', 'wait']),
    ];
  };

  before(async () => {
    postgres = await startPostgres();
    house = await openHouse({ name: 'ledger-postgres', flows: [tab()] });
    await house.deploy(flows());
    const port = await anyPort();
    const url = `http://127.0.0.1:${port}`;
    const userDir = path.join(house.folder, 'second');
    const env = { CORE_SIGNATURE_SANDBOX_URL: house.sandbox.url, CORE_SIGNATURE_PUBLIC_URL: url };
    second = await startRuntime({ userDir, port, env, flows: [tab()] });
    const deployed = await post(`${url}/flows`, flows(), { 'Node-RED-Deployment-Type': 'full' });
    expect(deployed.status).to.equal(204);
  });
  after(async () => {
    await second?.end();
    await house?.close();
    await postgres?.stop();
  });

  const linesOf = (runtime: Runtime, mark: string) => {
    const file = path.join(runtime.userDir, 'outcomes.jsonl');
    if (!existsSync(file)) return [];
    const all = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return all
      .map((line) => JSON.parse(line) as { mark: string; outcome: string })
      .filter((line) => line.mark === mark);
  };
  const everywhere = (mark: string) => [...linesOf(house.runtime, mark), ...linesOf(second, mark)];

  const sendAt = async (runtime: Runtime, key: string): Promise<string> => {
    const signers = [{ email: 'anna@example.com' }];
    const { status, body } = await post(`${runtime.url}/send`, { document: pdf, title: key, key, signers });
    expect(status, JSON.stringify(body)).to.equal(200);
    return String(body.envelope);
  };

  it('the main path runs on it', async () => {
    const envelope = await sendAt(house.runtime, 'PG-1');
    await sign(house, envelope);
    await until('the message to leave', () => everywhere('PG-1').length > 0, { child: house.runtime });
    expect(everywhere('PG-1').map(({ outcome }) => outcome)).to.deep.equal(['reached']);
    expect(existsSync(path.join(house.runtime.userDir, 'core-signature-ledger.sqlite'))).to.equal(false);
  });

  it('an order that both runtimes get at the same moment is sent once', async () => {
    const both = [house.runtime, second];
    const envelopes = await Promise.all(both.map((runtime) => sendAt(runtime, 'PG-both')));
    expect(new Set(envelopes).size).to.equal(1);
    await until('the mail', async () => (await invitations(house, envelopes[0])).length > 0);
    expect(await invitations(house, envelopes[0])).to.deep.equal(['anna@example.com']);
  });

  it('S6 S19: what two runtimes have parked leaves once each', async () => {
    const keys = Array.from({ length: 6 }, (_, index) => `PG-shared-${index}`);
    const envelopes = await Promise.all(keys.map((key, index) => sendAt(index % 2 ? second : house.runtime, key)));
    for (const envelope of envelopes) await sign(house, envelope);
    await until('every message to leave', () => keys.every((key) => everywhere(key).length > 0));
    for (const key of keys) expect(everywhere(key), key).to.have.length(1);
  });

  it('S19: what a killed runtime had parked is continued by the other, once', async () => {
    const keys = Array.from({ length: 4 }, (_, index) => `PG-killed-${index}`);
    const envelopes = await Promise.all(keys.map((key) => sendAt(house.runtime, key)));
    await house.runtime.end('SIGKILL');
    for (const envelope of envelopes) await sign(house, envelope);
    await until('every message to leave', () => keys.every((key) => linesOf(second, key).length > 0), {
      child: second,
    });
    await house.boot();
    const marker = await sendAt(house.runtime, 'PG-after');
    await sign(house, marker);
    await until('the runtime that is back to work', () => everywhere('PG-after').length > 0);
    for (const key of keys) expect(everywhere(key), key).to.have.length(1);
  });
});
