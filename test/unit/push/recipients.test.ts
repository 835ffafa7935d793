import { expect } from 'chai';
import {
  parseRecipient,
  parseRecipients,
  type RecipientRules,
  recipientLabel,
} from '../../../dist/lib/push/recipients';
import { deviceToken, subscriptionAt, thrownBy } from './fixtures';

const fault = (value: unknown, rules?: RecipientRules) => thrownBy(() => parseRecipient(value, rules));
const chrome = 'https://fcm.googleapis.com/fcm/send/abc:def';

describe('recipients', () => {
  it('accepts every kind and tidies it', () => {
    const subscription = subscriptionAt(chrome);
    const padded = {
      p256dh: Buffer.from(subscription.keys.p256dh, 'base64url').toString('base64'),
      auth: subscription.keys.auth,
    };
    expect(parseRecipient({ kind: 'fcmToken', token: ` ${deviceToken} ` })).to.deep.equal({
      kind: 'fcmToken',
      token: deviceToken,
    });
    expect(parseRecipient({ kind: 'fid', fid: 'c'.padEnd(22, '0') })).to.have.property('fid');
    expect(parseRecipient({ kind: 'topic', topic: '/topics/news' })).to.deep.equal({ kind: 'topic', topic: 'news' });
    expect(
      parseRecipient({ kind: 'condition', condition: "'a' in topics && ('b' in topics || !('c' in topics))" }),
    ).to.be.an('object');
    expect(parseRecipient({ ...subscription, keys: padded, expirationTime: null })).to.deep.equal({
      ...subscription,
      expirationTime: null,
    });
    expect(parseRecipient({ kind: 'phone', phone: '+49 (170) 123-4567' })).to.deep.equal({
      kind: 'phone',
      phone: '+491701234567',
    });
    expect(parseRecipient({ kind: 'whatsapp', phone: '+491701234567' })).to.have.property('kind', 'whatsapp');
    expect(parseRecipient({ kind: 'email', email: 'a@b.example' })).to.have.property('email', 'a@b.example');
    expect(parseRecipient({ kind: 'url', url: 'https://hooks.example/x' })).to.have.property('kind', 'url');
    expect(parseRecipient({ kind: 'opentext', devices: ['x', { any: 1 }] })).to.have.deep.property('devices', [
      'x',
      { any: 1 },
    ]);
  });

  it('refuses malformed addresses, naming the field and not the value', () => {
    const good = subscriptionAt(chrome);
    const off = Buffer.from(good.keys.p256dh, 'base64url');
    off[64]! ^= 1;
    const cases: [unknown, string][] = [
      [{ kind: 'fcmToken', token: 'has blank MARKER' }, 'recipient.token'],
      [{ kind: 'fcmToken', token: 'short' }, 'recipient.token'],
      [{ kind: 'fcmToken' }, 'recipient.token'],
      [{ kind: 'fid', fid: `a${'0'.repeat(21)}` }, 'recipient.fid'],
      [{ kind: 'topic', topic: 'a b MARKER' }, 'recipient.topic'],
      [{ kind: 'condition', condition: "'a' in topics &&" }, 'recipient.condition'],
      [{ kind: 'condition', condition: "'a' in topics || (MARKER)" }, 'recipient.condition'],
      [{ kind: 'condition', condition: Array(6).fill("'a' in topics").join(' && ') }, 'recipient.condition'],
      [{ kind: 'phone', phone: '0170 MARKER' }, 'recipient.phone'],
      [{ kind: 'phone', phone: '0170123456' }, 'recipient.phone'],
      [{ kind: 'email', email: 'MARKER@' }, 'recipient.email'],
      [{ ...good, keys: undefined }, 'recipient.keys'],
      [{ ...good, keys: { ...good.keys, auth: 'MARKER' } }, 'recipient.keys.auth'],
      [{ ...good, keys: { ...good.keys, p256dh: off.toString('base64url') } }, 'recipient.keys.p256dh'],
      [{ ...good, keys: { ...good.keys, p256dh: good.keys.auth } }, 'recipient.keys.p256dh'],
      [{ ...good, endpoint: 'MARKER' }, 'recipient.endpoint'],
      [{ ...good, endpoint: 'http://fcm.googleapis.com/MARKER' }, 'recipient.endpoint'],
      [{ ...good, endpoint: 'https://evil.example/MARKER' }, 'recipient.endpoint'],
      [{ ...good, endpoint: 'https://fcm.googleapis.com.evil.example/MARKER' }, 'recipient.endpoint'],
      [{ ...good, endpoint: 'https://notify.windows.com.evil.example/MARKER' }, 'recipient.endpoint'],
      [{ ...good, endpoint: 'https://u:p@fcm.googleapis.com/MARKER' }, 'recipient.endpoint'],
      [{ kind: 'url', url: 'http://hooks.example/MARKER' }, 'recipient.url'],
      [{ kind: 'url', url: 'https://10.0.0.1/MARKER' }, 'recipient.url'],
      [{ kind: 'url', url: 'https://[::ffff:127.0.0.1]/MARKER' }, 'recipient.url'],
      [{ kind: 'url', url: 'https://0x7f.1/MARKER' }, 'recipient.url'],
      [{ kind: 'url', url: 'https://localhost/MARKER' }, 'recipient.url'],
      [{ kind: 'pigeon', MARKER: 1 }, 'recipient.kind'],
      ['MARKER', 'recipient'],
      [{ kind: 'opentext', devices: 1n }, 'recipient.devices'],
    ];
    for (const [value, field] of cases) {
      const error = fault(value);
      expect(error, error.message).to.include({ code: 'BAD_RECIPIENT', field });
      expect(error.message).to.not.include('MARKER');
    }
  });

  it('knows the push services and those of the configuration', () => {
    for (const host of [
      'fcm.googleapis.com',
      'updates.push.services.mozilla.com',
      'web.push.apple.com',
      'wns2-par02p.notify.windows.com',
    ]) {
      expect(parseRecipient(subscriptionAt(`https://${host}/x`))).to.have.property('kind', 'webPush');
    }
    const own = subscriptionAt('https://push.acme.example:8443/x');
    expect(fault(own).code).to.equal('BAD_RECIPIENT');
    for (const hosts of [['push.acme.example'], ['push.acme.example:8443'], ['*.acme.example']]) {
      expect(parseRecipient(own, { hosts })).to.have.property('kind', 'webPush');
    }
    expect(fault(own, { hosts: ['push.acme.example:443'] }).code).to.equal('BAD_RECIPIENT');
  });

  it('lets private addresses and their http through only when allowed', () => {
    const local = subscriptionAt('http://127.0.0.1:9012/notify/1');
    expect(fault(local, { hosts: ['127.0.0.1'] }).code).to.equal('BAD_RECIPIENT');
    expect(parseRecipient(local, { hosts: ['127.0.0.1'], allowPrivateAddresses: true })).to.be.an('object');
    expect(parseRecipient({ kind: 'url', url: 'http://10.0.0.1/x' }, { allowPrivateAddresses: true })).to.be.an(
      'object',
    );
    expect(fault({ kind: 'url', url: 'http://hooks.example/' }, { allowPrivateAddresses: true }).code).to.equal(
      'BAD_RECIPIENT',
    );
    expect(fault({ kind: 'url', url: 'ftp://10.0.0.1/x' }, { allowPrivateAddresses: true }).code).to.equal(
      'BAD_RECIPIENT',
    );
  });

  it('needs at least one, names the position of a bad one, and drops repeated ones', () => {
    for (const none of [[], undefined, null, '']) {
      expect(thrownBy(() => parseRecipients(none))).to.include({ code: 'NO_RECIPIENT', field: 'recipients' });
    }
    const one = { kind: 'email', email: 'a@b.example' };
    expect(parseRecipients(one)).to.have.length(1);
    expect(
      parseRecipients([one, { kind: 'email', email: 'A@B.example' }, { kind: 'phone', phone: '+491701234567' }]),
    ).to.have.length(2);
    expect(thrownBy(() => parseRecipients([one, { kind: 'email', email: 'x' }]))).to.include({
      code: 'BAD_RECIPIENT',
      field: 'recipients.1.email',
    });
  });

  it('labels recipients without their address', () => {
    const label = recipientLabel(parseRecipient({ kind: 'fcmToken', token: deviceToken }));
    expect(label).to.match(/^fcmToken#[0-9a-f]{8}$/);
    expect(label).to.equal(recipientLabel({ kind: 'fcmToken', token: deviceToken }));
    expect(label).to.not.equal(recipientLabel({ kind: 'fcmToken', token: `${deviceToken}x` }));
  });
});
