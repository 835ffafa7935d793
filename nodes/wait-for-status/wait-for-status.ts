import type { Node, NodeAPI, NodeDef } from 'node-red';
import { parseStatuses } from '../../lib/core-signature/status';
import { SignatureError } from '../../lib/errors';
import type { ClaimedDelivery, WaitBody } from '../../lib/ledger/types';
import { accountNode } from '../../lib/node-red/account-ref';
import { construct, readConfig } from '../../lib/node-red/construct';
import { hostOf } from '../../lib/node-red/host';
import { envelopeFrom, messageKey, park, released, toPort } from '../../lib/node-red/message';
import { OpenCount } from '../../lib/node-red/open-count';
import { evaluate } from '../../lib/node-red/typed-input';
import { deadlineReached } from '../../lib/process/time-out';
import { cancelWaits, parkMessage } from '../../lib/process/wait';
import { parseDuration, untilTime } from '../../lib/time/duration';
import { type WaitForStatusConfig, waitForStatusConfig } from './config';

/** What the node itself has to know of a message that comes back; times on the account's clock. */
interface Parked {
  at: number;
  deadline: number | null;
}

/** Parks each message until its envelope has one of the chosen statuses, or the time is up. */
export = (RED: NodeAPI): void => {
  const host = hostOf(RED);

  function WaitForStatus(this: Node, definition: NodeDef): void {
    construct(RED, this, definition, () => {
      const config = readConfig(waitForStatusConfig, definition);
      checkGroup(config);
      const account = accountNode(RED, config.account).account;
      const parked = new OpenCount(this, account, async (ledger) => {
        const [stat] = await ledger.waitStats({ nodes: [this.id] });
        return stat ? { open: stat.open, next: stat.nextDeadline } : undefined;
      });
      const detach = account.dispatcher.attachNode(this.id, {
        deliver: (delivery) => emit(delivery),
        timer: async (timer, ledger) => {
          const refused = await deadlineReached(account, timer, ledger, config.atTimeout);
          if (refused !== undefined) this.warn(`The envelope ${timer.envelope} could not be cancelled: ${refused}`);
        },
      });

      const emit = async (delivery: ClaimedDelivery): Promise<void> => {
        const { outcome, status } = delivery.body as WaitBody;
        const { _parked, ...message } = await released(account, delivery);
        const { at, deadline } = _parked as Parked;
        // Another runtime may have found the time to be up, by a clock that is a little ahead of ours.
        const due = outcome === 'timeout' ? (deadline ?? 0) : 0;
        const now = Math.max(account.clock.now(), due);
        const lateMs = outcome === 'timeout' ? now - due : 0;
        const payload = { outcome, status, envelope: delivery.envelope, waitedMs: now - at, lateMs };
        const outputs = toPort({ ...message, payload }, delivery.port, 3);
        await host.deliveries.emitted(this, delivery.id, () => this.send(outputs));
        parked.refresh();
      };

      return {
        input: async (message) => {
          const value = <T>(field: string, given: string, type: Parameters<typeof evaluate>[5]) =>
            evaluate(RED, this, message, field, given, type) as Promise<T>;
          const envelope = envelopeFrom(await value('envelope', config.envelope, config.envelopeType), account.id);
          if (message.command === 'cancel') {
            await cancelWaits(account, this.id, envelope.id);
            parked.refresh();
            return;
          }
          // Deadlines go by its clock.
          await account.dispatcher.ledger();
          const at = account.clock.now();
          const chosen =
            config.statusesSource === 'list'
              ? config.statuses
              : await value('statuses', config.statusesProperty, config.statusesPropertyType);
          const timeout =
            config.timeoutKind === 'none' ? null : await value('timeout', config.timeout, config.timeoutType);
          const deadline =
            config.timeoutKind === 'duration'
              ? at + parseDuration(timeout, { unit: config.timeoutUnit, field: 'timeout' })
              : config.timeoutKind === 'until'
                ? untilTime(timeout, account.clock, 'timeout')
                : null;
          await parkMessage(account, {
            node: this.id,
            envelope: envelope.id,
            name: envelope.name,
            statuses: parseStatuses(chosen),
            deadline,
            message: park({ ...message, _parked: { at, deadline } satisfies Parked }),
            messageKey: messageKey(message),
            group: config.group === '' ? '' : String((await value('group', config.group, config.groupType)) ?? ''),
          });
          parked.refresh();
        },
        close: () => {
          detach();
          parked.stop();
        },
      };
    });
  }

  RED.nodes.registerType('wait-for-status', WaitForStatus);
};

/** Another message of the group may leave while the envelope is being cancelled: then that would have been wrong. */
function checkGroup({ group, timeoutKind, atTimeout }: WaitForStatusConfig): void {
  if (group === '' || timeoutKind === 'none' || atTimeout === 'leave') return;
  throw new SignatureError(
    'BAD_CONFIG',
    'group: a node whose messages are in a group cannot cancel the envelope when the time is up. Leave it open, or leave the group empty.',
    { field: 'group' },
  );
}
