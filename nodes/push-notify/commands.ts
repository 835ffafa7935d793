import { z } from 'zod';
import { SignatureError } from '../../lib/errors';
import type { FlowMessage } from '../../lib/node-red/handlers';
import type { PushContext } from '../../lib/node-red/push-ref';
import { parseRecipient, recipientLabel } from '../../lib/push/recipients';
import { key } from './recipients';

/** How long an invitation to register a browser holds. */
const invitationMs = 24 * 3_600_000;

const device = z.looseObject({
  person: z.string().optional(),
  label: z.string().optional(),
  kind: z.string().optional(),
});

/**
 * Keeps the registry of devices by message: `register`, `remove`, `invite`; asks what became of a message: `status`.
 *
 * @returns what becomes of `msg.payload`
 * @throws SignatureError `BAD_INPUT` for an unknown command or a missing person, `BAD_RECIPIENT` for a bad address
 */
export async function runCommand(push: PushContext, message: FlowMessage): Promise<object> {
  const { service, rules } = push;
  const ledger = await service.dispatcher.ledger();
  switch (message.command) {
    case 'register': {
      const { person, label, ...address } = deviceOf(message);
      const recipient = parseRecipient(address, rules, 'device');
      const { fresh } = await ledger.putDevice({
        service: service.id,
        person: key(personOf(person)),
        kind: recipient.kind,
        address: recipient,
        label: label ?? '',
      });
      return { registered: true, fresh, device: recipientLabel(recipient) };
    }
    case 'remove': {
      const { person, label: _, ...address } = deviceOf(message);
      const removed =
        address.kind === undefined
          ? await ledger.removeDevice({ service: service.id, person: key(personOf(person)) })
          : await ledger.removeDevice({ service: service.id, address: parseRecipient(address, rules, 'device') });
      return { removed };
    }
    case 'invite': {
      if (!push.invitations) {
        throw new SignatureError(
          'BAD_CONFIG',
          'registration: the push service has none, so browsers cannot register.',
          { field: 'registration' },
        );
      }
      const person = key(personOf(message.person));
      const expires = service.clock.now() + invitationMs;
      return {
        // Where the page that shows notifications registers; only a path when the runtime's public URL is not known.
        url: `${push.publicOrigin}${push.invitations.path}`,
        invitation: push.invitations.invite(person, expires),
        person,
        expires: new Date(expires).toISOString(),
      };
    }
    case 'status':
      return statusOf(push, message);
    default:
      throw new SignatureError(
        'BAD_INPUT',
        `command: "${String(message.command)}" is none. Use register, remove, invite or status.`,
        { field: 'command' },
      );
  }
}

const jobSchema = z.object({ id: z.string().min(1), channel: z.enum(['sms', 'email', 'whatsapp']) });

/** What the service knows of a text message, e-mail or WhatsApp: per recipient delivered, failed or pending. */
async function statusOf({ service }: PushContext, message: FlowMessage): Promise<object> {
  const parsed = jobSchema.safeParse(message.job);
  if (!parsed.success) {
    throw new SignatureError('BAD_INPUT', 'job: msg.job must be {id, channel}; channel is sms, email or whatsapp.', {
      field: 'job',
    });
  }
  if (!service.provider.status) {
    throw new SignatureError('BAD_INPUT', 'command: this push service does not tell what became of a message.', {
      field: 'command',
    });
  }
  return service.provider.status(parsed.data.id, parsed.data.channel);
}

function deviceOf(message: FlowMessage) {
  const parsed = device.safeParse(message.device);
  if (parsed.success) return parsed.data;
  throw new SignatureError('BAD_INPUT', 'device: msg.device must be an object with "person" and the address.', {
    field: 'device',
  });
}

function personOf(person: unknown): string {
  if (typeof person === 'string' && person.trim() !== '') return person;
  throw new SignatureError('BAD_INPUT', 'person is missing: say whose device it is.', { field: 'person' });
}
