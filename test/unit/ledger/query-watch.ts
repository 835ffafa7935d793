import { DatabaseSync } from 'node:sqlite';
import { migrations } from '../../../dist/lib/ledger/migrations';
import type { Cell, Tx } from '../../../dist/lib/ledger/sql';

/** An empty ledger in memory that notes which of its queries walk through a table, or sort one. */
export interface QueryWatch {
  tx: Tx;
  /** What was noted, with the query. */
  scans: string[];
  close(): void;
}

/** @param lists columns by which work lists are ordered; the few rows of one envelope may be sorted, a work list may not */
export function watchQueries(lists: readonly string[]): QueryWatch {
  const db = new DatabaseSync(':memory:');
  for (const step of migrations) for (const statement of step.statements) db.exec(statement);
  const ordered = new RegExp(`order by (${lists.join('|')})\\b`);
  const scans: string[] = [];
  const named = (params: readonly Cell[]) =>
    Object.fromEntries(params.map((value, i) => [`$${i + 1}`, typeof value === 'number' ? BigInt(value) : value]));
  const tx: Tx = {
    now: 1_000_000,
    async query(text, params = []) {
      for (const { detail } of db.prepare(`explain query plan ${text}`).all(named(params)) as { detail: string }[]) {
        // "SCAN x USING INDEX" of a partial index is the work list itself.
        const whole = /^SCAN (?!picked|CONSTANT|\d)/.test(detail) && !/USING (COVERING )?INDEX/.test(detail);
        const sorted = /TEMP B-TREE/.test(detail) && ordered.test(text);
        if (whole || sorted) scans.push(`${detail} in ${text.replace(/\s+/g, ' ')}`);
      }
      return db.prepare(text).all(named(params)) as never;
    },
    count: () => undefined,
    changed: () => undefined,
  };
  return { tx, scans, close: () => db.close() };
}
