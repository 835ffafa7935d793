import { createHash } from 'node:crypto';
import { setDraftsApart } from './drafts';
import type { Evidence, LedgerFacts, TruthDocument } from './evidence';
import { baseKey } from './people';
import type { Afterwards } from './play';
import type { Schedule } from './schedule';
import type { ServiceEvent, ServiceState } from './service';
import type { Watch } from './watch';
import type { World } from './world';

/** Where each process's log ended before the run. */
export type Marks = Map<string, { log: number; crashes: number }>;

export const marksOf = (world: World): Marks =>
  new Map(world.slots.map((slot) => [slot.name, { log: slot.log().length, crashes: slot.crashes.length }]));

const finishing = ['signed', 'declined', 'expired', 'cancelled', 'convert_error', 'sending_error'];

/** Gathers what the service, the flow, the ledger and the processes have to say about a run that is over. */
export async function observe(
  world: World,
  schedule: Schedule,
  { orderedAt, refused }: Afterwards,
  restless: string | null,
  marks: Marks,
  watch: Watch,
): Promise<Evidence> {
  const state = await watch.look();
  const keys = new Set(schedule.envelopes.map(({ key }) => key));
  const isOurs = (key: string): boolean => keys.has(baseKey(key));
  const found = await Promise.all(
    [...watch.documents.values()]
      .filter(({ externalId }) => isOurs(externalId ?? ''))
      .map((document) => truthOf(world, document)),
  );
  const paused = schedule.faults.some(({ kind }) => kind === 'pause');
  const { documents, drafts } = setDraftsApart(found, paused);
  const uuids = new Set(documents.map(({ uuid }) => uuid));
  const keyIn = (text: string): boolean => isOurs(text.split(' ')[0] ?? '');
  return {
    schedule,
    orderedAt,
    refused,
    restless,
    documents,
    drafts: drafts.length,
    mails: [...watch.mails.values()].filter(({ document }) => uuids.has(document)),
    notifications: state.phones.flatMap(({ name, notifications }) =>
      notifications.filter(({ title }) => keyIn(title)).map((one) => ({ ...one, phone: name })),
    ),
    messages: [...watch.messages.values()].filter(({ text, subject }) => keyIn(subject ?? text) || keyIn(text)),
    hooks: world.hook.calls.filter(({ title }) => keyIn(title)),
    filed: [...watch.filed.values()].filter(({ path }) => isOurs(path.split('/').at(-1) ?? '')),
    emissions: world.slots.flatMap((slot) =>
      slot
        .lines()
        .filter(({ key }) => isOurs(key))
        .map((line) => ({ ...line, key: baseKey(line.key), runtime: slot.name })),
    ),
    ledger: await ledgerFacts(world, uuids, keys),
    logs: world.slots.map((slot) => ({ runtime: slot.name, text: slot.log().slice(marks.get(slot.name)?.log ?? 0) })),
    crashes: world.slots.flatMap((slot) =>
      slot.crashes.slice(marks.get(slot.name)?.crashes ?? 0).map((text) => `${slot.name} ${text}`),
    ),
    secrets: world.secrets,
  };
}

async function truthOf(
  world: World,
  { uuid, externalId, status, createdAt, signers }: ServiceState['documents'][number],
): Promise<TruthDocument> {
  const [{ results: events }, { pdf }] = await Promise.all([
    world.sandbox.ask<{ results: ServiceEvent[] }>(`/api/v1/events/?document__uuid=${uuid}&limit=100`),
    world.sandbox.ask<{ pdf: string | null }>(`/api/v1/documents/${uuid}/`),
  ]);
  const end = events.find(({ event_type }) => finishing.includes(event_type));
  const signed = status === 'si' && pdf !== null ? await world.sandbox.bytes(pdf) : null;
  return {
    uuid,
    externalId: externalId ?? '',
    status,
    createdAt: Date.parse(createdAt),
    finishedAt: end ? Date.parse(end.timestamp) : null,
    signers: signers.map(({ email, state }) => ({ email, state })),
    events: events.toReversed(),
    sha256: signed === null ? null : createHash('sha256').update(signed).digest('hex'),
  };
}

async function ledgerFacts(world: World, uuids: Set<string>, keys: Set<string>): Promise<LedgerFacts> {
  const ledger = await world.store.open();
  try {
    const journals: LedgerFacts['journals'] = [];
    for (const envelope of uuids) {
      const { entries, intact } = await ledger.journal({ account: 'account', envelope });
      journals.push({ envelope, intact, entries: entries.map(({ kind, body }) => ({ kind, body })) });
    }
    const held = await ledger.listEnvelopes({ account: 'account', held: true, limit: 100 });
    const operations: LedgerFacts['operations'] = [];
    for (const envelope of uuids) {
      const page = await ledger.listOperations({ envelope, limit: 1000 });
      operations.push(
        ...page.map(({ key, kind, state, error }) => ({ key, kind, envelope, state, error: error?.message ?? '' })),
      );
    }
    const ladders: LedgerFacts['ladders'] = [];
    for (const envelope of uuids) {
      for (const { spec } of await ledger.listLadders({ account: 'account', envelope, limit: 100 })) {
        const { start, expires } = spec as { start: number; expires: number | null };
        ladders.push({ envelope, start, expires });
      }
    }
    const faults = await ledger.faults({ limit: 100 });
    return {
      journals,
      ladders,
      held: held.filter(({ externalId }) => keys.has(baseKey(externalId))).map(({ id }) => id),
      operations,
      faults: faults
        .map((fault) => JSON.stringify(fault))
        .filter((text) => [...keys, ...uuids].some((one) => text.includes(one))),
    };
  } finally {
    await ledger.close();
  }
}
