import type { ProviderSettings } from '../../lib/push/settings';
import type { PushServiceConfig, PushServiceCredentials } from './config';

const given = (text: string): string | undefined => text.trim() || undefined;

/** The provider's settings out of the dialog's fields and the credentials. */
export function settingsOf(config: PushServiceConfig, credentials: PushServiceCredentials): ProviderSettings {
  switch (config.provider) {
    case 'webpush':
      return {
        kind: 'webpush',
        vapid: {
          subject: config.vapidSubject,
          publicKey: config.vapidPublicKey,
          privateKey: credentials.vapidPrivateKey,
        },
        hosts: config.pushHosts.split(/\s+/).filter((host) => host !== ''),
        allowPrivateAddresses: config.allowPrivateAddresses,
      };
    case 'fcm':
      return {
        kind: 'fcm',
        serviceAccount: credentials.serviceAccount,
        projectId: given(config.projectId),
        ...(given(config.fcmUrl) && { baseUrl: config.fcmUrl }),
        tokenUrl: given(config.fcmTokenUrl),
        clickAction: given(config.clickAction),
        channelId: given(config.channelId),
        category: given(config.category),
      };
    case 'opentext':
      return {
        kind: 'opentext',
        region: config.region,
        ...(given(config.openTextUrl) && { baseUrl: config.openTextUrl }),
        auth:
          config.openTextAuth === 'basic'
            ? { kind: 'basic', user: config.user, password: credentials.password }
            : {
                kind: 'oauth',
                tokenUrl: config.openTextTokenUrl,
                clientId: config.clientId,
                clientSecret: credentials.clientSecret,
              },
        template: given(config.template),
        fromName: given(config.fromName),
      };
    case 'webhook':
      return {
        kind: 'webhook',
        secret: given(credentials.webhookSecret),
        allowPrivateAddresses: config.allowPrivateAddresses,
      };
  }
}
