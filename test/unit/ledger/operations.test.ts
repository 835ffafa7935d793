import { expect } from 'chai';
import type { BeginOperationInput, BeginOperationResult } from '../../../dist/lib/ledger/types';
import { account, lanes, node, onBothEngines, truth } from './stores';

const begin = (more: Partial<BeginOperationInput> = {}): BeginOperationInput => ({
  key: 'send:1',
  kind: 'send',
  account,
  node,
  fingerprint: 'f1',
  request: { to: 'a@x.de' },
  message: '{"m":1}',
  attachments: [{ name: 'nda.pdf', bytes: new Uint8Array([0, 1, 255]) }],
  owner: 'a',
  leaseMs: 1000,
  ...more,
});

const mine = (result: BeginOperationResult) => {
  if (result.state !== 'mine') throw new Error(`the operation is ${result.state}`);
  return result;
};

onBothEngines('ledger operations', ({ store, ledger }) => {
  const claim = (more: object = {}) =>
    ledger().claimOperations({ owner: 'b', nodes: [node], lanes, leaseMs: 1000, limit: 9, ...more });

  it('is begun by one of many and gives the others its result', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => ledger().beginOperation(begin())));
    const winners = results.filter(({ state }) => state === 'mine');
    expect(winners).to.have.length(1);
    expect(results.filter(({ state }) => state === 'busy')).to.have.length(19);
    const { rev } = mine(winners[0]!);
    expect(await ledger().operationAttachments({ key: 'send:1' })).to.deep.equal(begin().attachments);
    expect(await ledger().finishOperation({ key: 'send:1', rev, result: { id: 'e' } })).to.equal('ok');
    expect(await ledger().beginOperation(begin({ fingerprint: 'f2' }))).to.deep.equal({
      state: 'done',
      result: { id: 'e' },
      fingerprint: 'f1',
    });
    expect(await ledger().operationAttachments({ key: 'send:1' })).to.deep.equal([]);
  });

  it('leaves nothing when it is withdrawn, which only the one who has it can do', async () => {
    const first = mine(await ledger().beginOperation(begin()));
    store().now += 1000;
    const second = mine(await ledger().beginOperation(begin()));
    expect(await ledger().withdrawOperation({ key: 'send:1', rev: first.rev })).to.equal('stale');
    expect(await ledger().operation({ key: 'send:1' })).to.include({ state: 'running' });
    expect(await ledger().withdrawOperation({ key: 'send:1', rev: second.rev })).to.equal('ok');
    expect(await ledger().operation({ key: 'send:1' })).to.equal(null);
    expect(await ledger().operationAttachments({ key: 'send:1' })).to.deep.equal([]);
    expect(mine(await ledger().beginOperation(begin()))).to.include({ attempt: 1, repeat: false });
  });

  it('goes on after a crash with its progress; the paused first worker can do nothing more', async () => {
    const first = mine(await ledger().beginOperation(begin()));
    expect(await ledger().noteOperation({ key: 'send:1', rev: first.rev, progress: { document: 'd1' } })).to.equal(
      'ok',
    );
    expect(await claim()).to.deep.equal([]);
    store().now += 1000;
    const [taken] = await claim({ kinds: ['send'] });
    expect(taken).to.deep.include({ key: 'send:1', attempt: 2, progress: { document: 'd1' }, message: '{"m":1}' });
    const stale = { key: 'send:1', rev: first.rev };
    expect(await ledger().noteOperation({ ...stale, progress: {} })).to.equal('stale');
    expect(await ledger().renewOperation({ ...stale, leaseMs: 9 })).to.equal('stale');
    expect(await ledger().failOperation({ ...stale, error: { code: 'X', message: '' }, retryAt: null })).to.equal(
      'stale',
    );
    expect(await ledger().finishOperation({ ...stale, result: 1 })).to.equal('stale');
    expect(await ledger().finishOperation({ key: 'send:1', rev: taken!.rev, result: 2 })).to.equal('ok');
  });

  it('records the envelope and the message with the result, all or nothing', async () => {
    const { rev } = mine(await ledger().beginOperation(begin()));
    const envelope = {
      account,
      id: 'e',
      externalId: 'x',
      name: 'NDA',
      status: 'sent',
      rank: 1,
      terminal: false,
      snapshot: { id: 'e' },
      clock: '',
      sentAt: store().now,
      dueAt: null,
      node,
    };
    const delivery = {
      id: 'op:send:1',
      node,
      port: 0,
      body: { envelope: 'e' },
      claimed: { owner: 'a', leaseMs: 1000 },
    };
    await ledger().finishOperation({ key: 'send:1', rev, result: {}, envelope, delivery });
    expect(await ledger().envelope({ account, id: 'e' })).to.include({ status: 'sent', externalId: 'x' });
    expect(await ledger().claimDeliveries({ owner: 'b', nodes: [node], leaseMs: 9, limit: 9 })).to.deep.equal([]);
    expect(await ledger().finishDeliveries([{ id: 'op:send:1', rev: 1 }])).to.deep.equal(['ok']);
    expect(await ledger().operation({ key: 'send:1' })).to.include({ state: 'done', envelope: 'e', attempt: 1 });
  });

  it('writes its entry into the journal when it is done, and not when somebody else had it', async () => {
    await ledger().applyTruth(truth('e', 'signed'));
    const { rev } = mine(await ledger().beginOperation(begin({ envelope: 'e' })));
    store().now += 1000;
    const { rev: later } = mine(await ledger().beginOperation(begin({ envelope: 'e' })));
    const audit = { kind: 'archived', body: { items: 1 } };
    expect(await ledger().finishOperation({ key: 'send:1', rev, result: {}, audit })).to.equal('stale');
    expect(await ledger().finishOperation({ key: 'send:1', rev: later, result: {}, audit })).to.equal('ok');
    const { entries, intact } = await ledger().journal({ account, envelope: 'e' });
    expect(entries.filter(({ kind }) => kind === 'archived').map(({ body }) => body)).to.deep.equal([{ items: 1 }]);
    expect(intact).to.equal(true);
  });

  it('hands its message out again when the owner vanished before emitting it', async () => {
    const { rev } = mine(await ledger().beginOperation(begin()));
    const delivery = { id: 'op', node, port: 0, body: 7, claimed: { owner: 'a', leaseMs: 1000 } };
    await ledger().finishOperation({ key: 'send:1', rev, result: {}, delivery });
    store().now += 1000;
    const [again] = await ledger().claimDeliveries({ owner: 'b', nodes: [node], leaseMs: 9, limit: 9 });
    expect(again).to.include({ id: 'op', rev: 2, attempt: 2, kind: 'operation', message: '{"m":1}', body: 7 });
  });

  it('is tried again at its time in its lane, and fails for good when told so', async () => {
    const first = mine(await ledger().beginOperation(begin({ clock: 'v' })));
    const error = { code: 'UNREACHABLE', message: 'no network' };
    await ledger().failOperation({ key: 'send:1', rev: first.rev, error, retryAt: store().now + 1000 });
    const at = (shift: number) => [{ clock: 'v', shift }];
    expect(await ledger().nextDue({ nodes: [node], lanes: at(400) })).to.equal(600);
    expect(await claim({ lanes: at(999) })).to.deep.equal([]);
    const [second] = await claim({ lanes: at(1000) });
    expect(second).to.deep.include({ attempt: 2, error });
    await ledger().failOperation({ key: 'send:1', rev: second!.rev, error, retryAt: null });
    expect((await ledger().faults({ limit: 9 }))[0]).to.include({ what: 'operation', error: 'no network' });
    const third = mine(await ledger().beginOperation(begin({ fingerprint: 'f2', message: '{"m":2}' })));
    expect(third).to.include({ repeat: true, attempt: 3, fingerprint: 'f2', progress: null });
  });

  it('tells another request under the same key while the outcome of the first is unknown', async () => {
    await ledger().beginOperation(begin());
    store().now += 1000;
    const again = mine(await ledger().beginOperation(begin({ fingerprint: 'f2', message: '{"m":2}' })));
    expect(again).to.include({ repeat: true, fingerprint: 'f1' });
    expect(await ledger().operation({ key: 'send:1' })).to.include({ fingerprint: 'f1' });
  });

  it('can be planned for later', async () => {
    const due = store().now + 500;
    expect(await ledger().beginOperation(begin({ notBefore: due }))).to.deep.equal({ state: 'scheduled', due });
    expect(await ledger().beginOperation(begin())).to.deep.equal({ state: 'scheduled', due });
    expect(await claim()).to.deep.equal([]);
    store().now = due;
    expect((await claim())[0]).to.include({ attempt: 1 });
  });
});
