import type { Node, NodeAPI, NodeDef } from 'node-red';
import { lazy } from '../../lib/lazy';
import { ladderPort } from '../../lib/ledger/types';
import { accountNode } from '../../lib/node-red/account-ref';
import { construct, readConfig } from '../../lib/node-red/construct';
import { hostOf } from '../../lib/node-red/host';
import { envelopeFrom, messageKey, park, released, toPort } from '../../lib/node-red/message';
import { OpenCount } from '../../lib/node-red/open-count';
import { evaluate } from '../../lib/node-red/typed-input';
import { escalateConfig } from './config';

const ladders = lazy(
  () => require('../../lib/process/escalation/ladder') as typeof import('../../lib/process/escalation/ladder'),
);
const steering = lazy(
  () => require('../../lib/process/escalation/steer') as typeof import('../../lib/process/escalation/steer'),
);
const requests = lazy(() => require('./request') as typeof import('./request'));

/** Runs a ladder of steps against an open envelope, until it ends or the steps are used up. */
export = (RED: NodeAPI): void => {
  const host = hostOf(RED);

  function Escalate(this: Node, definition: NodeDef): void {
    construct(RED, this, definition, () => {
      const config = readConfig(escalateConfig, definition);
      const { account } = accountNode(RED, config.account);
      const open = new OpenCount(this, account, async (ledger) => {
        const [stat] = await ledger.ladderStats({ nodes: [this.id] });
        return stat ? { open: stat.running, next: stat.nextAt } : undefined;
      });
      const detach = account.dispatcher.attachNode(this.id, {
        timer: (timer, ledger) => ladders().runStep(account, timer, ledger),
        deliver: async (delivery) => {
          const { body } = delivery;
          const port = delivery.port === ladderPort.lastStep ? ladderPort.step : delivery.port;
          const escalation = port === 1 ? { why: (body as { status: string }).status } : body;
          const message = { ...(await released(account, delivery)), escalation };
          await host.deliveries.emitted(this, delivery.id, () => this.send(toPort(message, port, 3)));
          open.refresh();
        },
      });

      return {
        input: async (message) => {
          const given = await evaluate(RED, this, message, 'envelope', config.envelope, config.envelopeType);
          const envelope = envelopeFrom(given, account.id);
          if (message.command !== undefined) {
            await steering().steerLadders(
              account,
              { node: this.id, envelope: envelope.id },
              steering().commandOf(message.command),
              message.step,
            );
          } else {
            // The plan starts by its clock.
            await account.dispatcher.ledger();
            const remarks = await ladders().startLadder(account, {
              node: this.id,
              envelope: envelope.id,
              name: envelope.name,
              spec: await requests().ladderFor(RED, this, config, message, account.clock),
              message: park(message),
              messageKey: messageKey(message),
            });
            for (const remark of remarks) this.warn(remark);
          }
          open.refresh();
        },
        close: () => {
          detach();
          open.stop();
        },
      };
    });
  }

  RED.nodes.registerType('escalate', Escalate);
};
