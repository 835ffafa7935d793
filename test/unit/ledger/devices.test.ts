import { expect } from 'chai';
import { onBothEngines } from './stores';

onBothEngines('ledger devices', ({ store, ledger }) => {
  const service = 'push1';
  const put = (person: string, address: unknown, more: object = {}) =>
    ledger().putDevice({ service, person, kind: 'webpush', address, label: `of ${person}`, ...more });
  const addresses = async (...persons: string[]) =>
    (await ledger().devicesOf({ service, persons })).map(({ address }) => address);

  it('knows a device by its address, however it is written', async () => {
    const { id, fresh } = await put('a@x.de', { endpoint: 'https://p/1', keys: { auth: 'k', p256dh: 'q' } });
    expect(fresh).to.equal(true);
    store().now += 5;
    const again = await put('a@x.de', { keys: { p256dh: 'q', auth: 'k' }, endpoint: 'https://p/1' }, { label: 'new' });
    expect(again).to.deep.equal({ id, fresh: false });
    expect((await put('a@x.de', 'https://p/1')).id).not.to.equal(id);
    expect((await put('a@x.de', { endpoint: 'https://p/1' }, { kind: 'fcm' })).id).not.to.equal(id);
    const [device] = await ledger().devicesOf({ service, persons: ['a@x.de'] });
    expect(device).to.deep.equal({
      id,
      service,
      person: 'a@x.de',
      kind: 'webpush',
      address: { endpoint: 'https://p/1', keys: { auth: 'k', p256dh: 'q' } },
      label: 'new',
      clock: '',
      createdAt: store().now - 5,
      updatedAt: store().now,
      lastOk: null,
      deadAt: null,
      reason: '',
    });
  });

  it('moves a device to the person who registered it last', async () => {
    const { id } = await put('a@x.de', 'token');
    await ledger().markDevice({ id, ok: true });
    expect(await put('b@x.de', 'token')).to.deep.equal({ id, fresh: true });
    expect(await addresses('a@x.de')).to.deep.equal([]);
    expect(await ledger().devicesOf({ service, persons: ['b@x.de'] })).to.have.nested.property('[0].lastOk', null);
    await put('a@x.de', 'other');
    expect(await addresses('a@x.de', 'b@x.de', 'c@x.de')).to.deep.equal(['other', 'token']);
    expect(await addresses()).to.deep.equal([]);
    expect(await ledger().devicesOf({ service: 'push2', persons: ['a@x.de', 'b@x.de'] })).to.deep.equal([]);
  });

  it('no longer offers a dead device, until it is registered again', async () => {
    const { id } = await put('a@x.de', 'token');
    expect(await ledger().markDevice({ id, ok: true })).to.equal(true);
    expect(await ledger().markDevice({ id, ok: false, reason: 'not registered' })).to.equal(true);
    expect(await ledger().markDevice({ id: 'unknown', ok: true })).to.equal(false);
    expect(await addresses('a@x.de')).to.deep.equal([]);
    const [dead] = await ledger().listDevices({ service, dead: true, limit: 9 });
    expect(dead).to.include({ lastOk: store().now, deadAt: store().now, reason: 'not registered' });
    expect(await put('a@x.de', 'token')).to.deep.equal({ id, fresh: true });
    expect(await addresses('a@x.de')).to.deep.equal(['token']);
    expect(await ledger().listDevices({ service, dead: true, limit: 9 })).to.deep.equal([]);
  });

  it('removes by id, address or person, of one service only', async () => {
    const { id } = await put('a@x.de', 'one');
    for (const address of ['two', 'three', 'four']) await put('a@x.de', address);
    await put('a@x.de', 'two', { service: 'push2' });
    expect(await ledger().removeDevice({ service: 'push2', id })).to.equal(0);
    expect(await ledger().removeDevice({ service, id })).to.equal(1);
    expect(await ledger().removeDevice({ service, address: 'two' })).to.equal(1);
    expect(await ledger().removeDevice({ service, person: 'a@x.de' })).to.equal(2);
    expect(await ledger().removeDevice({ service, person: 'a@x.de' })).to.equal(0);
    expect(await ledger().listDevices({ limit: 9 })).to.have.length(1);
  });

  it('comes in pages, and takes addresses of any length', async () => {
    for (let i = 0; i < 5; i += 1) await put(`p${i}@x.de`, `${i}`.repeat(4000));
    const first = await ledger().listDevices({ service, limit: 3 });
    const rest = await ledger().listDevices({ service, after: first.at(-1)!.id, limit: 9 });
    expect(new Set([...first, ...rest].map(({ person }) => person)).size).to.equal(5);
    expect(await ledger().listDevices({ person: 'p1@x.de', dead: false, limit: 9 })).to.have.length(1);
  });

  it('is one device when several runtimes register it at once', async () => {
    const other = await store().open();
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        (i % 2 ? ledger() : other).putDevice({ service, person: 'a', kind: 'fcm', address: 't', label: '' }),
      ),
    );
    expect(results.filter(({ fresh }) => fresh)).to.have.length(1);
    expect(await ledger().listDevices({ limit: 99 })).to.have.length(1);
  });

  it('forgets those that died long ago', async () => {
    const { id } = await put('a@x.de', 'dead');
    await put('a@x.de', 'alive');
    await ledger().markDevice({ id, ok: false });
    store().now += 1000;
    expect(await ledger().prune({ before: store().now })).to.include({ rows: 1 });
    expect(await addresses('a@x.de')).to.deep.equal(['alive']);
    expect(await ledger().listDevices({ limit: 9 })).to.have.length(1);
  });
});
