import type { Node, NodeAPI, NodeDef } from 'node-red';
import { SignatureError, toError } from '../../lib/errors';
import type { AccountNode } from '../../lib/node-red/account-ref';
import { constructConfig, readConfig } from '../../lib/node-red/construct';
import { onClose } from '../../lib/node-red/handlers';
import { hostOf, releasedWhenRefused } from '../../lib/node-red/host';
import { ledgerChoice } from '../../lib/node-red/ledger-ref';
import type { WebhookAnswer } from '../../lib/node-red/webhook-route';
import type { SignatureAccount } from '../../lib/process/account';
import { takeIn } from '../../lib/process/intake';
import { Reconciler } from '../../lib/process/reconcile';
import { runRefresh } from '../../lib/process/refresh';
import { SandboxClock } from '../../lib/process/sandbox-clock';
import { Registrar } from '../../lib/process/subscriptions';
import { addAdminRoutes } from './admin-routes';
import { accountConfig, accountCredentials } from './config';
import { connect } from './connection';

/** An account of Core Signature: its client, its webhook, its place in the ledger. */
export = (RED: NodeAPI): void => {
  const host = hostOf(RED);
  addAdminRoutes(RED, host);

  function CoreSignatureAccount(this: AccountNode, definition: NodeDef): void {
    constructConfig(RED, this, definition, () => open(this, definition));
  }

  function open(node: AccountNode, definition: NodeDef): void {
    const config = readConfig(accountConfig, definition);
    const { dispatcher, release } = host.useDispatcher(ledgerChoice(RED, host, config.ledger), node);
    const connection = releasedWhenRefused(release, () =>
      connect(node.id, config, accountCredentials.parse(node.credentials ?? {}), dispatcher.clock),
    );
    const { client, clock, hashKeys, webhookPath, secret } = connection;
    const account: SignatureAccount = {
      id: node.id,
      client,
      dispatcher,
      clock,
      lane: config.service === 'sandbox' ? node.id : '',
      hashKeys,
      secret,
      callbackUrl: host.webhooks.url(config.publicUrl, webhookPath),
      allowPrivateAddresses: config.allowPrivateAddresses,
    };
    const detach = dispatcher.attachAccount({
      id: node.id,
      clock,
      lane: account.lane,
      timer: (timer, ledger) => runRefresh(account, timer, ledger),
    });
    if (clock instanceof SandboxClock) clock.keepIn(dispatcher, node.id).catch(() => undefined);
    const closeWebhook = host.webhooks.open(webhookPath, (body) => answerWebhook(node, account, body));
    const registrar = new Registrar(account);
    const everyMs = config.reconcileMinutes * 60_000;
    const reconciler = new Reconciler(account, {
      everyMs,
      afterwards: () => registrar.ensure(),
      onFault: (error) => node.warn(`reconciliation: ${error.message}`),
    });
    reconciler.start();
    Object.assign(node, { account, reconciler, registrar });

    onClose(node, async () => {
      closeWebhook();
      detach();
      connection.close();
      await reconciler.stop();
      await release();
    });
  }

  RED.nodes.registerType<AccountNode, NodeDef, Record<string, never>, Record<string, string>>(
    'core-signature-account',
    CoreSignatureAccount,
    {
      credentials: {
        clientSecret: { type: 'password' },
        password: { type: 'password' },
        token: { type: 'password' },
        hashKeys: { type: 'password' },
        webhookPath: { type: 'password' },
      },
    },
  );
};

/** 200 only for what is on disk; 503 when it could not be written, so that the service comes again. */
async function answerWebhook(node: Node, account: SignatureAccount, body: Buffer): Promise<WebhookAnswer> {
  try {
    await takeIn(account, body, 'webhook');
    return { status: 200 };
  } catch (thrown) {
    const error = toError(thrown);
    const code = error instanceof SignatureError ? error.code : '';
    if (code === 'FORGED_EVENT') {
      node.warn(`A webhook was refused: ${error.message}`);
      return { status: 401 };
    }
    if (code === 'BAD_EVENT') return { status: 400 };
    node.error(`A webhook could not be stored and was answered with 503: ${error.message}`);
    return { status: 503 };
  }
}
