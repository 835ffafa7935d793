import { expect } from 'chai';
import { collapseKeyFor } from '../../../dist/lib/push/collapse-key';
import {
  createNotification,
  dataOf,
  longestTtlSeconds,
  type NotificationInput,
  ttlSeconds,
} from '../../../dist/lib/push/message';
import { FixedClock, notificationOf, now, thrownBy } from './fixtures';

const fault = (overrides: Record<string, unknown>) =>
  thrownBy(() => notificationOf(overrides as Partial<NotificationInput>));

describe('notification', () => {
  it('needs a title and nothing else', () => {
    const notification = createNotification({ title: ' Hello ' }, { clock: new FixedClock() });
    expect(notification).to.deep.equal({
      title: 'Hello',
      priority: 'high',
      data: {},
      dryRun: false,
      expiresAt: now + longestTtlSeconds * 1000,
    });
    expect(fault({ title: '' })).to.include({ code: 'BAD_INPUT', field: 'title' });
    expect(fault({ title: '  ' })).to.include({ code: 'BAD_INPUT', field: 'title' });
  });

  it('takes empty and null fields for missing ones', () => {
    const notification = notificationOf({ body: '', link: null as never, dueAt: '', ttl: undefined, badge: '' });
    expect(notification).to.not.have.any.keys('body', 'link', 'dueAt', 'badge');
  });

  it('dies at the due date when that comes before the end of its time to live', () => {
    const due = new Date(now + 90_500).toISOString();
    const notification = notificationOf({ dueAt: due, ttl: '2 hours' });
    expect(notification.expiresAt).to.equal(now + 90_500);
    expect(ttlSeconds(notification, now)).to.equal(90);
    expect(ttlSeconds(notification, now + 60_000)).to.equal(30);
    expect(ttlSeconds(notification, now + 200_000)).to.equal(0);
    expect(ttlSeconds(notificationOf({ dueAt: '10 days', ttl: 60 }), now)).to.equal(60);
    expect(ttlSeconds(notificationOf({ ttl: '60' }), now)).to.equal(60);
    expect(ttlSeconds(notificationOf({ ttl: '52 weeks' }), now)).to.equal(longestTtlSeconds);
  });

  it('counts real time across a change to summer time', () => {
    const before = new FixedClock(Date.parse('2030-03-31T00:30:00+01:00'));
    const notification = createNotification({ title: 'x', dueAt: '2030-03-31T12:30:00+02:00' }, { clock: before });
    expect(ttlSeconds(notification, before.now())).to.equal(11 * 3600);
  });

  it('refuses a due date that is not in the future', () => {
    expect(fault({ dueAt: now })).to.include({ code: 'DUE_IN_PAST', field: 'dueAt' });
    expect(fault({ dueAt: '2030-05-30T17:59:59Z' })).to.include({ code: 'DUE_IN_PAST' });
    expect(fault({ dueAt: '2030-05-31' })).to.include({ code: 'BAD_INPUT', field: 'dueAt' });
    expect(notificationOf({ dueAt: now + 1 }).expiresAt).to.equal(now + 1);
  });

  it('accepts https links, links to this computer and app links, and nothing that runs', () => {
    for (const link of ['https://a.example/x', 'http://localhost:1880/s', 'http://127.0.0.1/s', 'myapp://sign/1']) {
      expect(notificationOf({ link }).link).to.equal(link);
    }
    for (const link of [
      'http://a.example/x',
      'http://localhost.example/x',
      'javascript:alert(1)',
      'javascript://%0aalert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'https://user:pass@a.example/',
      '/relative',
      'mailto:a@b.example',
    ]) {
      expect(fault({ link }), link).to.include({ code: 'BAD_INPUT', field: 'link' });
      expect(fault({ link }).message).to.not.include(link);
    }
    const context = { clock: new FixedClock(), allowHttpLinks: true };
    expect(createNotification({ title: 'x', link: 'http://192.168.1.5/s' }, context).link).to.be.a('string');
  });

  it('refuses images without https, bad badges, priorities and platform blocks', () => {
    expect(fault({ image: 'http://a.example/i.png' })).to.include({ code: 'BAD_INPUT', field: 'image' });
    expect(fault({ badge: 1.5 })).to.include({ field: 'badge' });
    expect(fault({ badge: -1 })).to.include({ field: 'badge' });
    expect(fault({ badge: 'many' })).to.include({ field: 'badge' });
    expect(fault({ priority: 'urgent' })).to.include({ field: 'priority' });
    expect(fault({ android: 'x' })).to.include({ field: 'android' });
    expect(fault({ ttl: 'soon' })).to.include({ code: 'BAD_INPUT', field: 'ttl' });
    expect(notificationOf({ badge: '3' }).badge).to.equal(3);
    expect(notificationOf({ badge: 0 }).badge).to.equal(0);
  });

  it('turns data into texts and refuses what services reserve', () => {
    expect(notificationOf({ data: { n: 1, b: true, t: 'x' } }).data).to.deep.equal({ n: '1', b: 'true', t: 'x' });
    for (const key of ['from', 'message_type', 'google.x', 'gcm.notification.x']) {
      expect(fault({ data: { [key]: '1' } }), key).to.include({ code: 'BAD_INPUT', field: 'data' });
    }
    expect(fault({ data: { nested: { a: 1 } } })).to.include({ field: 'data.nested' });
    expect(fault({ data: ['a'] })).to.include({ field: 'data' });
  });

  it('hands link, due date and envelope to the app, unless the flow gives its own', () => {
    expect(dataOf(notificationOf({ dueAt: now + 1000, data: { envelopeId: 'own' } }))).to.deep.equal({
      link: 'https://sign.example/s/SECRETLINK',
      dueAt: '2030-05-30T18:00:01.000Z',
      envelopeId: 'own',
    });
  });

  it('replaces earlier notifications of the same envelope by default', () => {
    expect(notificationOf().collapseKey).to.equal('env-1');
    expect(notificationOf({ collapseKey: 'own' }).collapseKey).to.equal('own');
    expect(createNotification({ title: 'x' }, { clock: new FixedClock() })).to.not.have.property('collapseKey');
  });

  it('survives being kept as JSON', () => {
    const notification = notificationOf({
      dueAt: '3 days',
      data: { a: 1 },
      apns: { payload: { aps: { sound: 'x' } } },
    });
    expect(JSON.parse(JSON.stringify(notification))).to.deep.equal(notification);
  });
});

describe('collapse key', () => {
  it('stays as it is where it fits', () => {
    expect(collapseKeyFor('topic', 'a'.repeat(32))).to.equal('a'.repeat(32));
    expect(collapseKeyFor('apns', 'a b'.replace(' ', ':').padEnd(64, 'x'))).to.have.length(64);
    expect(collapseKeyFor('fcm', 'any thing ü')).to.equal('any thing ü');
  });

  it('becomes a stable hash of at most 32 URL-safe characters where it does not', () => {
    for (const [target, key] of [
      ['topic', 'a'.repeat(33)],
      ['topic', '8a6f2c1e-7d0b-4b8e-9a51-000000000001'],
      ['topic', 'a b'],
      ['topic', ''],
      ['apns', 'a'.repeat(65)],
      ['apns', 'ü'.repeat(33)],
      ['apns', 'a\r\nb'],
    ] as const) {
      expect(collapseKeyFor(target, key), key).to.match(/^[\w-]{32}$/);
      expect(collapseKeyFor(target, key)).to.equal(collapseKeyFor(target, key));
      expect(collapseKeyFor(target, key)).to.not.equal(collapseKeyFor(target, `${key}x`));
    }
  });
});
