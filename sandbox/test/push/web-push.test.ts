import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { generateRequestDetails, generateVAPIDKeys } from 'web-push';
import type { Json } from '../api/helpers';
import { PushSandbox } from './helpers';

/** Beginning of an encrypted body up to the sender's key. */
function encryptedHead(): Buffer {
  const bytes = Buffer.alloc(21);
  bytes.writeUInt32BE(4096, 16);
  bytes.writeUInt8(65, 20);
  return bytes;
}

describe('push: the Web Push service', () => {
  const sandbox = new PushSandbox();
  before(() => sandbox.start());
  after(() => sandbox.stop());
  beforeEach(() => sandbox.call('POST', '/sandbox/reset'));

  it('takes what web-push sends, decrypts it with the keys of the phone, and shows it', async () => {
    const subscription = await sandbox.subscription({ label: 'flows.example' });
    const texts = {
      title: 'Bitte unterschreiben: Vertrag für Müller',
      body: 'bis Freitag',
      link: 'https://sign.example/s/1',
      dueAt: '2026-01-09T12:00:00.000Z',
      badge: 2,
    };
    const payload = { ...texts, data: { matter: 7 } };
    const { status, headers } = await sandbox.webPush(subscription, payload, { urgency: 'high', topic: 'env-1' });
    expect(status).to.equal(201);
    expect(headers.get('location')).to.match(/\/push\/messages\/[\w-]+$/);
    expect(headers.get('ttl')).to.equal('3600');
    const [notification] = await sandbox.notifications();
    expect(notification).to.include({ ...texts, topic: 'env-1', replaced: false, error: null });
    expect(notification).to.deep.include({ data: { matter: 7 }, service: 'webpush', label: 'flows.example' });
    expect(await sandbox.lastCall()).to.include({
      service: 'webpush',
      status: 201,
      error: null,
      target: 'anna',
      ttl: 3600,
      topic: 'env-1',
      urgency: 'high',
    });
  });

  it('takes a message without a body, and text that is not JSON', async () => {
    const subscription = await sandbox.subscription();
    const empty = { 'Content-Encoding': undefined, 'Content-Type': undefined };
    expect((await sandbox.webPush(subscription, 'x', { change: empty, body: Buffer.alloc(0) })).status).to.equal(201);
    await sandbox.webPush(subscription, 'only words');
    const shown = (await sandbox.notifications()).map(({ title, body }) => [title, body]);
    expect(shown).to.deep.equal([
      ['Message', 'only words'],
      ['New message', ''],
    ]);
  });

  it('replaces what is visible under the same topic, and nothing of other senders', async () => {
    const mine = await sandbox.subscription();
    const other = await sandbox.subscription({ label: 'other.example' });
    await sandbox.webPush(mine, { title: 'one' }, { topic: 'env-1' });
    await sandbox.webPush(other, { title: 'theirs' }, { topic: 'env-1' });
    await sandbox.webPush(mine, { title: 'else' }, { topic: 'env-2' });
    await sandbox.webPush(mine, { title: 'two' }, { topic: 'env-1' });
    const shown = (await sandbox.notifications()).map(({ title, replaced }) => [title, replaced]);
    expect(shown).to.deep.equal([
      ['two', false],
      ['else', false],
      ['theirs', false],
      ['one', true],
    ]);
  });

  describe('a phone that is switched off', () => {
    let subscription: Json;
    beforeEach(async () => {
      subscription = await sandbox.subscription();
      await sandbox.control('PATCH', '/phones/anna', { off: true });
    });
    /** @returns titles of what the phone shows, and how much still waits */
    const switchOn = async () => {
      const { body: phone } = await sandbox.control('PATCH', '/phones/anna', { off: false });
      return [phone.notifications.map(({ title }: Json) => title), phone.waiting];
    };

    it('gets what waited, the last one of each topic only', async () => {
      await sandbox.webPush(subscription, { title: 'one' }, { topic: 'env-1' });
      await sandbox.webPush(subscription, { title: 'two' }, { topic: 'env-1' });
      expect(await sandbox.notifications()).to.deep.equal([]);
      expect(await switchOn()).to.deep.equal([['two'], 0]);
    });

    it('gets nothing whose time to live is over on the virtual clock', async () => {
      await sandbox.webPush(subscription, { title: 'dies' }, { TTL: 60 });
      await sandbox.webPush(subscription, { title: 'lives' }, { TTL: 3600 });
      await sandbox.webPush(subscription, { title: 'now or never' }, { TTL: 0 });
      await sandbox.advance('2m');
      expect(await switchOn()).to.deep.equal([['lives'], 0]);
    });

    it('gets nothing that its sender has taken back', async () => {
      const { headers } = await sandbox.webPush(subscription);
      const location = headers.get('location') ?? '';
      expect((await sandbox.call('DELETE', location)).status).to.equal(204);
      expect((await sandbox.call('DELETE', location)).status).to.equal(404);
      expect(await switchOn()).to.deep.equal([[], 0]);
    });

    it('gets after a restart what waited before it, and only while it lives', async () => {
      await sandbox.webPush(subscription, { title: 'dies' }, { TTL: 60 });
      await sandbox.webPush(subscription, { title: 'lives' }, { TTL: 3600 });
      await sandbox.restart();
      await sandbox.advance('2m');
      expect(await switchOn()).to.deep.equal([['lives'], 0]);
      expect((await sandbox.state()).pushCalls).to.have.length(2);
      await sandbox.restart();
      expect((await sandbox.notifications()).map(({ title }) => title)).to.deep.equal(['lives']);
    });
  });

  it('says 404 for a subscription that never was, 410 for one that was removed or has expired', async () => {
    const subscription = await sandbox.subscription({ expiresIn: '30d' });
    expect((await sandbox.webPush({ ...subscription, endpoint: `${sandbox.url}/push/nothing` })).status).to.equal(404);
    await sandbox.advance('29d');
    expect((await sandbox.webPush(subscription)).status).to.equal(201);
    await sandbox.advance('2d');
    expect((await sandbox.webPush(subscription)).status).to.equal(410);
    const second = await sandbox.subscription();
    expect((await sandbox.control('DELETE', `/phones/anna/subscriptions/${second.id}`)).status).to.equal(204);
    expect((await sandbox.webPush(second)).status).to.equal(410);
    const third = await sandbox.subscription();
    await sandbox.control('DELETE', '/phones/anna');
    expect((await sandbox.webPush(third)).status).to.equal(410);
  });

  it('takes 4096 bytes and refuses one more by 413', async () => {
    const subscription = await sandbox.subscription();
    const overhead = 86 + 16 + 1; // header, tag, padding
    expect((await sandbox.webPush(subscription, 'x'.repeat(4096 - overhead))).status).to.equal(201);
    expect((await sandbox.webPush(subscription, 'x'.repeat(4097 - overhead))).status).to.equal(413);
  });

  const otherKey = generateVAPIDKeys().publicKey;
  const broken: [string, number, RegExp, Parameters<PushSandbox['webPush']>[2]][] = [
    ['no TTL', 400, /TTL is missing/, { change: { TTL: undefined } }],
    ['a TTL that is no number', 400, /TTL is not/, { change: { TTL: '-1' } }],
    ['an unknown urgency', 400, /Urgency/, { change: { Urgency: 'urgent' } }],
    ['a topic of 33 characters', 400, /Topic/, { change: { Topic: 'x'.repeat(33) } }],
    ['a topic with a blank', 400, /Topic/, { change: { Topic: 'a b' } }],
    ['the older encryption', 400, /aes128gcm/, { change: { 'Content-Encoding': 'aesgcm' } }],
    ['no encryption', 400, /too short/, { body: Buffer.from('{"title":"in the clear"}') }],
    ['a key that is no point', 400, /point on P-256/, { body: Buffer.concat([encryptedHead(), randomBytes(90)]) }],
    ['no credentials', 401, /Authorization is missing/, { change: { Authorization: undefined } }],
    ['a token that is no JWT', 403, /not a JWT/, { change: { Authorization: `vapid t=abc, k=${otherKey}` } }],
  ];
  for (const [name, status, text, options] of broken) {
    it(`refuses ${name} by ${status}`, async () => {
      const answer = await sandbox.webPush(await sandbox.subscription(), { title: 'x' }, options);
      expect(answer.body).to.match(text);
      expect(answer.status).to.equal(status);
      expect(await sandbox.notifications()).to.deep.equal([]);
      expect(await sandbox.lastCall()).to.include({ status, error: answer.body });
    });
  }

  it('refuses the keys of another sender by 403, and takes any where the subscription is not restricted', async () => {
    const vapidDetails = { subject: 'mailto:other@flows.example', ...generateVAPIDKeys() };
    const restricted = await sandbox.subscription();
    const answer = await sandbox.webPush(restricted, { title: 'x' }, { vapidDetails });
    expect(answer).to.include({ status: 403, body: 'The subscription was made for another application server key.' });
    const open = await sandbox.subscription({ applicationServerKey: undefined });
    expect((await sandbox.webPush(open, { title: 'x' }, { vapidDetails })).status).to.equal(201);
  });

  it('refuses a token for another service, and one of another key', async () => {
    const subscription = await sandbox.subscription();
    const authorization = (endpoint: string, keys: object) => {
      const vapidDetails = { subject: 'mailto:sender@flows.example', ...sandbox.vapid, ...keys };
      const details = generateRequestDetails({ ...subscription, endpoint }, 'x', { vapidDetails });
      return String(details.headers.Authorization);
    };
    const send = async (value: string) => {
      const answer = await sandbox.webPush(subscription, { title: 'x' }, { change: { Authorization: value } });
      return [answer.status, answer.body];
    };
    const mine = authorization(subscription.endpoint, {});
    const theirs = authorization(subscription.endpoint, generateVAPIDKeys());
    const wrongAudience = `aud is not the origin of this push service (${sandbox.url}).`;
    expect(await send(authorization('https://push.example/x', {}))).to.deep.equal([403, wrongAudience]);
    expect(await send(theirs.replace(/k=.*/, mine.slice(mine.indexOf('k='))))).to.deep.equal([
      403,
      't is not signed by the key k.',
    ]);
    expect((await send(mine))[0]).to.equal(201);
  });

  it('shows a message for other keys as unreadable', async () => {
    const anna = await sandbox.subscription();
    const ben = await sandbox.subscription({}, 'ben');
    await sandbox.webPush({ endpoint: anna.endpoint, keys: ben.keys });
    const [notification] = await sandbox.notifications();
    expect(notification.title).to.equal('Unreadable message');
    expect(notification.error).to.equal('The message is not encrypted for the keys of this subscription.');
  });

  it('fails on demand: by status with Retry-After, without an answer, after the work', async () => {
    const subscription = await sandbox.subscription();
    await sandbox.subscription({}, 'ben');
    await sandbox.faults({
      push: [
        { service: 'fcm', code: 'UNAVAILABLE' },
        { service: 'webpush', match: 'ben', status: 410 },
        { service: 'webpush', match: 'anna', status: 429, retryAfter: 7, times: 1 },
        { match: '/push/*', kind: 'outage', times: 1 },
        { kind: 'lostAnswer', times: 1 },
      ],
    });
    const first = await sandbox.webPush(subscription);
    expect([first.status, first.headers.get('retry-after')]).to.deep.equal([429, '7']);
    const fate = () =>
      sandbox.webPush(subscription).then(
        () => 'answered',
        () => 'lost',
      );
    expect(await fate()).to.equal('lost');
    expect(await sandbox.notifications()).to.have.length(0);
    expect(await fate()).to.equal('lost');
    expect(await sandbox.notifications()).to.have.length(1);
    expect(await fate()).to.equal('answered');
  });
});
