import { type CallbackEvent, parseCallback } from '../core-signature/callback';
import { verifyEventHash } from '../core-signature/event-hash';
import { eventKey } from '../core-signature/event-key';
import { SignatureError } from '../errors';
import type { Origin } from '../ledger/types';
import type { SignatureAccount } from './account';

/**
 * Takes in one webhook body: checks it, and writes it down durably. When this resolves the event is on disk and the
 * sender may be told so. A duplicate is as good as a fresh one.
 *
 * What is written is a hint that the document has to be read, nothing more: the service's hash covers neither the body
 * nor the id of the event, so nothing in it is acted upon (`lib/process/refresh.ts` reads the truth). An old event is
 * never refused for its age.
 *
 * @throws SignatureError `BAD_EVENT` for a body that is no event, `FORGED_EVENT` when its hash is missing or wrong,
 * `LEDGER_*` when it cannot be written down
 */
export async function takeIn(account: SignatureAccount, body: Buffer, origin: Origin): Promise<'fresh' | 'duplicate'> {
  const event = parseCallback(body);
  const ledger = await account.dispatcher.ledger();
  if (account.hashKeys.length > 0 && !verifyEventHash(event, account.hashKeys)) {
    await ledger.count({ account: account.id, name: 'forged', by: 1 });
    throw new SignatureError(
      'FORGED_EVENT',
      'The event_hash of a webhook does not match any hash key of the account. If the key was changed, add the new one in front of the old one.',
      { field: 'event_hash' },
    );
  }
  if (event.documentUuid === '') return 'duplicate';
  const [receipt] = await ledger.receiveEvents({ account: account.id, origin, events: [hint(event)] });
  return receipt ?? 'duplicate';
}

const hint = (event: CallbackEvent) => ({
  envelope: event.documentUuid,
  dedupe: eventKey(event),
  uuid: event.uuid,
  type: event.type,
  at: Date.parse(event.timestamp) || 0,
  signer: event.signerEmail ?? '',
});
