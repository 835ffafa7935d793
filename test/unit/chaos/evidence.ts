/** Evidence of a run made by hand in which every promise was kept; tests plant what breaks one. */
import type { Emission, Evidence, TruthDocument } from '../../../chaos/evidence';
import type { EnvelopePlan } from '../../../chaos/schedule';

export const key = 'c1-1-1';
export const uuid = 'd1';
const ordered = Date.parse('2027-01-04T08:00:00Z');
const hour = 3_600_000;
/** Hours behind the order, on the service's clock. */
export const at = (hours: number): string => new Date(ordered + hours * hour).toISOString();

export const plan: EnvelopePlan = {
  key,
  beat: 0,
  afterMs: 0,
  signers: ['anna@example.com'],
  inOrder: true,
  fate: 'sign',
  actBeats: [0, 0],
  expireDays: 6,
  steps: [
    { id: 's1', action: 'remind', hours: 2 },
    { id: 's2', action: 'notify', hours: 3 },
  ],
  timeoutHours: null,
  archive: 'webdav',
};

export const emission = (node: string, port: number, deliveryId: string, real: number, said: object): Emission => ({
  runtime: 'a',
  node,
  port,
  key,
  envelope: uuid,
  real,
  deliveryId,
  said: said as Record<string, unknown>,
});

export const step = (id: string, level: number, planned: number, fired: number): Emission =>
  emission('ladder', 0, `ladder:l:${id}r1`, 1000 * level, {
    step: id,
    level,
    plannedAt: at(planned),
    firedAt: at(fired),
  });

const event = (event_type: string, hours: number, signer?: string) => ({
  uuid: `e-${event_type}`,
  event_type,
  timestamp: at(hours),
  signer: signer === undefined ? null : { email: signer },
});

export const document = (more: Partial<TruthDocument> = {}): TruthDocument => ({
  uuid,
  externalId: key,
  status: 'si',
  createdAt: ordered,
  finishedAt: ordered + 8 * hour,
  signers: [{ email: 'anna@example.com', state: 'signed' }],
  events: [event('sent', 0), event('signer_signed', 8, 'anna@example.com'), event('signed', 8)],
  sha256: 'abc',
  ...more,
});

const filed = (name: string) => ({
  id: name,
  service: 'webdav',
  path: `chaos/${key}`,
  name,
  sha256: 'abc',
  versions: [{ number: 1, sha256: 'abc' }],
});

const notification = (title: string, hours: number, phone = 'anna@example.com', service = 'webpush') => ({
  id: `n-${title}`,
  phone,
  at: at(hours),
  title,
  topic: uuid,
  service,
  replaced: false,
});

/** Every promise kept. */
export function kept(): Evidence {
  const told = (type: string, hours: number, real: number, signer: string | null = null) =>
    emission('event-in', 0, `event:${type}`, real, { type, at: at(hours), signer, uuid: `e-${type}` });
  const sent = { sent: [{ person: 'x' }], undeliverable: [] };
  return {
    schedule: { seed: 1, run: 1, envelopes: [plan], beats: [], faults: [] },
    orderedAt: new Map([[key, ordered]]),
    refused: new Map(),
    documents: [document()],
    drafts: 0,
    mails: [
      { id: 'm1', at: at(0), to: 'anna@example.com', kind: 'invitation', subject: '', document: uuid },
      { id: 'm2', at: at(2), to: 'anna@example.com', kind: 'reminder', subject: '', document: uuid },
    ],
    notifications: [notification(`${key} sign`, 0), notification(`${key} s2`, 5, 'meg@example.com', 'fcm')],
    messages: [{ jobId: 'j1', at: at(8), channel: 'sms', text: `${key} ended\n${key}`, subject: null }],
    hooks: [{ real: 9000, id: 'w1', title: `${key} ended`, signed: true }],
    filed: [filed(`${key}.pdf`), filed(`${key} - signing log.pdf`), filed(`${key} - evidence.zip`)],
    emissions: [
      step('s1', 1, 2, 2),
      step('s2', 2, 5, 5.5),
      emission('ladder', 2, 'ladder-exhausted:l', 3000, { last: 's2r1' }),
      emission('ladder', 1, 'ladder-closed:l', 3900, { why: 'signed' }),
      emission('wait', 0, 'wait:w', 4000, { outcome: 'reached', status: 'signed', waitedMs: 8 * hour }),
      emission('archive webdav', 0, 'archive:x', 5000, { items: [] }),
      emission('push sign', 0, 'notify:1', 500, sent),
      emission('push step', 0, 'notify:2', 2500, sent),
      emission('push sms', 0, 'notify:3', 4500, sent),
      emission('push hook', 0, 'notify:4', 4500, sent),
      told('sent', 0, 100),
      told('signer_signed', 8, 200, 'anna@example.com'),
      told('signed', 8, 300),
    ],
    ledger: {
      journals: [
        {
          envelope: uuid,
          intact: true,
          entries: [
            { kind: 'status', body: { to: 'signed' } },
            { kind: 'archived', body: {} },
          ],
        },
      ],
      ladders: [{ envelope: uuid, start: ordered, expires: ordered + 144 * hour }],
      held: [],
      operations: [{ key: 'ladder:l:s1r1:remind', kind: 'remind', envelope: uuid, state: 'done', error: '' }],
      faults: [],
    },
    restless: null,
    logs: [{ runtime: 'a', text: '[info] Started flows' }],
    crashes: [],
    secrets: ['sandbox-token'],
  };
}
