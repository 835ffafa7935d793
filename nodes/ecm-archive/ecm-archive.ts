import path from 'node:path';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { toError } from '../../lib/errors';
import { lazy } from '../../lib/lazy';
import { decodeMessage } from '../../lib/ledger/message';
import { accountNode } from '../../lib/node-red/account-ref';
import { construct, readConfig } from '../../lib/node-red/construct';
import type { FlowMessage, Send } from '../../lib/node-red/handlers';
import { showHealth } from '../../lib/node-red/health';
import { hostOf } from '../../lib/node-red/host';
import { envelopeFrom, park, released, toPort } from '../../lib/node-red/message';
import { repositoryFrom } from '../../lib/node-red/repository-ref';
import { show } from '../../lib/node-red/status';
import { evaluate } from '../../lib/node-red/typed-input';
import type { ArchiveContext } from '../../lib/process/archiving/types';
import { isTakenOver } from '../../lib/process/lease';
import { ecmArchiveConfig } from './config';

const archiving = lazy(
  () => require('../../lib/process/archiving/archive') as typeof import('../../lib/process/archiving/archive'),
);
const requests = lazy(() => require('./request') as typeof import('./request'));

/** Fetches, verifies, packs and files what an executed envelope leaves behind. */
export = (RED: NodeAPI): void => {
  const host = hostOf(RED);

  function EcmArchive(this: Node, definition: NodeDef): void {
    construct(RED, this, definition, () => {
      const config = readConfig(ecmArchiveConfig, definition);
      const { account } = accountNode(RED, config.account);
      const userDir = RED.settings.userDir ?? process.cwd();
      const context: ArchiveContext = {
        account,
        repository: repositoryFrom(RED, config.repository),
        repositoryId: config.repository,
        workFolder: path.join(userDir, 'core-signature-archive'),
        quarantineFolder: path.join(userDir, 'core-signature-quarantine'),
      };

      const showDone = (finished: boolean): void =>
        show(this, finished ? 'idle' : 'waiting', finished ? '' : 'to be tried again');

      const stopWatching = showHealth(this, account.dispatcher, () => showDone(true));
      const detach = account.dispatcher.attachNode(this.id, {
        deliver: async (delivery) => {
          const message = { ...(await released(account, delivery)), archive: delivery.body };
          await host.deliveries.emitted(this, delivery.id, () => this.send(toPort(message, delivery.port, 2)));
        },
        resume: async (operation) => {
          try {
            showDone(await archiving().resumeArchive(context, operation));
          } catch (thrown) {
            if (!isTakenOver(thrown)) this.error(toError(thrown), decodeMessage(operation.message));
          }
        },
      });

      const archiveFrom = async (message: FlowMessage, send: Send): Promise<void> => {
        const given = await evaluate(RED, this, message, 'envelope', config.envelope, config.envelopeType);
        const envelope = envelopeFrom(given, account.id);
        show(this, 'working');
        const request = await requests().requestOf(RED, this, config, message, envelope.name || envelope.id);
        const answer = await archiving().archive(context, {
          node: this.id,
          envelope: envelope.id,
          request,
          message: park(message),
        });
        showDone(answer.state !== 'waiting');
        if (answer.state !== 'repeat') return;
        const { deliveryId, result } = answer;
        const port = result.quarantine === undefined ? 0 : 1;
        send(toPort({ ...message, archive: result, deliveryId, redelivered: true }, port, 2));
      };

      return {
        // A shutdown waits for what is under way before it closes the ledger.
        input: (message, send) => account.dispatcher.during(() => archiveFrom(message, send)),
        close: () => {
          stopWatching();
          detach();
        },
      };
    });
  }

  RED.nodes.registerType('ecm-archive', EcmArchive);
};
