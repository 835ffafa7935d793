import { Bind, type Tx } from '../sql';
import { journal } from './audit';

/** An envelope's place in the order in which journals are checked. */
export interface JournalPlace {
  account: string;
  id: string;
}

export interface CheckJournalsResult {
  /** Journals looked at; fewer than asked for: it was the last page. */
  checked: number;
  entries: number;
  /** Envelopes whose chain of hashes does not hold. */
  broken: JournalPlace[];
  /** Where to go on. */
  last: JournalPlace | null;
}

/**
 * Verifies the journals of a page of envelopes, in the order of `(account, id)`.
 *
 * On PostgreSQL an entry that is written meanwhile can make a journal look broken: ask about it again with `journal`.
 */
export async function checkJournals(
  tx: Tx,
  input: { after?: JournalPlace; limit: number },
): Promise<CheckJournalsResult> {
  const bind = new Bind();
  const behind =
    input.after === undefined
      ? ''
      : `where (account, id) > (${bind.one(input.after.account)}, ${bind.one(input.after.id)})`;
  const page = await tx.query<{ account: string; id: string }>(
    `select account, id from envelopes ${behind} order by account, id limit ${bind.one(input.limit)}`,
    bind.values,
  );
  const result: CheckJournalsResult = { checked: page.length, entries: 0, broken: [], last: page.at(-1) ?? null };
  for (const { account, id } of page) {
    const { entries, intact } = await journal(tx, { account, envelope: id });
    result.entries += entries.length;
    if (!intact) result.broken.push({ account, id });
  }
  return result;
}

/** Journals whose envelope is gone, which the ledger itself never does: at most `limit` of them. */
export async function strayJournals(tx: Tx, input: { limit: number }): Promise<JournalPlace[]> {
  return tx.query<{ account: string; id: string }>(
    `select distinct account, envelope as id from audit where not exists (
       select 1 from envelopes where envelopes.account = audit.account and envelopes.id = audit.envelope)
     order by account, envelope limit $1`,
    [input.limit],
  );
}
