import { randomUUID } from 'node:crypto';
import type { Sandbox } from '../context';
import type { DocumentRecord, EventRecord } from '../model';
import { callbackJson } from './json';

/**
 * Callbacks that an attacker could send beside a real one. The hash covers time and type only, so the first two carry a
 * right hash and still lie; the last one has a wrong hash.
 */
export function forgeries(
  sandbox: Sandbox,
  event: EventRecord,
  document: DocumentRecord,
): { kind: string; body: object }[] {
  const claim: EventRecord = { ...event, uuid: randomUUID(), type: 'signed', status: 'ok', signer: null };
  const signed = callbackJson(sandbox, claim, document);
  const lie = { ...signed, document: { ...signed.document, status: 'si' } };
  return [
    { kind: 'right hash, unknown document', body: { ...lie, document: { ...lie.document, uuid: randomUUID() } } },
    { kind: 'right hash, wrong type', body: lie },
    { kind: 'wrong hash', body: { ...lie, uuid: randomUUID(), event_hash: lie.event_hash.replace(/./g, reversed) } },
  ];
}

/** Another hex digit for each one, so that the hash keeps its form and never fits. */
function reversed(digit: string): string {
  return (15 - Number.parseInt(digit, 16)).toString(16);
}
