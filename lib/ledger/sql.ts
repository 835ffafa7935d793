import type { EpochMs } from './types';

/** The only place where the engines differ inside a statement. */
export const lockMarker = '/*LOCK*/';

/** What can be bound to a statement and read from a column. Booleans are 0 and 1, JSON is text. */
export type Cell = string | number | null | Uint8Array;

export type Row = Record<string, Cell>;

/**
 * One transaction, the same on both engines. A verb is a function of it, so its SQL is written once.
 *
 * The text uses `$1`, `$2` … and no function of one engine only. `lockMarker` after a `select` becomes
 * `for update skip locked` on PostgreSQL and nothing on SQLite, where one writer at a time needs no row locks.
 */
export interface Tx {
  /** The time of this transaction: of the database when it is shared, else of this computer. */
  readonly now: EpochMs;
  query<R extends object = Row>(text: string, params?: readonly Cell[]): Promise<R[]>;
  /** Adds to a counter. Counters are written just before the commit, sorted, so that they cannot deadlock. */
  count(scope: string, name: string, by: number): void;
  /** Tells the listeners after the commit that something may be due. */
  changed(): void;
}

export type Verb<I, O> = (tx: Tx, input: I) => Promise<O>;

/** Collects the parameters of a statement whose text is put together. */
export class Bind {
  readonly values: Cell[] = [];

  /** Binds one value and returns its placeholder. */
  one(value: Cell): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  /** Binds one row of `values`. */
  tuple(values: readonly Cell[]): string {
    return `(${values.map((value) => this.one(value)).join(',')})`;
  }

  /** Binds a list for `in`; an empty list matches nothing. */
  list(values: readonly string[]): string {
    return values.length === 0 ? '(null)' : this.tuple(values);
  }
}

/** JSON text of any JSON value; `undefined` becomes null. */
export const toJson = (value: unknown): string => JSON.stringify(value ?? null) ?? 'null';

/** The value behind JSON text; null for an empty column. */
export const fromJson = (text: Cell | undefined): unknown =>
  typeof text === 'string' && text ? JSON.parse(text) : null;

/**
 * A value as both engines accept it: PostgreSQL refuses NUL characters in text and fractions in `bigint`.
 * Every number column of the ledger is an integer.
 */
export function cell(value: Cell): Cell {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
  if (typeof value === 'number') return Math.floor(value);
  return value;
}
