import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { Client } from 'pg';
import { openLedger } from '../../../dist/lib/ledger/ledger';
import { migrations } from '../../../dist/lib/ledger/migrations';
import { due, fire, opening, record } from './ladder-steps';
import { account, drain, fact, node, onBothEngines, truth, wait } from './stores';

onBothEngines('ledger ladders and upkeep', ({ store, ledger }) => {
  const open = (id: string, envelope = 'e', inMs = 1000) =>
    ledger().openLadder(opening(id, envelope, store().now + inMs));
  /** One row of a column, read past the ledger. */
  const column = async (text: string): Promise<string[]> => {
    const { options } = store();
    if (options.engine === 'sqlite') {
      const db = new DatabaseSync(options.file);
      const rows = db.prepare(text).all() as { value: string }[];
      db.close();
      return rows.map(({ value }) => value);
    }
    const client = new Client(options.connection as never);
    await client.connect();
    await client.query(`set search_path to "${options.schema}"`);
    const { rows } = await client.query<{ value: string }>(text);
    await client.end();
    return rows.map(({ value }) => value);
  };

  it('shows the ladders of removed nodes and gives them to another node (S17)', async () => {
    for (const id of ['running', 'paused', 'closed']) await open(id, id);
    await ledger().moveLadder({ id: 'paused', rev: 1, state: 'paused', reason: '' });
    await ledger().applyTruth(truth('closed', 'signed'));
    expect(await ledger().orphans({ nodes: [node] })).to.deep.equal([]);
    expect(await ledger().orphans({ nodes: [] })).to.deep.equal([
      { node, waits: 0, timers: 0, deliveries: 1, operations: 0, ladders: 2 },
    ]);
    expect(await ledger().rebind({ from: node, to: 'n2' })).to.equal(2);
    expect((await ledger().ladderStats({ nodes: [node, 'n2'] })).map(({ running }) => running)).to.deep.equal([0, 1]);
    expect(await ledger().listLadders({ node: 'n2', limit: 9 })).to.have.length(2);
    store().now += 1000;
    expect(await due(ledger())).to.deep.equal([]);
    const [claim] = await ledger().claimTimers({ owner: 'o', nodes: ['n2'], lanes: [], leaseMs: 1000, limit: 9 });
    expect(claim).to.include({ kind: 'ladder', ref: 'running', node: 'n2' });
    await fire(ledger(), claim!, 's1', null);
    const out = await drain(ledger(), ['n2']);
    expect(out.map(({ id }) => id)).to.have.members([
      'ladder-closed:closed',
      'ladder:running:s1',
      'ladder-exhausted:running',
    ]);
    expect((await ledger().orphans({ nodes: [] })).map(({ ladders }) => ladders)).to.deep.equal([2]);
    await ledger().rebind({ from: 'n2', to: 'n3' });
    await ledger().applyTruth(truth('running', 'signed'));
    expect((await drain(ledger(), ['n3'])).map(({ id }) => id)).to.deep.equal(['ladder-closed:running']);
    expect((await ledger().orphans({ nodes: [] })).map(({ ladders }) => ladders)).to.deep.equal([1]);
  });

  it('drops the ladders of a node that is gone, with what they have in the outbox', async () => {
    for (const id of ['a', 'b', 'c']) await open(id, id, id === 'c' ? 0 : 1000);
    await ledger().moveLadder({ id: 'b', rev: 1, state: 'paused', reason: '' });
    const [claim] = await due(ledger());
    await fire(ledger(), claim!, 's1', null);
    await ledger().openLadder(opening('other', 'a', store().now, { node: 'n2' }));
    // Three ladders, and two messages of the third.
    expect(await ledger().dropNode({ node })).to.equal(5);
    expect(await ledger().dropNode({ node })).to.equal(0);
    expect(await ledger().ladder({ id: 'a' })).to.deep.include({ state: 'stopped', next: null, closedAt: store().now });
    expect((await ledger().stats({})).ladders).to.deep.equal({ running: 1, paused: 0 });
    store().now += 1000;
    expect(await due(ledger())).to.deep.equal([]);
    await ledger().applyTruth(truth('a', 'signed'));
    expect((await drain(ledger(), [node, 'n2'])).map(({ id }) => id)).to.deep.equal(['ladder-closed:other']);
    expect(await column(`select distinct message as value from ladders`)).to.deep.equal(['']);
  });

  it('keeps the parked message as long as it may be needed, and no longer', async () => {
    const parked = async () => (await column(`select id as value from ladders where message <> ''`)).sort();
    await open('exhausted', 'e', 0);
    await open('closed', 'f', 0);
    await open('stopped', 'g', 1000);
    for (const claim of await due(ledger())) {
      await fire(ledger(), claim, 's1', claim.ref === 'exhausted' ? null : { id: 's2', at: store().now + 1000 });
    }
    const steps = await ledger().claimDeliveries({ owner: 'o', nodes: [node], leaseMs: 9000, limit: 9 });
    expect(steps.every(({ message }) => message !== null && message !== '')).to.equal(true);
    await ledger().moveLadder({ id: 'stopped', rev: 1, state: 'stopped', reason: '' });
    await ledger().applyTruth(truth('f', 'signed'));
    expect(await parked()).to.deep.equal(['closed', 'exhausted']);
    await ledger().finishDeliveries(steps);
    expect(await parked()).to.deep.equal(['closed', 'exhausted']);
    await drain(ledger());
    expect(await parked(), 'for the end of its envelope').to.deep.equal(['exhausted']);
    await ledger().applyTruth(truth('e', 'signed'));
    await drain(ledger());
    expect(await parked()).to.deep.equal([]);
  });

  it('prunes the ladders of envelopes that ended, and only those', async () => {
    await open('l', 'e');
    await open('queued', 'f');
    await open('open', 'g');
    for (const envelope of ['e', 'f']) await ledger().applyTruth(truth(envelope, 'signed'));
    await ledger().applyTruth(truth('g', 'sent'));
    const out = await ledger().claimDeliveries({ owner: 'o', nodes: [node], leaseMs: 9000, limit: 9 });
    await ledger().finishDeliveries(out.filter(({ envelope }) => envelope === 'e'));
    store().now += 1000;
    expect(await ledger().prune({ before: store().now })).to.include({ envelopes: 1 });
    expect((await ledger().listLadders({ limit: 9 })).map(({ id }) => id)).to.deep.equal(['open', 'queued']);
    expect(await open('l2', 'e')).to.deep.equal({ state: 'over', status: 'signed' });
  });

  it('keeps a ladder whose firing nobody manages, as a fault that can be tried again', async () => {
    await open('l', 'e', 0);
    for (let i = 0; i < 3; i += 1) {
      await ledger().claimTimers({ owner: 'o', nodes: [node], lanes: [], leaseMs: 10, limit: 9, maxAttempts: 2 });
      store().now += 10;
    }
    const [fault] = await ledger().faults({ limit: 9 });
    expect(fault).to.include({ what: 'timer', kind: 'ladder', node, envelope: 'e' });
    expect(await ledger().reviveFault(fault!)).to.equal(true);
    const [claim] = await due(ledger());
    expect(await fire(ledger(), claim!, 's1', null)).to.include({ state: 'fired' });
    const [step] = await ledger().claimDeliveries({ owner: 'o', nodes: [node], leaseMs: 10, limit: 1, maxAttempts: 1 });
    store().now += 10;
    await ledger().claimDeliveries({ owner: 'o', nodes: [node], leaseMs: 10, limit: 1, maxAttempts: 1 });
    expect(await ledger().dropFault({ what: 'delivery', id: step!.id })).to.equal(true);
    expect((await drain(ledger()))[0]).to.include({ id: 'ladder-exhausted:l', message: '{"parked":"l"}' });
  });

  it('finds the operations of an envelope by their kind', async () => {
    const begin = (key: string, kind: string, envelope: string) =>
      ledger().beginOperation({
        key,
        kind,
        account,
        node,
        envelope,
        fingerprint: '',
        request: null,
        message: '',
        attachments: [],
        owner: 'o',
        leaseMs: 1000,
      });
    await begin('a', 'forward', 'e');
    await begin('b', 'cancel', 'e');
    await begin('c', 'cancel', 'f');
    const found = await ledger().listOperations({ account, envelope: 'e', kind: 'cancel', limit: 9 });
    expect(found.map(({ key }) => key)).to.deep.equal(['b']);
  });

  it('is brought up to date from the schema before it, with what is in it', async () => {
    const [initial] = migrations;
    const before = { ...store().options } as never as { file: string; schema: string };
    before.file = `${before.file}.older`;
    before.schema = `${before.schema}_older`;
    const older = await openLedger(before as never, [initial!]);
    await older.receiveEvents({ account, origin: 'webhook', events: [{ ...fact('a'), envelope: 'e' }] });
    const timer = { kind: 'k', account, envelope: 'e', node, ref: '', clock: '', due: 0, data: null };
    await older.setTimer({ ...timer, id: 't' });
    await older.touchEnvelope({ account, id: 'e' });
    await older.close();
    const newer = await openLedger(before as never);
    try {
      expect(
        await newer.receiveEvents({ account, origin: 'poll', events: [{ ...fact('a'), envelope: 'e' }] }),
      ).to.deep.equal(['duplicate']);
      expect(await newer.openLadder(opening('l', 'e', 5))).to.deep.equal({ state: 'running' });
      await newer.openWait(wait('w', 'e'));
      await newer.holdEnvelope({ account, id: 'e', by: 'b' });
      expect(await newer.succeedEnvelope({ account, id: 'e', by: 'b', successor: record('f', 'signed') })).to.equal(
        'ok',
      );
      expect((await drain(newer)).map(({ id }) => id)).to.deep.equal(['wait:w', 'ladder-closed:l']);
      expect((await newer.stats({})).timers).to.include({ pending: 2 });
    } finally {
      await newer.close();
    }
  });
});
