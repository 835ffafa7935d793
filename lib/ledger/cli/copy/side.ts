import { ledgerError } from '../../errors';
import { Bind, type Cell, type Row, type Tx } from '../../sql';
import { nameOf } from '../existing';
import type { Place } from '../place';
import type { Table } from './tables';

/** One end of a copy: a ledger with one transaction open on it. */
export interface Side {
  place: Place;
  query<R extends object = Row>(text: string, params?: readonly Cell[]): Promise<R[]>;
  /** Keeps what was written. */
  commit(): Promise<void>;
  /** Gives everything back; what was not committed is gone. */
  close(): Promise<void>;
}

const pageRows = 100;
const largePageRows = 2;
const perInsert = 100;

/** The side as a verb of the ledger sees it. */
export const asTx = ({ query }: Side): Tx => ({
  now: Date.now(),
  query,
  count: () => undefined,
  changed: () => undefined,
});

/** Runs a task; an error of the engine comes out as one that says what to do. */
export async function saying<T>(place: Place, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (thrown) {
    throw ledgerError(thrown, { engine: place.engine, where: nameOf(place) });
  }
}

/** All rows of a table in pages, in the order of its key. */
export async function* pagesOf(side: Side, { name, key, large }: Table): AsyncGenerator<Row[]> {
  const size = large ? largePageRows : pageRows;
  for (let last: Row | undefined; ; ) {
    const bind = new Bind();
    const from = last;
    const behind =
      from === undefined ? '' : `where (${key.join(', ')}) > ${bind.tuple(key.map((column) => from[column] ?? null))}`;
    const rows = await side.query(
      `select * from ${name} ${behind} order by ${key.join(', ')} limit ${bind.one(size)}`,
      bind.values,
    );
    if (rows.length > 0) yield rows;
    last = rows.at(-1);
    if (rows.length < size) return;
  }
}

/** Writes rows into a table. */
export async function insertRows(side: Side, { name, columns }: Table, rows: readonly Row[]): Promise<void> {
  for (let start = 0; start < rows.length; start += perInsert) {
    const bind = new Bind();
    const tuples = rows
      .slice(start, start + perInsert)
      .map((row) => bind.tuple(columns.map((column) => row[column] ?? null)));
    await side.query(`insert into ${name}(${columns.join(', ')}) values ${tuples.join(', ')}`, bind.values);
  }
}

/** How many rows a table has. */
export async function rowsIn(side: Side, { name }: Table): Promise<number> {
  const [row] = await side.query<{ n: number }>(`select count(*) as n from ${name}`);
  return row?.n ?? 0;
}
