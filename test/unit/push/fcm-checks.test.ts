import { expect } from 'chai';
import { createProvider } from '../../../dist/lib/push/provider';
import type { Recipient } from '../../../dist/lib/push/recipients';
import type { ProviderSettings } from '../../../dist/lib/push/settings';
import { deviceToken, expectClean, notificationOf, privateKeyPem, serviceAccount, thrownBy, toolsAt } from './fixtures';

const device: Recipient = { kind: 'fcmToken', token: deviceToken };
const context = { idempotencyKey: 'key-1' };

/** Nobody listens there: a request would end as `retry`. */
const nowhere = 'http://127.0.0.1:1';
const provider = (overrides: object = {}) =>
  createProvider(
    { kind: 'fcm', serviceAccount, baseUrl: nowhere, tokenUrl: nowhere, ...overrides } as ProviderSettings,
    toolsAt(),
  );

describe('FCM, before anything is sent', () => {
  it('checks the size to the byte: 4,096 for devices, 2,048 for topics', () => {
    const fcm = provider();
    const bare = { link: '', body: '' };
    const sizeOf = (length: number) => notificationOf({ ...bare, title: 'x'.repeat(length) });
    const overheadIn = (limit: number, recipient: Recipient) => {
      const error = thrownBy(() => fcm.check(sizeOf(limit), recipient));
      expect(error.code).to.equal('PAYLOAD_TOO_LARGE');
      return Number(/has (\d+) bytes/.exec(error.message)![1]) - limit;
    };
    for (const [recipient, limit] of [
      [device, 4096],
      [{ kind: 'topic', topic: 'news' }, 2048],
    ] as [Recipient, number][]) {
      const room = limit - overheadIn(limit, recipient);
      fcm.check(sizeOf(room), recipient);
      expect(thrownBy(() => fcm.check(sizeOf(room + 1), recipient)).code).to.equal('PAYLOAD_TOO_LARGE');
      // Bytes count, not characters.
      const umlaut = notificationOf({ ...bare, title: `${'x'.repeat(room - 1)}ü` });
      expect(thrownBy(() => fcm.check(umlaut, recipient)).code).to.equal('PAYLOAD_TOO_LARGE');
    }
  });

  it('refuses recipients it cannot reach', async () => {
    const recipient: Recipient = { kind: 'phone', phone: '+491701234567' };
    const error = thrownBy(() => provider().check(notificationOf(), recipient));
    expect(error).to.include({ code: 'BAD_RECIPIENT' });
    expectClean(error, '491701234567');
    expect(await provider().send(notificationOf(), recipient, context)).to.include({
      state: 'failed',
      code: 'BAD_RECIPIENT',
    });
  });

  it('names what is wrong with a service account and shows nothing of it', () => {
    const marker = 'MARKER';
    const cases: [unknown, string][] = [
      ['', 'serviceAccount'],
      [undefined, 'serviceAccount'],
      [`{"private_key": "${marker}`, 'serviceAccount'],
      [{ ...serviceAccount, type: 'authorized_user' }, 'serviceAccount.type'],
      [{ ...serviceAccount, project_id: '' }, 'serviceAccount.project_id'],
      [{ ...serviceAccount, private_key: `-----BEGIN PRIVATE KEY-----\n${marker}` }, 'serviceAccount.private_key'],
      [{ ...serviceAccount, private_key: undefined }, 'serviceAccount.private_key'],
      [{ ...serviceAccount, client_email: marker }, 'serviceAccount.client_email'],
      [{ ...serviceAccount, token_uri: 'http://evil.example' }, 'serviceAccount.token_uri'],
    ];
    for (const [account, field] of cases) {
      const error = thrownBy(() => provider({ serviceAccount: account } as never));
      expect(error, error.message).to.include({ code: 'BAD_CONFIG', field });
      expectClean(error, marker);
    }
    provider({ serviceAccount: JSON.stringify(serviceAccount) } as never);
    provider({ serviceAccount: { ...serviceAccount, private_key: privateKeyPem.replaceAll('\n', '\\n') } } as never);
    expect(thrownBy(() => provider({ baseUrl: 'http://fcm.example' } as never)).field).to.equal('baseUrl');
  });
});
