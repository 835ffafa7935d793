import type { Node, NodeAPI, NodeDef } from 'node-red';
import { toError } from '../../lib/errors';
import { lazy } from '../../lib/lazy';
import { construct, readConfig } from '../../lib/node-red/construct';
import type { OutMessage } from '../../lib/node-red/handlers';
import { showHealth } from '../../lib/node-red/health';
import { hostOf } from '../../lib/node-red/host';
import { park, released } from '../../lib/node-red/message';
import { pushContext } from '../../lib/node-red/push-ref';
import { show } from '../../lib/node-red/status';
import type { NotifyResult } from '../../lib/process/notify';
import { pushNotifyConfig } from './config';

const notifying = lazy(() => require('../../lib/process/notify') as typeof import('../../lib/process/notify'));
const jobs = lazy(() => require('./job') as typeof import('./job'));
const commands = lazy(() => require('./commands') as typeof import('./commands'));

/** Sends one notification to people or devices, once each. */
export = (RED: NodeAPI): void => {
  const host = hostOf(RED);

  function PushNotify(this: Node, definition: NodeDef): void {
    construct(RED, this, definition, () => {
      const config = readConfig(pushNotifyConfig, definition);
      const push = pushContext(RED, config.service);
      const { service } = push;
      const { dispatcher } = service;

      const showDone = (finished: boolean): void =>
        show(this, finished ? 'idle' : 'waiting', finished ? '' : 'to be tried again');

      const stopWatching = showHealth(this, dispatcher, () => showDone(true));
      const detach = dispatcher.attachNode(this.id, {
        deliver: async (delivery) => {
          const payload = delivery.body as NotifyResult;
          const message = await released({ dispatcher }, delivery);
          await host.deliveries.emitted(this, delivery.id, () => this.send(outputs(message, payload)));
        },
        resume: async (operation) => {
          try {
            showDone(await notifying().resumeNotify(service, operation));
          } catch (thrown) {
            this.warn(toError(thrown).message);
          }
        },
      });

      return {
        input: async (message, send) => {
          if (message.command !== undefined) {
            const payload = await commands().runCommand(push, message);
            send([{ ...message, payload } as OutMessage, null]);
            return;
          }
          const job = await jobs().jobOf(RED, this, config, push, message);
          const answer = await notifying().notify(service, { ...job, message: park(message) });
          showDone(answer.state !== 'waiting');
          if (answer.state !== 'repeat') return;
          const { deliveryId, result } = answer;
          send(outputs({ ...message, deliveryId, redelivered: true }, result));
        },
        close: () => {
          stopWatching();
          detach();
        },
      };
    });
  }

  RED.nodes.registerType('push-notify', PushNotify);
};

/** Output 1 when somebody was reached, output 2 when somebody was not. */
function outputs(message: OutMessage, payload: NotifyResult): (OutMessage | null)[] {
  return [payload.sent, payload.undeliverable].map((list) => (list.length > 0 ? { ...message, payload } : null));
}
