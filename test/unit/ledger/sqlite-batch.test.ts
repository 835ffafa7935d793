import { expect } from 'chai';
import { migrations } from '../../../dist/lib/ledger/migrations';
import { runBatch } from '../../../dist/lib/ledger/sqlite-batch';
import { SqliteDatabase } from '../../../dist/lib/ledger/sqlite-database';
import type { Call } from '../../../dist/lib/ledger/sqlite-protocol';
import type { VerbName } from '../../../dist/lib/ledger/verbs';
import { account, fact } from './stores';

describe('ledger batches', () => {
  let db: SqliteDatabase;
  let begun: boolean[];
  beforeEach(() => {
    db = SqliteDatabase.open(':memory:', { readOnly: false, busyTimeoutMs: 10 });
    for (const step of migrations) for (const statement of step.statements) db.run(statement);
    begun = [];
    const begin = db.begin.bind(db);
    db.begin = (reading) => {
      begun.push(reading);
      begin(reading);
    };
  });
  afterEach(() => db.close());

  const call = (id: number, verb: VerbName, input: unknown): Call => ({ id, verb, input, now: 1000 });
  const event = (id: number) =>
    call(id, 'receiveEvents', { account, origin: 'webhook', events: [{ ...fact(`k${id}`), envelope: 'e' }] });

  it('takes many writing calls into one transaction, and reading ones into another without a lock', async () => {
    const queue = [event(1), event(2), event(3), call(4, 'counters', { account }), call(5, 'stats', {}), event(6)];
    const sizes: number[] = [];
    while (queue.length > 0) sizes.push((await runBatch(db, 'x', queue)).answers.length);
    expect(sizes).to.deep.equal([3, 2, 1]);
    expect(begun).to.deep.equal([false, true, false]);
  });

  it('keeps batches small, so that the first of many does not wait for the last', async () => {
    const queue = Array.from({ length: 500 }, (_, i) => event(i));
    const { answers } = await runBatch(db, 'x', queue);
    expect(answers.length).to.be.within(1, 50);
    expect(queue.length).to.equal(500 - answers.length);
  });

  it('tries each call alone when the transaction fails as a whole', async () => {
    const commit = db.commit.bind(db);
    let failures = 1;
    db.commit = () => {
      if (failures-- > 0) throw Object.assign(new Error('full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
      commit();
    };
    const { answers, changed } = await runBatch(db, 'x', [event(1), event(2)]);
    expect(answers).to.deep.equal([
      { id: 1, value: ['fresh'] },
      { id: 2, value: ['fresh'] },
    ]);
    expect(changed).to.equal(true);
    expect(begun).to.have.length(3);
    const [sum] = db.all<{ n: number }>('select sum(n) as n from counters');
    expect(sum?.n).to.equal(2);
  });

  it('reports a full disk to the calls it concerns', async () => {
    db.commit = () => {
      throw Object.assign(new Error('full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
    };
    const { answers } = await runBatch(db, 'x', [event(1), event(2)]);
    for (const answer of answers) expect(answer).to.have.nested.property('refusal.code', 'LEDGER_FULL');
  });
});
