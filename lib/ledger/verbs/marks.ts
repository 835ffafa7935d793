import type { Tx } from '../sql';

/** Mark of the last reminder about an envelope, in the time of the account; it goes when the envelope is pruned. */
export const reminderMark = (account: string, envelope: string): string => `reminded:${account}:${envelope}`;

/** Mark of the newest notification in one place of one device, by the ledger's clock; old ones are pruned. */
export const pushMark = (place: string): string => `pushed:${place}`;

/** How far something has been read, such as the provider's list of events; null when it never was. */
export async function mark(tx: Tx, input: { name: string }): Promise<number | null> {
  const [row] = await tx.query<{ value: number }>('select value from marks where name = $1', [input.name]);
  return row === undefined ? null : Number(row.value);
}

/**
 * Moves a mark forwards; an older value changes nothing.
 *
 * @param input `ifAtMost`: only when the mark is not beyond this value yet
 * @returns whether it was moved; of several who try at the same moment with `ifAtMost`, one is told so
 */
export async function setMark(
  tx: Tx,
  input: { name: string; value: number; ifAtMost?: number | undefined },
): Promise<boolean> {
  const moved = await tx.query(
    `insert into marks(name, value) values($1, $2)
     on conflict(name) do update set value = excluded.value where marks.value < excluded.value and marks.value <= $3
     returning name`,
    [input.name, input.value, input.ifAtMost ?? input.value],
  );
  return moved.length > 0;
}
