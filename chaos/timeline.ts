import type { Passage } from './balancer';
import type { Evidence, Finding } from './evidence';
import type { Entry } from './log';
import type { Service } from './service';

interface Sources {
  log: readonly Entry[];
  passages: readonly Passage[];
  offsets: Service['offsets'];
}

/** Real time of a moment on the service's clock: within a jump, the end of the jump. */
export function realOf(virtual: number, offsets: Service['offsets']): number {
  for (const [index, { offsetMs }] of offsets.entries()) {
    const real = virtual - offsetMs;
    const until = offsets[index + 1]?.real ?? Number.POSITIVE_INFINITY;
    if (real <= until) return Math.max(real, offsets[index]?.real ?? 0);
  }
  return virtual;
}

/**
 * What happened to the envelopes that the findings are about, and the faults around it, in the order of real time. Findings
 * that name no envelope show all of them.
 */
export function timelineOf(
  evidence: Evidence,
  findings: readonly Finding[],
  { log, passages, offsets }: Sources,
): string {
  const keys = new Set(findings.map(({ key }) => key).filter((key) => key !== ''));
  if (keys.size === 0) for (const { key } of evidence.schedule.envelopes) keys.add(key);
  const documents = evidence.documents.filter(({ externalId }) => keys.has(externalId.replace(/~.*$/, '')));
  const uuids = new Set(documents.map(({ uuid }) => uuid));
  const at = (time: string): number => realOf(Date.parse(time), offsets);
  const entries: Entry[] = [
    ...log.filter(({ key }) => key === '' || keys.has(key)),
    ...evidence.emissions
      .filter(({ key }) => keys.has(key))
      .map(({ real, key, runtime, node, port, deliveryId, redelivered, said }) => ({
        real,
        key,
        text: `${runtime}: ${node} → ${port + 1}${redelivered ? ' REDELIVERED' : ''} ${(deliveryId ?? '').slice(0, 24)} ${JSON.stringify(said).slice(0, 220)}`,
      })),
    ...documents.flatMap(({ uuid, events, externalId }) =>
      events.map(({ event_type, timestamp, signer }) => ({
        real: at(timestamp),
        key: externalId,
        text: `service: ${event_type} ${signer?.email ?? ''} of ${uuid.slice(0, 8)} at ${timestamp}`,
      })),
    ),
    ...evidence.mails
      .filter(({ document }) => uuids.has(document))
      .map((mail) => ({
        real: at(mail.at),
        key: '',
        text: `mail: ${mail.kind} to ${mail.to} about ${mail.document.slice(0, 8)} at ${mail.at}`,
      })),
    ...evidence.notifications
      .filter(({ title }) => keys.has(title.split(' ')[0] ?? ''))
      .map((one) => ({ real: at(one.at), key: '', text: `phone: ${one.phone} shows "${one.title}" (${one.service})` })),
    ...evidence.hooks
      .filter(({ title }) => keys.has(title.split(' ')[0] ?? ''))
      .map(({ real, id, title }) => ({ real, key: '', text: `hook: "${title}" ${id}` })),
    ...passages
      .filter(({ body }) => [...uuids].some((uuid) => body.includes(uuid)))
      .map(({ real, runtime, status, body }) => ({
        real,
        key: '',
        text: `webhook ${/"event_type": ?"(\w+)"/.exec(body)?.[1] ?? ''} → ${runtime || 'nobody'}: ${status}`,
      })),
  ].toSorted((a, b) => a.real - b.real);
  const began = entries[0]?.real ?? 0;
  return entries
    .map(({ real, key, text }) => `${((real - began) / 1000).toFixed(3).padStart(8)}  ${key ? `${key}  ` : ''}${text}`)
    .join('\n');
}
