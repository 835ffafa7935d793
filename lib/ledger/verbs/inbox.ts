import { shortHash } from '../canonical';
import type { Tx } from '../sql';
import type { Receipt, ReceivedEvent, ReceiveEventsInput, RejectHintsInput } from '../types';
import { note } from './audit';
import { accountScope } from './counters';
import { lockEnvelope, saveEnvelope } from './envelopes';
import { setTimer } from './timers';

/** Kind of the timer that asks for an envelope to be read at the provider. */
export const refreshKind = 'refresh';

/** The one refresh timer of an envelope. */
export const refreshId = (account: string, envelope: string): string => `refresh:${account}:${envelope}`;

/**
 * Takes in events from outside. Each is only a hint that the envelope must be read at the provider: a fresh one sets the
 * envelope's refresh timer due now. A repeat changes nothing, for as long as the envelope's record lives.
 *
 * @returns one `fresh` or `duplicate` per event, in order; once it resolves, the rows are on disk.
 */
export async function receiveEvents(tx: Tx, input: ReceiveEventsInput): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  const refreshed = new Set<string>();
  for (const event of input.events) {
    const fresh = await insertHint(tx, input, event);
    receipts.push(fresh ? 'fresh' : 'duplicate');
    if (fresh && !refreshed.has(event.envelope)) {
      refreshed.add(event.envelope);
      await setTimer(tx, {
        id: refreshId(input.account, event.envelope),
        kind: refreshKind,
        account: input.account,
        envelope: event.envelope,
        node: '',
        ref: '',
        clock: '',
        due: tx.now,
        data: null,
      });
    }
  }
  const accepted = receipts.filter((receipt) => receipt === 'fresh').length;
  tx.count(accountScope(input.account), 'accepted', accepted);
  tx.count(accountScope(input.account), 'duplicate', receipts.length - accepted);
  return receipts;
}

async function insertHint(tx: Tx, input: ReceiveEventsInput, event: ReceivedEvent): Promise<boolean> {
  const rows = await tx.query(
    `insert into events(account, envelope, dedupe, uuid, type, happened_at, signer, origin, state, received_at)
     select $1, $2, $3, $4, $5, cast($6 as bigint), $7, $8, 'hint', cast($9 as bigint)
     where not exists (select 1 from envelopes where account = $1 and id = $2 and pruned_at is not null)
     on conflict(account, envelope, dedupe) do nothing returning dedupe`,
    [
      input.account,
      event.envelope,
      shortHash(event.dedupe),
      event.uuid,
      event.type,
      event.at,
      event.signer,
      input.origin,
      tx.now,
    ],
  );
  return rows.length > 0;
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
