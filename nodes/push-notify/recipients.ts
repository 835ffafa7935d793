import { z } from 'zod';
import { type Envelope, sameEmail } from '../../lib/core-signature/signers';
import { SignatureError } from '../../lib/errors';
import type { FlowMessage } from '../../lib/node-red/handlers';
import type { PushContext } from '../../lib/node-red/push-ref';
import type { Unreachable } from '../../lib/process/notify';
import { parseRecipient, parseRecipients, type Recipient } from '../../lib/push/recipients';
import type { PushNotifyConfig } from './config';

/** Somebody to be notified, with what is known of them. */
export interface Addressee {
  person: string;
  device: string;
  recipient: Recipient;
  language: string;
  zone: string;
  /** The signing link of this person, where the envelope has one. */
  link?: string;
}

const personSchema = z.union([
  z.string().transform((person) => ({ person, language: undefined, zone: undefined })),
  z.object({ person: z.string(), language: z.string().optional(), zone: z.string().optional() }),
  z
    .object({ email: z.string(), language: z.string().optional(), zone: z.string().optional() })
    .transform(({ email, ...rest }) => ({ person: email, ...rest })),
]);
type Person = z.output<typeof personSchema>;

/**
 * Everybody a notification goes to: people by all their registered devices, or addresses as they are.
 *
 * @param given value of the `recipients` field
 * @throws SignatureError `NO_RECIPIENT` when nobody is named, `BAD_RECIPIENT` for an address that is none
 */
export async function addresseesOf(
  push: PushContext,
  config: PushNotifyConfig,
  given: unknown,
  message: FlowMessage,
  envelope: Envelope | undefined,
): Promise<{ addressees: Addressee[]; unreachable: Unreachable[] }> {
  if (config.recipientsSource === 'addresses') {
    const recipients = parseRecipients(given, push.rules);
    const { language, zone } = push;
    return {
      addressees: recipients.map((recipient) => ({ person: '', device: '', recipient, language, zone })),
      unreachable: [],
    };
  }
  const people = peopleOf(config.recipientsSource, given, message, envelope);
  if (people.length === 0) {
    throw new SignatureError('NO_RECIPIENT', 'recipients: there is nobody to be notified.', { field: 'recipients' });
  }
  return byDevices(push, people, envelope);
}

function peopleOf(
  source: 'turn' | 'escalation' | 'people',
  given: unknown,
  message: FlowMessage,
  envelope: Envelope | undefined,
): Person[] {
  if (source === 'people') {
    const list = Array.isArray(given) ? given : given === undefined || given === '' ? [] : [given];
    return list.map((one, index) => {
      const parsed = personSchema.safeParse(one);
      if (parsed.success) return parsed.data;
      throw new SignatureError(
        'BAD_RECIPIENT',
        `recipients.${index} must be a person's id or {person, language, zone}.`,
        { field: `recipients.${index}` },
      );
    });
  }
  const escalation = message.escalation as { to?: { email: string }[]; signers?: { email: string }[] } | undefined;
  const named = source === 'escalation' ? (escalation?.to?.length ? escalation.to : escalation?.signers) : undefined;
  const signers =
    source === 'turn' ? envelope?.signers.filter(({ state }) => state === 'ready' || state === 'viewed') : named;
  return (signers ?? []).map(({ email }) => ({ person: email, language: undefined, zone: undefined }));
}

async function byDevices(
  push: PushContext,
  people: Person[],
  envelope: Envelope | undefined,
): Promise<{ addressees: Addressee[]; unreachable: Unreachable[] }> {
  const ledger = await push.service.dispatcher.ledger();
  const ids = people.map(({ person }) => key(person));
  const devices = await ledger.devicesOf({ service: push.service.id, persons: ids });
  const result: { addressees: Addressee[]; unreachable: Unreachable[] } = { addressees: [], unreachable: [] };
  for (const { person, language = push.language, zone = push.zone } of people) {
    const own = devices.filter((device) => device.person === key(person));
    const link = envelope?.signers.find(({ email }) => sameEmail(email, person))?.embedUrl;
    for (const { id, address } of own) {
      const recipient = parseRecipient(address, push.rules);
      result.addressees.push({ person, device: id, recipient, language, zone, ...(link && { link }) });
    }
    if (own.length === 0) {
      result.unreachable.push({
        person,
        kind: '',
        device: '',
        reason: 'has no registered device',
        code: 'NO_RECIPIENT',
      });
    }
  }
  return result;
}

/** People are compared without case, as e-mail addresses are. */
export const key = (person: string): string => person.trim().toLowerCase();
