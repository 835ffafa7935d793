import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Envelope } from '../../lib/core-signature/signers';
import { toError } from '../../lib/errors';
import { decodeMessage } from '../../lib/ledger/message';
import { accountNode } from '../../lib/node-red/account-ref';
import { construct, readConfig } from '../../lib/node-red/construct';
import { closing, type FlowMessage, type Send } from '../../lib/node-red/handlers';
import { showHealth } from '../../lib/node-red/health';
import { hostOf } from '../../lib/node-red/host';
import { messageKey, park, released } from '../../lib/node-red/message';
import { show } from '../../lib/node-red/status';
import { compose } from '../../lib/process/compose';
import { isTakenOver } from '../../lib/process/lease';
import { resumeSend, type SendResult, type SentBody, sendEnvelope } from '../../lib/process/send';
import { sendEnvelopeConfig } from './config';
import { draftOf } from './draft';
import { externalIdOf, outgoing, withoutDocumentsAndPasswords } from './message';

/** Sends a document for signature, once, and puts the envelope on the message. */
export = (RED: NodeAPI): void => {
  const host = hostOf(RED);

  function SendEnvelope(this: Node, definition: NodeDef): void {
    construct(RED, this, definition, () => {
      const config = readConfig(sendEnvelopeConfig, definition);
      const { account } = accountNode(RED, config.account);
      const { dispatcher } = account;
      let sending = 0;

      const emitted = (deliveryId: string, message: FlowMessage, result: SendResult, send: Send): Promise<void> =>
        host.deliveries.emitted(this, deliveryId, () => send(outgoing(message, result)));

      /**
       * Sends on what has just been carried out here. A repeat has no row in the ledger that could be lost, and says that its
       * message has left before.
       */
      const emit = async (message: FlowMessage, result: SendResult, send: Send): Promise<void> => {
        const { deliveryId, claimed } = result;
        if (claimed) {
          const run = () => emitted(deliveryId, message, result, send);
          await dispatcher.emitClaimed({ id: deliveryId, rev: claimed.rev }, claimed.since, run);
        } else {
          await emitted(deliveryId, { ...message, redelivered: true }, result, send);
        }
      };

      const showSending = (by: number): void => {
        sending += by;
        if (!dispatcher.health.trouble)
          show(this, sending > 0 ? 'working' : 'idle', sending > 0 ? String(sending) : '');
      };

      const stopWatching = showHealth(this, dispatcher, () => showSending(0));
      const detach = dispatcher.attachNode(this.id, {
        deliver: async (delivery) => {
          const { envelope, redelivered, ...message } = await released(account, delivery);
          const result = { ...(delivery.body as SentBody), envelope: envelope as Envelope, deliveryId: delivery.id };
          const again = { ...message, ...(redelivered === true && { redelivered }) } as FlowMessage;
          await emitted(delivery.id, again, result, (out) => this.send(out));
        },
        resume: async (operation) => {
          const message = decodeMessage(operation.message) as FlowMessage;
          try {
            await emit(message, await resumeSend(account, operation), (out) => this.send(out));
          } catch (thrown) {
            if (!isTakenOver(thrown)) this.error(toError(thrown), message);
          }
        },
      });

      const sendFrom = async (message: FlowMessage, send: Send): Promise<void> => {
        showSending(+1);
        try {
          const draft = await draftOf(RED, this, config, message);
          const composed = (externalId: string) =>
            compose({ ...draft, externalId, callbackUrl: account.callbackUrl }, (uuid) =>
              account.client.templates.urlOf(uuid),
            );
          const { externalId, foreignId } = externalIdOf(draft, composed, `${this.id}/${messageKey(message)}`);
          const bare = withoutDocumentsAndPasswords(message, config);
          const result = await sendEnvelope(account, {
            node: this.id,
            externalId,
            foreignId,
            composition: composed(externalId),
            source: draft.source,
            attachments: draft.attachments,
            message: park(bare),
            retryForMs: config.retrySeconds * 1000,
          });
          const sentOn = emit(bare, result, send);
          // The flow behind may take its time; this node is done as soon as the message has left. When it was closed, the
          // ledger is about to be closed as well, so leaving the message to the successor comes first.
          if (closing(this).aborted) await sentOn;
          sentOn.catch((thrown: unknown) => this.warn(toError(thrown).message));
        } finally {
          showSending(-1);
        }
      };

      return {
        input: (message, send) => dispatcher.during(() => sendFrom(message, send)),
        close: () => {
          stopWatching();
          detach();
        },
      };
    });
  }

  RED.nodes.registerType('send-envelope', SendEnvelope);
};
