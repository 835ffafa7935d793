import { randomUUID } from 'node:crypto';
import type { Sandbox } from '../context';
import type { DocumentRecord, EventRecord, Signer } from '../model';
import { type DocumentEventType, documentEventTypes } from './types';

/**
 * Notes that something happened to a document and tells everybody who wants to know: the document's callback URL or, in
 * its place, the team's, and the webhooks of this event type.
 *
 * @param about `at` virtual time; `signer` for events of one signer; `detail` one more line for the signing log
 */
export function emit(
  sandbox: Sandbox,
  document: DocumentRecord,
  type: DocumentEventType,
  about: { at: number; signer?: Signer; detail?: string },
): void {
  const { store } = sandbox;
  const event: EventRecord = {
    uuid: randomUUID(),
    number: store.setting<number>('events.count') ?? 1,
    team: document.team,
    document: document.uuid,
    type,
    status: documentEventTypes[type],
    at: about.at,
    signer: about.signer?.uuid ?? null,
    undelivered: 0,
    deliveredAt: null,
    callbackStatus: null,
    detail: about.detail ?? null,
  };
  store.set('events.count', event.number + 1);
  store.events.put(event);
  // Who is asked to sign hears of it by webhooks only.
  const own =
    type === 'signrequest_received'
      ? null
      : (document.given.events_callback_url ?? store.teams.get(document.team)?.eventsCallbackUrl);
  const hooks = store.webhooks.all().filter((hook) => hook.team === document.team && hook.eventType === type);
  const addresses = [...(own ? [own] : []), ...hooks.map((hook) => hook.callbackUrl)];
  event.undelivered = addresses.length;
  for (const url of addresses) sandbox.callbacks.announce(event, url);
}
