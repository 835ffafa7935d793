import { shortHash } from '../canonical';
import { Bind, type Tx } from '../sql';
import type { Receipt, ReceivedEvent, ReceiveEventsInput, RejectHintsInput } from '../types';
import { note } from './audit';
import { accountScope } from './counters';
import { lockEnvelope, saveEnvelope } from './envelopes';
import { wakeTimers } from './timers';

/** Kind of the timer that asks for an envelope to be read at the provider. */
export const refreshKind = 'refresh';

/** The one refresh timer of an envelope. */
export const refreshId = (account: string, envelope: string): string => `refresh:${account}:${envelope}`;

/** Rows per statement: far below what the engines bind at most. */
const rowsPerInsert = 500;

/**
 * Takes in events from outside. Each is only a hint that the envelope must be read at the provider: a fresh one sets the
 * envelope's refresh timer due now. A repeat changes nothing, for as long as the envelope's record lives.
 *
 * @returns one `fresh` or `duplicate` per event, in order; once it resolves, the rows are on disk.
 */
export async function receiveEvents(tx: Tx, input: ReceiveEventsInput): Promise<Receipt[]> {
  const pruned = await prunedAmong(tx, input);
  const arrived = input.events.map((event) => {
    const dedupe = shortHash(event.dedupe);
    return { event, dedupe, key: rowKey(event.envelope, dedupe) };
  });
  // Always events before timers, both in one order, so that parallel calls cannot block each other.
  const rows = arrived.filter(({ event }) => !pruned.has(event.envelope)).sort((a, b) => (a.key < b.key ? -1 : 1));
  const fresh = new Set<string>();
  for (let from = 0; from < rows.length; from += rowsPerInsert) {
    for (const key of await insertHints(tx, input, rows.slice(from, from + rowsPerInsert))) fresh.add(key);
  }
  const envelopes = new Set(rows.filter(({ key }) => fresh.has(key)).map(({ event }) => event.envelope));
  await wakeTimers(
    tx,
    [...envelopes].map((envelope) => ({
      id: refreshId(input.account, envelope),
      kind: refreshKind,
      account: input.account,
      envelope,
      node: '',
      ref: '',
      clock: '',
      due: tx.now,
      data: null,
    })),
  );
  // An event that comes twice in one call is fresh once.
  const receipts = arrived.map(({ key }): Receipt => (fresh.delete(key) ? 'fresh' : 'duplicate'));
  const accepted = receipts.filter((receipt) => receipt === 'fresh').length;
  tx.count(accountScope(input.account), 'accepted', accepted);
  tx.count(accountScope(input.account), 'duplicate', receipts.length - accepted);
  return receipts;
}

const rowKey = (envelope: string, dedupe: string): string => `${envelope} ${dedupe}`;

/** Envelopes whose record was pruned: whatever still comes for them was seen before. */
async function prunedAmong(tx: Tx, input: ReceiveEventsInput): Promise<Set<string>> {
  const bind = new Bind();
  const account = bind.one(input.account);
  const ids = bind.list([...new Set(input.events.map(({ envelope }) => envelope))]);
  const rows = await tx.query<{ id: string }>(
    `select id from envelopes where account = ${account} and id in ${ids} and pruned_at is not null`,
    bind.values,
  );
  return new Set(rows.map(({ id }) => id));
}

/** Inserts what is not there yet and returns the keys of those rows. */
async function insertHints(
  tx: Tx,
  input: ReceiveEventsInput,
  arrived: readonly { event: ReceivedEvent; dedupe: string }[],
): Promise<string[]> {
  const bind = new Bind();
  const { account, origin } = input;
  const values = arrived.map(({ event: { envelope, uuid, type, at, signer }, dedupe }) =>
    bind.tuple([account, envelope, dedupe, uuid, type, at, signer, origin, 'hint', tx.now]),
  );
  const rows = await tx.query<{ envelope: string; dedupe: string }>(
    `insert into events(account, envelope, dedupe, uuid, type, happened_at, signer, origin, state, received_at)
     values ${values.join(',')} on conflict(account, envelope, dedupe) do nothing returning envelope, dedupe`,
    bind.values,
  );
  return rows.map(({ envelope, dedupe }) => rowKey(envelope, dedupe));
}

/**
 * Closes hints that the provider never confirmed: `foreign` when it does not know the document or it is not ours,
 * `unconfirmed` when it does not list such an event.
 *
 * @returns how many were closed
 */
export async function rejectHints(tx: Tx, input: RejectHintsInput): Promise<number> {
  const [known] = await tx.query('select id from envelopes where account = $1 and id = $2', [
    input.account,
    input.envelope,
  ]);
  // Only a known envelope is locked and has a journal: invented document ids must not fill the ledger.
  const locked = known === undefined ? null : await lockEnvelope(tx, input.account, input.envelope);
  const rows = await tx.query<{ uuid: string; type: string; happened_at: number }>(
    `update events set state = $4 where account = $1 and envelope = $2 and state = 'hint' and received_at < $3
     returning uuid, type, happened_at`,
    [input.account, input.envelope, input.olderThan, input.reason],
  );
  tx.count(accountScope(input.account), input.reason, rows.length);
  if (locked !== null && rows.length > 0) {
    await note(tx, locked, 'hints-rejected', {
      reason: input.reason,
      events: rows.map((row) => ({ uuid: row.uuid, type: row.type, at: row.happened_at })),
    });
    await saveEnvelope(tx, locked);
  }
  return rows.length;
}
