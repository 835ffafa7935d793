import { expect } from 'chai';
import { Client } from 'pg';
import type { SignatureError } from '../../../dist/lib/errors';
import { type Ledger, type LedgerOptions, openLedger } from '../../../dist/lib/ledger/ledger';
import { migrations } from '../../../dist/lib/ledger/migrations';
import { account, fact, node, postgresServer, wait } from './stores';

describe('ledger on PostgreSQL', function () {
  this.timeout(60_000);
  const open: Ledger[] = [];
  const opened = async (schema: string, more: object = {}, steps?: typeof migrations): Promise<Ledger> => {
    const { connection } = await postgresServer();
    const options = { engine: 'postgres', connection: { ...connection, ...more }, schema } as LedgerOptions;
    const ledger = await openLedger(options, steps);
    open.push(ledger);
    return ledger;
  };
  const refusal = async (...args: Parameters<typeof opened>): Promise<SignatureError> =>
    opened(...args).then(
      () => {
        throw new Error('was opened');
      },
      (thrown) => thrown,
    );
  const query = async (text: string) => {
    const client = new Client((await postgresServer()).connection);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  afterEach(() => Promise.all(open.splice(0).map((ledger) => ledger.close())));

  it('takes the time of the server and knows how far it is ahead', async () => {
    const ledger = await opened('clock');
    await ledger.setTimer({ id: 't', kind: 'k', account, envelope: '', node, ref: '', clock: '', due: 0, data: null });
    const info = ledger.info();
    expect(info).to.include({ engine: 'postgres', shared: true });
    expect(Math.abs(info.skewMs)).to.be.lessThan(5000);
    expect(info.where).not.to.contain('test-only');
  });

  it('is made by one of several runtimes that open it at the same time', async () => {
    const ledgers = await Promise.all([opened('Together'), opened('Together'), opened('Together')]);
    const events = [{ ...fact('a'), envelope: 'e' }];
    const answers = await Promise.all(
      ledgers.map((ledger) => ledger.receiveEvents({ account, origin: 'poll', events })),
    );
    expect(answers.flat().sort()).to.deep.equal(['duplicate', 'duplicate', 'fresh']);
  });

  it('refuses a newer schema untouched and brings an older one up to date', async () => {
    const newer = [...migrations, { version: 99, name: 'next', statements: ['create table more(x bigint)'] }];
    await (await opened('versions')).close();
    await (await opened('versions', {}, newer)).close();
    expect(await refusal('versions')).to.include({ code: 'LEDGER_INCOMPATIBLE' });
    expect(await query('select version from versions.ledger_version')).to.deep.equal([{ version: 99 }]);
  });

  it('says what is wrong with the connection, without its password', async () => {
    const cases: [object, RegExp][] = [
      [{ password: 'wrong-secret' }, /refused the login/],
      [{ port: 1 }, /cannot be reached/],
      [{ database: 'nope' }, /does not exist/],
      [{ ssl: true }, /encrypted/],
    ];
    for (const [more, text] of cases) {
      const error = await refusal('x', more);
      expect(error).to.include({ code: 'LEDGER_UNAVAILABLE' });
      expect(error.message).to.match(text);
      expect(JSON.stringify({ ...error, message: error.message, stack: error.stack })).not.to.match(
        /wrong-secret|test-only/,
      );
    }
    expect(await refusal('bad"schema')).to.include({ code: 'BAD_CONFIG', field: 'schema' });
  });

  it('fails the call whose connection breaks, and nothing else', async () => {
    const ledger = await opened('broken');
    const blocker = new Client((await postgresServer()).connection);
    await blocker.connect();
    await blocker.query('begin; lock table broken.waits');
    const call = ledger.openWait(wait('w', 'e')).catch((thrown: SignatureError) => thrown);
    let ended: unknown[] = [];
    while (ended.length === 0) {
      ended = await query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'node-red-core-signature' and wait_event_type = 'Lock'`,
      );
    }
    await blocker.end();
    expect(await call).to.include({ code: 'LEDGER_UNAVAILABLE' });
    expect(await ledger.openWait(wait('w', 'e'))).to.deep.equal({ state: 'waiting' });
  });

  it('goes on when the server ends its connections', async () => {
    const ledger = await opened('cut');
    await ledger.openWait(wait('w', 'e'));
    let hints = 0;
    ledger.onChange(() => {
      hints += 1;
    });
    await query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'node-red-core-signature'`,
    );
    const tries: unknown[] = [];
    while (tries.length < 20) {
      const result = await ledger.listWaits({ limit: 9 }).catch((thrown: SignatureError) => thrown.code);
      tries.push(result);
      if (Array.isArray(result)) break;
    }
    expect(tries.at(-1)).to.have.length(1);
    for (const failed of tries.slice(0, -1)) expect(failed).to.equal('LEDGER_UNAVAILABLE');
    const before = hints;
    // The listening connection comes back by itself; its first sign is a hint.
    while (hints === before) await new Promise((resolve) => setTimeout(resolve, 20));
  });
});
