import { timestamp, timestampOrNull } from '../clock';
import type { Sandbox } from '../context';
import { documentJson } from '../documents/json';
import type { DocumentRecord, EventRecord } from '../model';
import { signerJson } from '../signature-requests/json';
import { inlineTeam } from '../teams/json';
import { eventHash } from './hash';

/** The parts that an event has both by REST and in a callback; document and signer as they are now. */
function common(sandbox: Sandbox, event: EventRecord, document: DocumentRecord | undefined) {
  const signer = document?.request?.signers.find((one) => one.uuid === event.signer);
  return {
    uuid: event.uuid,
    status: event.status,
    event_type: event.type,
    timestamp: timestamp(event.at),
    team: inlineTeam(sandbox, event.team),
    document: document ? documentJson(sandbox, document) : null,
    signer: document && signer ? signerJson(sandbox, document, signer) : null,
  };
}

/** An event as REST answers it. */
export function eventJson(sandbox: Sandbox, event: EventRecord) {
  return {
    ...common(sandbox, event, sandbox.store.documents.get(event.document)),
    delivered: event.deliveredAt !== null,
    delivered_on: timestampOrNull(event.deliveredAt),
    callback_status_code: event.callbackStatus,
  };
}

/** An event as a callback carries it, made at the moment of its delivery. Its document has no `url`. */
export function callbackJson(sandbox: Sandbox, event: EventRecord, document: DocumentRecord) {
  const token = sandbox.store.apiTokens.all().find((one) => one.team === event.team);
  const eventTime = String(Math.floor(event.at / 1000));
  const { document: whole, ...rest } = common(sandbox, event, document);
  const { url: _url, frontend_id: _frontendId, ...inline } = whole ?? documentJson(sandbox, document);
  return {
    ...rest,
    document: inline,
    token_name: token?.name ?? null,
    event_time: eventTime,
    event_hash: eventHash(token?.uuid ?? '', eventTime, event.type),
  };
}
