import type { Node, NodeAPI, NodeDef } from 'node-red';
import { toError } from '../../lib/errors';
import type { EventBody } from '../../lib/ledger/types';
import { accountNode } from '../../lib/node-red/account-ref';
import { construct, readConfig } from '../../lib/node-red/construct';
import { type FlowMessage, inBackground } from '../../lib/node-red/handlers';
import { showHealth } from '../../lib/node-red/health';
import { hostOf } from '../../lib/node-red/host';
import { released } from '../../lib/node-red/message';
import { show, showFault } from '../../lib/node-red/status';
import { evaluate } from '../../lib/node-red/typed-input';
import { backoffMs } from '../../lib/process/dispatcher';
import { takeIn } from '../../lib/process/intake';
import { sleep } from '../../lib/time/timers';
import { eventTypes, signatureEventInConfig } from './config';
import { eventFilter } from './filter';
import { bodyOf } from './message-body';

/** Emits each status event of an account once, after the service itself has confirmed it. */
export = (RED: NodeAPI): void => {
  const host = hostOf(RED);

  function SignatureEventIn(this: Node, definition: NodeDef): void {
    construct(RED, this, definition, () => {
      const config = readConfig(signatureEventInConfig, definition);
      const { account, reconciler, registrar } = accountNode(RED, config.account);
      const { dispatcher } = account;

      const passes = async (event: EventBody, envelope: object | undefined): Promise<boolean> => {
        const value = await evaluate(
          RED,
          this,
          {} as FlowMessage,
          'filterValue',
          config.filterValue,
          config.filterValueType,
        );
        return eventFilter(config, String(value ?? ''))(event, envelope);
      };

      const detach = dispatcher.attachNode(this.id, {
        opened: (ledger) => ledger.setListener({ account: account.id, node: this.id }),
        deliver: async (delivery) => {
          const { type, at, signer, status, uuid } = delivery.body as EventBody;
          const payload = { type, at: new Date(at).toISOString(), signer: signer || null, status, uuid };
          const message = await released(account, delivery, { topic: type, payload });
          if (!(await passes(delivery.body as EventBody, message.envelope as object | undefined))) return;
          await host.deliveries.emitted(this, delivery.id, () => this.send(message));
        },
      });

      const closing = new AbortController();

      /** Tried again until it is done: an event that nobody is registered for is never emitted. */
      const register = async (): Promise<void> => {
        const { signal } = closing;
        for (let tries = 1; !signal.aborted; tries += 1) {
          try {
            const ledger = await dispatcher.ledger();
            await ledger.setListener({ account: account.id, node: this.id });
            if (config.source === 'webhook' && config.registration === 'team') await subscribe();
            return showSource();
          } catch (thrown) {
            if (signal.aborted) return;
            showFault(this, toError(thrown));
            this.error(toError(thrown).message);
            await sleep(backoffMs(tries), signal, { unref: true }).catch(() => undefined);
          }
        }
      };

      const subscribe = async (): Promise<void> => {
        registrar.want(this.id, config.events.length > 0 ? config.events : eventTypes);
        await registrar.ensure();
      };

      const showSource = (): void => {
        if (dispatcher.health.trouble) return;
        if (config.source === 'webhook' && account.callbackUrl === null) show(this, 'warning', 'no public URL');
        else show(this, 'ready', config.source);
      };

      if (config.source === 'poll') reconciler.atLeastEvery(config.pollSeconds * 1000);
      const stopWatching = showHealth(this, dispatcher, showSource);
      inBackground(this, register);

      return {
        input: async (message) => {
          await takeIn(account, bodyOf(message), 'message');
          showSource();
        },
        close: async (removed) => {
          closing.abort();
          stopWatching();
          detach();
          registrar.forget(this.id);
          if (!removed) return;
          const ledger = await dispatcher.ledger();
          await ledger.removeListener({ node: this.id });
          if (config.source === 'webhook' && config.registration === 'team') {
            await registrar.drop(this.id).catch((thrown: unknown) => {
              this.warn(`The webhook subscriptions could not be removed: ${toError(thrown).message}`);
            });
          }
        },
      };
    });
  }

  RED.nodes.registerType('signature-event-in', SignatureEventIn);
};
