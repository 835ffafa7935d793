/** What makes two reports the same event, whether they came by webhook or were read from `GET /events/`. */
import type { Event } from './models';

/** An event as far as it identifies itself. */
export interface EventIdentity {
  documentUuid: string;
  type: string;
  /** ISO 8601. */
  timestamp: string;
  signerEmail: string | null;
}

/**
 * The key under which an event is counted once: `document|type|milliseconds|signer`. The service's own event id is not part
 * of it, because the same event may come under several ids when more than one callback applies.
 */
export const eventKey = ({ documentUuid, type, timestamp, signerEmail }: EventIdentity): string =>
  [documentUuid, type, Date.parse(timestamp) || 0, signerEmail?.trim().toLowerCase() ?? ''].join('|');

/** The identity of an event read from the service. */
export const identityOf = (event: Event): EventIdentity & { uuid: string } => ({
  uuid: event.uuid,
  documentUuid: event.document?.uuid ?? '',
  type: event.event_type,
  timestamp: event.timestamp,
  signerEmail: event.signer?.email ?? null,
});
