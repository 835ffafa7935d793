import { createHash } from 'node:crypto';
import { SignatureError } from '../../lib/errors';
import type { FlowMessage, OutMessage } from '../../lib/node-red/handlers';
import type { Composition } from '../../lib/process/compose';
import type { SendResult } from '../../lib/process/send';
import type { SendEnvelopeConfig } from './config';
import type { Draft } from './draft';

/**
 * The key under which an envelope is sent once: the one the flow gives, or one made from the message and what is to be
 * sent. So the same message, coming again from a Catch node or after a crash, does not send twice, while a message that
 * was split into ten different envelopes sends ten.
 *
 * @throws SignatureError `BAD_INPUT` for a key that is not text of at most 255 characters
 */
export function externalIdOf(
  draft: Draft,
  composed: (externalId: string) => Composition,
  message: string,
): { externalId: string; foreignId: boolean } {
  const given = draft.externalId;
  if (given === undefined || given === '')
    return { externalId: derived(draft, composed(''), message), foreignId: false };
  if ((typeof given === 'string' || typeof given === 'number') && String(given).length <= 255) {
    return { externalId: String(given), foreignId: true };
  }
  throw new SignatureError('BAD_INPUT', 'externalId must be text of at most 255 characters.', { field: 'externalId' });
}

function derived({ source, attachments }: Draft, composition: Composition, message: string): string {
  const hash = createHash('sha256').update(message).update(JSON.stringify(composition));
  for (const one of [source, ...attachments]) hash.update(one.kind === 'content' ? one.bytes : JSON.stringify(one));
  return `nr-${hash.digest('hex').slice(0, 40)}`;
}

/**
 * The message without what only sending needs: the documents, which are at the service now and would weigh on every node
 * behind that parks the message, and the signers' passwords, which must not get into the ledger. Nested properties are
 * replaced in a copy, the incoming message stays as it is.
 */
export function withoutDocumentsAndPasswords(message: FlowMessage, config: SendEnvelopeConfig): FlowMessage {
  const paths: string[] = [];
  if (config.documentSource === 'content' && config.documentType === 'msg') paths.push(config.document);
  if (config.attachmentsType === 'msg' && config.attachments !== '') paths.push(config.attachments);
  if (config.signersSource === 'rows') {
    for (const { password, passwordType } of config.signers) {
      if (passwordType === 'msg' && password !== '') paths.push(password);
    }
  }
  const rest = paths.reduce((left, path) => replaced(left, path.split('.'), () => undefined), message);
  return config.signersSource === 'property' && config.signersPropertyType === 'msg'
    ? replaced(rest, config.signersProperty.split('.'), withoutPassword)
    : rest;
}

/** A signer, or a list of them. */
function withoutPassword(signers: unknown): unknown {
  if (Array.isArray(signers)) return signers.map(withoutPassword);
  return isObject(signers) && 'password' in signers ? replaced(signers, ['password'], () => undefined) : signers;
}

/** The message on its way out: the envelope, and what came of sending it. */
export function outgoing(message: FlowMessage, result: SendResult): OutMessage {
  const { envelope, repeated, prepareUrl, deliveryId } = result;
  const { id, status, signers } = envelope;
  const payload = { envelope: id, status, repeated, signers, ...(prepareUrl && { prepareUrl }) };
  return { ...message, payload, envelope, deliveryId };
}

/** A copy with one nested property changed; a property whose new value is undefined is left out. */
function replaced<T extends object>(value: T, [key = '', ...rest]: string[], change: (inner: unknown) => unknown): T {
  const inner = (value as Record<string, unknown>)[key];
  if (inner === undefined) return value;
  if (rest.length > 0 && !isObject(inner)) return value;
  const next = rest.length > 0 ? replaced(inner as object, rest, change) : change(inner);
  if (Array.isArray(value)) return value.with(Number(key), next) as T;
  const { [key]: _, ...others } = value as Record<string, unknown>;
  return (next === undefined ? others : { ...others, [key]: next }) as T;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Buffer.isBuffer(value);
