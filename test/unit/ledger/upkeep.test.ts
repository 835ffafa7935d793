import { spawnSync } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { networkFileSystem } from '../../../dist/lib/ledger/network-fs';
import { deadOwners, makeOwner } from '../../../dist/lib/ledger/owner';
import { account, drain, fact, node, onBothEngines, truth, wait } from './stores';

onBothEngines('ledger upkeep', ({ store, ledger, engine }) => {
  it('gives a named lease to one owner at a time', async () => {
    const take = (owner: string) => ledger().acquireLease({ name: 'poll', owner, leaseMs: 1000 });
    expect(await take('a')).to.equal(1);
    expect(await take('b')).to.equal(null);
    expect(await take('a')).to.equal(2);
    expect(await ledger().releaseLease({ name: 'poll', rev: 1 })).to.equal('stale');
    expect(await ledger().releaseLease({ name: 'poll', rev: 2 })).to.equal('ok');
    expect(await take('b')).to.equal(3);
    store().now += 1000;
    expect(await take('a')).to.equal(4);
  });

  it('frees the work of owners that are gone, and of nobody else', async () => {
    for (const name of ['a', 'b']) await ledger().openWait(wait(name, name, { deadline: store().now }));
    const claim = (owner: string, limit: number) =>
      ledger().claimTimers({ owner, nodes: [node], lanes: [], leaseMs: 60_000, limit });
    await claim('dead', 1);
    await claim('alive', 1);
    expect(await ledger().owners({})).to.deep.equal(['alive', 'dead']);
    expect(await ledger().releaseDeadOwners({ owners: ['dead'] })).to.equal(1);
    expect(await ledger().nextDue({ nodes: [node], lanes: [] })).to.equal(0);
    expect(await claim('new', 9)).to.have.length(1);
    expect(await ledger().owners({})).to.deep.equal(['alive', 'new']);
  });

  it('shows the work of removed nodes and gives it to another node (S17)', async () => {
    for (const name of ['a', 'b']) await ledger().openWait(wait(name, name, { deadline: store().now + 5 }));
    await ledger().applyTruth(truth('b', 'signed'));
    expect(await ledger().orphans({ nodes: [node] })).to.deep.equal([]);
    expect(await ledger().orphans({ nodes: [] })).to.deep.equal([
      { node, waits: 1, timers: 0, deliveries: 1, operations: 0 },
    ]);
    expect(await ledger().rebind({ from: node, to: 'n2' })).to.equal(1);
    expect((await ledger().waitStats({ nodes: [node, 'n2'] })).map(({ open }) => open)).to.deep.equal([0, 1]);
    await ledger().applyTruth(truth('a', 'signed'));
    expect((await drain(ledger(), ['n2'])).map(({ id }) => id)).to.have.members(['wait:a', 'wait:b']);
    expect(await ledger().dropNode({ node: 'n2' })).to.equal(0);
  });

  it('prunes what has ended, keeps the journal and the door closed', async () => {
    await ledger().setListener({ account, node });
    await ledger().openWait(wait('w', 'e', { deadline: store().now + 9e9 }));
    await ledger().openWait(wait('x', 'busy'));
    await ledger().applyTruth(truth('e', 'signed', { events: [fact('a')] }));
    await ledger().applyTruth(truth('open', 'sent'));
    await ledger().applyTruth(truth('undelivered', 'signed', { events: [fact('a')] }));
    await drain(ledger(), [node]);
    await ledger().openWait(wait('y', 'undelivered'));
    store().now += 1000;
    const result = await ledger().prune({ before: store().now });
    expect(result).to.include({ envelopes: 1, more: false });
    expect(await ledger().listWaits({ limit: 9 })).to.have.length(2);
    expect(await ledger().envelope({ account, id: 'e' })).to.include({
      prunedAt: store().now,
      snapshot: null,
      name: '',
    });
    const event = { ...fact('new'), envelope: 'e' };
    expect(await ledger().receiveEvents({ account, origin: 'poll', events: [event] })).to.deep.equal(['duplicate']);
    expect(await ledger().applyTruth(truth('e', 'declined', { events: [fact('a')] }))).to.include({
      freshEvents: 0,
      moved: false,
    });
    expect((await ledger().journal({ account, envelope: 'e' })).intact).to.equal(true);
    expect((await ledger().journal({ account, envelope: 'e' })).entries).to.have.length.greaterThan(2);
  });

  it('pages through waits', async () => {
    for (let i = 0; i < 5; i += 1) await ledger().openWait(wait(`w${i}`, 'e'));
    const first = await ledger().listWaits({ node, limit: 3 });
    const rest = await ledger().listWaits({ node, after: first.at(-1)!.id, limit: 3 });
    expect([...first, ...rest].map(({ id }) => id)).to.deep.equal(['w0', 'w1', 'w2', 'w3', 'w4']);
  });

  // The other engine has no file to change.
  if (engine === 'postgres') return;

  it('notices when a journal was changed behind its back', async () => {
    await ledger().appendAudit({ account, envelope: 'e', kind: 'one', body: { b: 2, a: 1 } });
    await ledger().appendAudit({ account, envelope: 'e', kind: 'two', body: null });
    const intact = async () => (await ledger().journal({ account, envelope: 'e' })).intact;
    expect(await intact()).to.equal(true);
    const db = new DatabaseSync((store().options as { file: string }).file);
    for (const [change, undo] of [
      [`update audit set body = '{"a":9}' where seq = 1`, `update audit set body = '{"a":1,"b":2}' where seq = 1`],
      [
        'update audit set written_at = written_at + 1 where seq = 2',
        'update audit set written_at = written_at - 1 where seq = 2',
      ],
      ['update audit set seq = 3 where seq = 2', 'update audit set seq = 2 where seq = 3'],
    ] as const) {
      db.exec(change);
      expect(await intact(), change).to.equal(false);
      db.exec(undo);
      expect(await intact(), undo).to.equal(true);
    }
    db.exec('delete from audit where seq = 2');
    expect(await intact()).to.equal(false);
    db.close();
  });
});

