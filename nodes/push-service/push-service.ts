import type { NodeAPI, NodeDef } from 'node-red';
import { SignatureError } from '../../lib/errors';
import { lazy } from '../../lib/lazy';
import { type AccountNode, accountNode } from '../../lib/node-red/account-ref';
import { constructConfig, readConfig } from '../../lib/node-red/construct';
import { onClose } from '../../lib/node-red/handlers';
import { hostOf, releasedWhenRefused } from '../../lib/node-red/host';
import { ledgerChoice } from '../../lib/node-red/ledger-ref';
import type { PushServiceNode } from '../../lib/node-red/push-ref';
import { addTestRoute } from '../../lib/node-red/test-route';
import type { PushService } from '../../lib/process/notify';
import type { RecipientRules } from '../../lib/push/recipients';
import { systemClock } from '../../lib/time/clock';
import { pushServiceConfig, pushServiceCredentials } from './config';
import { withSandboxDefaults } from './sandbox-defaults';
import { settingsOf } from './settings';

const providers = lazy(() => require('../../lib/push/provider') as typeof import('../../lib/push/provider'));
const recipients = lazy(() => require('../../lib/push/recipients') as typeof import('../../lib/push/recipients'));

const userAgent = 'node-red-core-signature';

/** Who carries notifications, and where browsers register for them. */
export = (RED: NodeAPI): void => {
  const host = hostOf(RED);

  function PushServiceConfigNode(this: PushServiceNode, definition: NodeDef): void {
    constructConfig(RED, this, definition, () => open(this, definition));
  }

  function open(node: PushServiceNode, definition: NodeDef): void {
    const given = readConfig(pushServiceConfig, definition);
    const account = given.account === '' ? undefined : accountNode(RED, given.account).account;
    const secrets = pushServiceCredentials.parse(node.credentials ?? {});
    const { config, credentials } = withSandboxDefaults(given, secrets, account);
    const { dispatcher, release } = host.useDispatcher(ledgerChoice(RED, host, config.ledger), node);
    const clock = account?.clock ?? dispatcher.clock;
    const provider = releasedWhenRefused(release, () =>
      providers().createProvider(settingsOf(config, credentials), { clock, userAgent }),
    );
    const service: PushService = { id: node.id, provider, dispatcher, clock, lane: account?.lane ?? '' };
    const rules: RecipientRules = {
      hosts: config.pushHosts.split(/\s+/).filter((name) => name !== ''),
      allowPrivateAddresses: config.allowPrivateAddresses,
    };
    const registration = releasedWhenRefused(release, () =>
      openRegistration(service, rules, config.registration, config.vapidPublicKey, credentials.registrationSecret),
    );
    const detach = dispatcher.attachAccount({ id: node.id, clock, lane: service.lane, timer: async () => {} });
    node.push = {
      service,
      rules,
      language: config.language,
      zone: config.zone,
      publicOrigin: account?.callbackUrl ? new URL(account.callbackUrl).origin : '',
      invitations: registration?.invitations,
      allowHttpLinks: service.lane !== '',
    };
    onClose(node, async () => {
      registration?.close();
      detach();
      await release();
    });
  }

  function openRegistration(
    service: PushService,
    rules: RecipientRules,
    name: string,
    publicKey: string,
    secret: string,
  ) {
    if (name === '') return undefined;
    if (secret === '') {
      throw new SignatureError(
        'BAD_CONFIG',
        'registrationSecret is empty. Without it anybody could register devices.',
        {
          field: 'registrationSecret',
        },
      );
    }
    return host.devices.open(name, {
      secret,
      publicKey,
      now: () => service.clock.now(),
      register: async (person, subscription) => {
        const recipient = recipients().parseRecipient(
          { kind: 'webPush', ...(subscription as object) },
          rules,
          'subscription',
        );
        const ledger = await service.dispatcher.ledger();
        await ledger.putDevice({ service: service.id, person, kind: 'webPush', address: recipient, label: 'browser' });
      },
    });
  }

  addTestRoute(RED, 'push-service', 'push-service', async (config, credentials) => {
    const given = readConfig(pushServiceConfig, config);
    const account = given.account === '' ? undefined : accountNode(RED, given.account).account;
    const complete = withSandboxDefaults(given, pushServiceCredentials.parse(credentials), account);
    const settings = settingsOf(complete.config, complete.credentials);
    const provider = providers().createProvider(settings, { clock: account?.clock ?? systemClock, userAgent });
    return (await provider.test())
      ? 'The service accepts the credentials.'
      : 'The settings are complete. Whether they work shows with the first notification.';
  });

  RED.nodes.registerType<PushServiceNode & AccountNode, NodeDef, Record<string, never>, Record<string, string>>(
    'push-service',
    PushServiceConfigNode,
    {
      credentials: {
        serviceAccount: { type: 'password' },
        vapidPrivateKey: { type: 'password' },
        password: { type: 'password' },
        clientSecret: { type: 'password' },
        webhookSecret: { type: 'password' },
        registrationSecret: { type: 'password' },
      },
    },
  );
};
