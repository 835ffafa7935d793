import type { Tx } from '../sql';

/** Every envelope with this id or external id, in any account. For operators: it walks through the envelopes. */
export async function findEnvelopes(tx: Tx, input: { text: string }): Promise<{ account: string; id: string }[]> {
  if (input.text === '') return [];
  return tx.query<{ account: string; id: string }>(
    'select account, id from envelopes where id = $1 or external_id = $1 order by account, id',
    [input.text],
  );
}
