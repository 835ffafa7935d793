import { eventKey } from '../core-signature/event-key';
import type { Event } from '../core-signature/models';
import type { EventFact } from '../ledger/types';

/** An event that the service lists for a document, as the ledger keeps it: under the key its webhook has as well. */
export const eventFact = (documentUuid: string, event: Event): EventFact => ({
  dedupe: eventKey({
    documentUuid,
    type: event.event_type,
    timestamp: event.timestamp,
    signerEmail: event.signer?.email ?? null,
  }),
  uuid: event.uuid,
  type: event.event_type,
  at: Date.parse(event.timestamp) || 0,
  signer: event.signer?.email ?? '',
});
