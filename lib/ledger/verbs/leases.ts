import { Bind, type Tx } from '../sql';
import type { AcquireLeaseInput, Fenced, ReleaseLeaseInput } from '../types';
import { fenced } from './timers';

/** The tables whose claimed rows carry an owner and a lease, and the state such rows are in. */
const leased = [
  { table: 'timers', held: `state = 'claimed'` },
  { table: 'deliveries', held: `state = 'claimed'` },
  { table: 'operations', held: `state = 'running'` },
  { table: 'leases', held: `owner <> ''` },
] as const;

/** Takes or renews a named lease (one runtime polls, one registers the webhook …). Null while another owner has it. */
export async function acquireLease(tx: Tx, input: AcquireLeaseInput): Promise<number | null> {
  const [row] = await tx.query<{ rev: number }>(
    `insert into leases(name, owner, lease, rev) values($1, $2, $3, 1)
     on conflict(name) do update set owner = excluded.owner, lease = excluded.lease, rev = leases.rev + 1
       where leases.lease <= $4 or leases.owner = excluded.owner
     returning rev`,
    [input.name, input.owner, tx.now + input.leaseMs, tx.now],
  );
  return row?.rev ?? null;
}

/** Gives a named lease back before it runs out. */
export async function releaseLease(tx: Tx, input: ReleaseLeaseInput): Promise<Fenced> {
  return fenced(
    await tx.query(
      `update leases set lease = 0, owner = '' where name = $1 and rev = $2 and owner <> '' returning name`,
      [input.name, input.rev],
    ),
  );
}

/** Every owner that holds an unexpired lease. */
export async function owners(tx: Tx, _input: Record<string, never>): Promise<string[]> {
  const parts = leased.map(({ table, held }) => `select owner from ${table} where ${held} and lease > $1`);
  const rows = await tx.query<{ owner: string }>(`${parts.join(' union ')} order by 1`, [tx.now]);
  return rows.map((row) => row.owner);
}

/**
 * Ends every lease of owners that are certainly gone, so that their work goes on at once.
 *
 * @returns how many rows were freed
 */
export async function releaseDeadOwners(tx: Tx, input: { owners: string[] }): Promise<number> {
  let freed = 0;
  for (const { table, held } of leased) {
    const bind = new Bind();
    const rows = await tx.query<{ lease: number }>(
      `update ${table} set lease = 0 where ${held} and owner in ${bind.list(input.owners)} returning lease`,
      bind.values,
    );
    freed += rows.length;
  }
  if (freed > 0) tx.changed();
  return freed;
}
