import type { Tx } from '../sql';

/** Registers a node for the confirmed events of an account; from now on each of them is delivered to it once. */
export async function setListener(tx: Tx, input: { account: string; node: string }): Promise<void> {
  await tx.query(
    `insert into listeners(node, account) values($1, $2)
     on conflict(node) do update set account = excluded.account where listeners.account <> excluded.account`,
    [input.node, input.account],
  );
}

/** Ends the registration. Deliveries already written stay. */
export async function removeListener(tx: Tx, input: { node: string }): Promise<void> {
  await tx.query('delete from listeners where node = $1', [input.node]);
}

/** The nodes registered for an account. */
export async function listenersOf(tx: Tx, account: string): Promise<string[]> {
  const rows = await tx.query<{ node: string }>('select node from listeners where account = $1 order by node', [
    account,
  ]);
  return rows.map((row) => row.node);
}
