import { createECDH, generateKeyPairSync, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { SignatureError } from '../../../dist/lib/errors';
import { createNotification, type NotificationInput } from '../../../dist/lib/push/message';
import type { ProviderTools, SendResult } from '../../../dist/lib/push/types';
import { VirtualPace } from '../http/virtual-pace';

/** A Thursday evening before a weekend, so that nothing depends on today. */
export const now = Date.UTC(2030, 4, 30, 18, 0, 0);

/** Stands still until it is set. */
export class FixedClock {
  constructor(public time = now) {}
  now() {
    return this.time;
  }
  shift() {
    return 0;
  }
  onShift() {
    return () => {};
  }
}

export const toolsAt = (time = now): ProviderTools & { clock: FixedClock; pace: VirtualPace } => ({
  clock: new FixedClock(time),
  userAgent: 'test/1',
  pace: new VirtualPace({ start: time }),
});

export const notificationOf = (overrides: Partial<NotificationInput> = {}, envelopeId: string | undefined = 'env-1') =>
  createNotification(
    {
      title: 'Please sign: NDA',
      body: 'Your signature is needed.',
      link: 'https://sign.example/s/SECRETLINK',
      ...overrides,
    },
    { clock: new FixedClock(), envelopeId },
  );

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const rsaPublicKey = rsa.publicKey;
export const privateKeyPem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

export const serviceAccount = {
  type: 'service_account',
  project_id: 'demo-project',
  private_key_id: 'key-1',
  private_key: privateKeyPem,
  client_email: 'push@demo-project.iam.gserviceaccount.com',
  token_uri: 'https://oauth2.googleapis.com/token',
};

/** A subscription with real keys. */
export function subscriptionAt(endpoint: string) {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  return {
    kind: 'webPush' as const,
    endpoint,
    keys: { p256dh: ecdh.getPublicKey('base64url'), auth: randomBytes(16).toString('base64url') },
  };
}

export const deviceToken = 'dEvIcE-ToKeN_0123456789:APA91bExampleExample';

/** What a call throws; fails when it is not one of ours. */
export function thrownBy(call: () => unknown): SignatureError {
  try {
    const value = call();
    return expect.fail(`should have failed, gave ${inspect(value)}`);
  } catch (thrown) {
    expect(thrown, inspect(thrown)).to.be.instanceOf(SignatureError);
    return thrown as SignatureError;
  }
}

export function expectClean(result: SendResult | Error, ...hidden: string[]) {
  const text = `${inspect(result, { depth: 10, showHidden: true })} ${JSON.stringify(result)}`;
  for (const secret of hidden) expect(text).to.not.include(secret);
}