describe('ledger owners', () => {
  it('is the same for the whole process', () => {
    expect(makeOwner())
      .to.equal(makeOwner())
      .and.match(/^[^/]+\/\d+\/[0-9a-f-]{36}$/);
  });

  it('calls dead only what certainly is', () => {
    const self = makeOwner();
    const [place, pid] = self.split('/');
    const gone = spawnSync(process.execPath, ['-e', '0']).pid;
    const dead = [`${place}/${gone}/x`, `${place}/${pid}/earlier`];
    const alive = [
      self,
      `${place}/1/x`,
      `${place}/${process.ppid}/x`,
      `elsewhere/${gone}/x`,
      `${place}/nonsense/x`,
      '',
    ];
    expect(deadOwners([...dead, ...alive])).to.deep.equal(dead);
  });
});

describe('network file systems', () => {
  const mountinfo = [
    '22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw',
    '30 22 0:40 / /data rw - nfs4 server:/x rw',
    '31 30 8:2 / /data/local rw shared:1 - xfs /dev/sdb rw',
    '32 22 0:41 / /my\\040share rw - cifs //s/x rw',
    '33 22 0:42 / /remote rw - fuse.sshfs host: rw',
    '34 22 0:43 / /cover rw - nfs a: rw',
    '35 22 0:44 / /cover rw - tmpfs tmpfs rw',
  ].join('\n');
  it('are recognised by the mount a folder is on', () => {
    const found = ['/', '/data', '/data/x', '/data/local/x', '/database', '/my share/x', '/remote', '/cover'].map(
      (folder) => networkFileSystem(folder, mountinfo),
    );
    expect(found).to.deep.equal([null, 'nfs4', 'nfs4', null, null, 'cifs', 'fuse.sshfs', null]);
    expect(networkFileSystem('\\\\server\\share', null)).to.be.a('string');
  });

  it('are not what tests run on', () => {
    expect(networkFileSystem('/tmp')).to.equal(null);
  });
});
