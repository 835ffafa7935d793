/** One way to make any of the push providers. */
import { lazy } from '../lazy';
import { checked } from './checked';
import { createFcmProvider } from './providers/fcm';
import { createOpenTextProvider } from './providers/opentext';
import { createWebhookProvider } from './providers/webhook';
import { type ProviderSettings, settingsSchema } from './settings';
import type { ProviderTools, PushProvider } from './types';

export type { ProviderSettings } from './settings';
export type * from './types';

const webPush = lazy(() => require('./providers/webpush') as typeof import('./providers/webpush'));

/**
 * Checks a configuration and makes its provider.
 *
 * @param settings as the dialog and the credentials give them; empty texts count as missing where that is allowed
 * @param tools clock of the account, user agent
 * @throws SignatureError BAD_CONFIG naming the field; values are never repeated
 */
export function createProvider(settings: ProviderSettings, tools: ProviderTools): PushProvider {
  const given = checked(settingsSchema, settings, { code: 'BAD_CONFIG', name: 'kind' });
  switch (given.kind) {
    case 'fcm':
      return createFcmProvider(given, tools);
    case 'webpush':
      return webPush().createWebPushProvider(given, tools);
    case 'opentext':
      return createOpenTextProvider(given, tools);
    case 'webhook':
      return createWebhookProvider(given, tools);
  }
}
