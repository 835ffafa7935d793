import type { Tx } from '../sql';

/** How far something has been read, such as the provider's list of events; null when it never was. */
export async function mark(tx: Tx, input: { name: string }): Promise<number | null> {
  const [row] = await tx.query<{ value: number }>('select value from marks where name = $1', [input.name]);
  return row === undefined ? null : Number(row.value);
}

/** Moves a mark forwards; an older value changes nothing. */
export async function setMark(tx: Tx, input: { name: string; value: number }): Promise<void> {
  await tx.query(
    `insert into marks(name, value) values($1, $2)
     on conflict(name) do update set value = excluded.value where marks.value < excluded.value`,
    [input.name, input.value],
  );
}
