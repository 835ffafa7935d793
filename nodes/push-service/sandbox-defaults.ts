import { createECDH, hkdfSync } from 'node:crypto';
import type { SignatureAccount } from '../../lib/process/account';
import type { PushServiceConfig, PushServiceCredentials } from './config';

/**
 * What a push service on a sandbox account need not be told, so that an example flow runs without anything being filled
 * in: keys made from the sandbox's token, and the sandbox's own push services.
 */
export function withSandboxDefaults(
  config: PushServiceConfig,
  credentials: PushServiceCredentials,
  account: SignatureAccount | undefined,
): { config: PushServiceConfig; credentials: PushServiceCredentials } {
  if (!account || account.lane === '') return { config, credentials };
  const keys = vapidKeysFrom(account.secret);
  const origin = new URL(account.client.documents.urlOf('any')).origin;
  const own = config.vapidPublicKey !== '' || credentials.vapidPrivateKey !== '';
  return {
    config: {
      ...config,
      allowPrivateAddresses: true,
      vapidSubject: config.vapidSubject || 'mailto:flows@sandbox.example',
      pushHosts: `${config.pushHosts}\n127.0.0.1\nlocalhost`,
      ...(own ? {} : { vapidPublicKey: keys.publicKey }),
      openTextUrl: config.openTextUrl || origin,
      user: config.user || 'sandbox-user',
    },
    credentials: {
      ...credentials,
      ...(own ? {} : { vapidPrivateKey: keys.privateKey }),
      password: credentials.password || 'sandbox-password',
      registrationSecret: credentials.registrationSecret || derived(account.secret, 'registration').toString('hex'),
    },
  };
}

const derived = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `core-signature push ${purpose}`, 32));

function vapidKeysFrom(secret: string): { publicKey: string; privateKey: string } {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(derived(secret, 'vapid'));
  return { publicKey: ecdh.getPublicKey('base64url', 'uncompressed'), privateKey: ecdh.getPrivateKey('base64url') };
}
