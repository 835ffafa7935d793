import { type Envelope, parseEnvelope } from '../core-signature/signers';
import { SignatureError } from '../errors';
import { decodeMessage, encodeMessage } from '../ledger/message';
import type { ClaimedDelivery } from '../ledger/types';
import type { SignatureAccount } from '../process/account';
import type { FlowMessage, OutMessage } from './handlers';

/** Most bytes a parked message may have; documents do not travel with it. */
export const maxParkedBytes = 1024 * 1024;

/**
 * A message as the ledger keeps it: everything the flow put on it but `req` and `res`.
 *
 * @throws SignatureError `MESSAGE_TOO_LARGE` naming the largest property
 */
export const park = (message: object): string => encodeMessage(message, { maxBytes: maxParkedBytes });

/** What tells a message from another one: the delivery it came with, or the id Node-RED gave it. */
export const messageKey = (message: FlowMessage): string =>
  typeof message.deliveryId === 'string' ? message.deliveryId : message._msgid;

/**
 * The message of a delivery, ready to be sent: the parked one, or a new one, with the envelope as last known, the
 * node's result as `payload`, and the delivery's id. A repeat is marked as such.
 */
export async function released(
  { dispatcher }: Pick<SignatureAccount, 'dispatcher'>,
  delivery: ClaimedDelivery,
  result: { payload?: unknown; topic?: string } = {},
): Promise<OutMessage> {
  const ledger = await dispatcher.ledger();
  const envelope = await ledger.envelope({ account: delivery.account, id: delivery.envelope });
  const { redelivered: _, ...parked } = (delivery.message === null ? {} : decodeMessage(delivery.message)) as Record<
    string,
    unknown
  >;
  return {
    ...parked,
    ...result,
    ...(envelope?.snapshot ? { envelope: envelope.snapshot } : {}),
    deliveryId: delivery.id,
    ...(delivery.attempt > 1 ? { redelivered: true } : {}),
  };
}

/** The outputs of a node with a message on one of them. */
export const toPort = (message: OutMessage, port: number, outputs: number): (OutMessage | null)[] =>
  Array.from({ length: outputs }, (_, index) => (index === port ? message : null));

/**
 * The envelope a message is about.
 *
 * @param value a handle (`msg.envelope`) or the id of a document
 * @param account id of the account the node works with
 * @throws SignatureError `NO_ENVELOPE`; also for a handle of another account, which this one could not read
 */
export function envelopeFrom(value: unknown, account: string): Pick<Envelope, 'id' | 'name'> {
  if (typeof value === 'string' && value.trim() !== '') return { id: value.trim(), name: '' };
  const envelope = parseEnvelope(value);
  if (envelope.account === '' || envelope.account === account) return envelope;
  throw new SignatureError(
    'NO_ENVELOPE',
    'envelope: msg.envelope belongs to another account. Choose in this node the account that sent it.',
    { field: 'envelope' },
  );
}
