import { createHash } from 'node:crypto';
import type { Cell, Row } from '../../sql';
import type { Table } from './tables';

const modulus = 1n << 256n;

const tagged = (value: Cell | undefined): unknown => {
  if (value === null || value === undefined || typeof value === 'string') return value ?? null;
  if (typeof value === 'number') return value;
  return { sha256: createHash('sha256').update(value).digest('base64url') };
};

/**
 * Number of rows of a table and a hash of their content.
 *
 * The hash is the sum of the SHA-256 of every row modulo 2^256, so it does not depend on the order of the rows: the
 * engines sort text differently.
 */
export class Digest {
  rows = 0;
  #sum = 0n;
  readonly #columns: readonly string[];

  constructor(table: Table) {
    this.#columns = table.columns;
  }

  add(row: Row): void {
    const text = JSON.stringify(this.#columns.map((column) => tagged(row[column])));
    const hash = createHash('sha256').update(text).digest('hex');
    this.#sum = (this.#sum + BigInt(`0x${hash}`)) % modulus;
    this.rows += 1;
  }

  /** 64 hexadecimal digits. */
  get hash(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }
}
