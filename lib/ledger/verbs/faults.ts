import { Bind, fromJson, type Tx } from '../sql';
import type { DeliveryKind, EpochMs, Failure, Fault } from '../types';
import { dropParkedMessage } from './deliveries';

/**
 * An operation that nothing will try again. One without a node belongs to a step of a ladder, whose timer tries it again,
 * and is the fault when it gives up.
 */
export const givenUp = `state = 'failed' and node <> ''`;

interface FaultRow {
  id: string;
  kind: string;
  account: string;
  node: string;
  envelope: string;
  attempts: number;
  error: string;
  time: EpochMs;
}

const sources = [
  { what: 'timer', table: 'timers', is: `state = 'dead'`, time: 'updated_at' },
  { what: 'delivery', table: 'deliveries', is: `state = 'dead'`, time: 'created_at' },
  { what: 'operation', table: 'operations', is: givenUp, time: 'updated_at' },
] as const;

type Which = Pick<Fault, 'what' | 'id'>;

/** What gave up and waits for a person, newest first. */
export async function faults(tx: Tx, input: { account?: string; limit: number }): Promise<Fault[]> {
  const found: Fault[] = [];
  for (const source of sources) {
    const bind = new Bind();
    const mine = input.account === undefined ? '' : ` and account = ${bind.one(input.account)}`;
    const rows = await tx.query<FaultRow>(
      `select id, kind, account, node, envelope, attempts, error, ${source.time} as time from ${source.table}
       where ${source.is}${mine} order by ${source.time} desc limit ${bind.one(input.limit)}`,
      bind.values,
    );
    for (const { time, error, ...row } of rows) {
      found.push({
        ...row,
        what: source.what,
        at: time,
        error: source.what === 'operation' ? messageOf(error) : error,
      });
    }
  }
  return found.sort((a, b) => b.at - a.at).slice(0, input.limit);
}

const messageOf = (error: string): string => (fromJson(error) as Failure | null)?.message ?? '';

/** Tries a fault again, now. False when it is not a fault any more. */
export async function reviveFault(tx: Tx, input: Which): Promise<boolean> {
  const statement = {
    timer: `update timers set state = 'pending', attempts = 0, fired_at = null, updated_at = $2
            where id = $1 and state = 'dead' returning id`,
    delivery: `update deliveries set state = 'pending', attempts = 1, due = $2
               where id = $1 and state = 'dead' returning id`,
    // Due at any lane time: a virtual clock never runs behind the beginning of time.
    operation: `update operations set state = 'waiting', due = 0, updated_at = $2
                where id = $1 and state = 'failed' returning id`,
  }[input.what];
  const rows = await tx.query(statement, [input.id, tx.now]);
  if (rows.length > 0) tx.changed();
  return rows.length > 0;
}

/** Gives a fault up: nothing will be emitted or tried any more. */
export async function dropFault(tx: Tx, input: Which): Promise<boolean> {
  if (input.what === 'timer') {
    const rows = await tx.query(
      `update timers set state = 'cancelled', rev = rev + 1, updated_at = $2 where id = $1 and state = 'dead'
       returning id`,
      [input.id, tx.now],
    );
    return rows.length > 0;
  }
  if (input.what === 'operation') {
    const rows = await tx.query(`delete from operations where id = $1 and state = 'failed' returning id`, [input.id]);
    if (rows.length > 0) await tx.query('delete from attachments where operation_id = $1', [input.id]);
    return rows.length > 0;
  }
  const [row] = await tx.query<{ kind: DeliveryKind; wait_id: string; operation_id: string; ladder_id: string }>(
    `delete from deliveries where id = $1 and state = 'dead' returning kind, wait_id, operation_id, ladder_id`,
    [input.id],
  );
  if (row !== undefined) await dropParkedMessage(tx, row);
  if (row !== undefined) tx.changed();
  return row !== undefined;
}
