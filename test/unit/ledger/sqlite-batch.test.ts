import { expect } from 'chai';
import { migrations } from '../../../dist/lib/ledger/migrations';
import { runBatch } from '../../../dist/lib/ledger/sqlite-batch';
import { SqliteDatabase } from '../../../dist/lib/ledger/sqlite-database';
import type { Answer, Call } from '../../../dist/lib/ledger/sqlite-protocol';
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

  /** A slow machine may need more than one batch. */
  const answersTo = async (queue: Call[]): Promise<Answer[]> => {
    const answers: Answer[] = [];
    while (queue.length > 0) answers.push(...(await runBatch(db, 'x', queue)).answers);
    return answers;
  };

  it('takes calls of all kinds into one transaction, in order', async () => {
    const queue = [event(1), call(2, 'counters', { account }), call(3, 'counters', { account }), event(4)];
    expect((await answersTo(queue)).map(({ id }) => id)).to.deep.equal([1, 2, 3, 4]);
    expect(begun).to.not.include(true);
  });

  it('takes no lock for calls that only read', async () => {
    await runBatch(db, 'x', [call(1, 'counters', { account }), call(2, 'stats', {})]);
    expect(begun).to.deep.equal([true]);
  });

  it('lets calls that only read come through while another process holds the lock', async () => {
    const begin = db.begin.bind(db);
    db.begin = (reading) => {
      if (!reading) throw Object.assign(new Error('locked'), { code: 'ERR_SQLITE_ERROR', errcode: 5 });
      begin(reading);
    };
    const answers = await answersTo([event(1), call(2, 'counters', { account })]);
    expect(answers[0]).to.have.nested.property('refusal.code', 'LEDGER_LOCKED');
    expect(answers[1]).to.deep.equal({ id: 2, value: {} });
  });

  it('gives each of the intake calls it makes one its own answer', async () => {
    const both = { ...fact('both'), envelope: 'e' };
    const pair = call(2, 'receiveEvents', { account, origin: 'webhook', events: [both, both] });
    const elsewhere = call(3, 'receiveEvents', { account: 'other', origin: 'webhook', events: [both] });
    expect(await answersTo([event(1), pair, elsewhere, { ...event(1), id: 4 }])).to.deep.equal([
      { id: 1, value: ['fresh'] },
      { id: 2, value: ['fresh', 'duplicate'] },
      { id: 3, value: ['fresh'] },
      { id: 4, value: ['duplicate'] },
    ]);
  });

  it('harms no other call by one that fails', async () => {
    const broken = call(2, 'receiveEvents', { account, origin: 'webhook', events: [{ dedupe: null }] });
    const { answers } = await runBatch(db, 'x', [event(1), broken, event(3)]);
    expect(answers.map((answer) => 'refusal' in answer)).to.deep.equal([false, true, false]);
    const [sum] = db.all<{ n: number }>('select count(*) as n from events');
    expect(sum?.n).to.equal(2);
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
