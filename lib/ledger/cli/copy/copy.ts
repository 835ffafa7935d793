import { checkJournals, type JournalPlace, strayJournals } from '../../verbs/journal-checks';
import { exitCode, Stop } from '../exit-codes';
import { count, visible } from '../format';
import type { Io } from '../io';
import { Progress } from '../progress';
import { Digest } from './digest';
import { asTx, insertRows, pagesOf, rowsIn, type Side } from './side';
import type { Table } from './tables';

export interface CopiedTable {
  name: string;
  rows: number;
  /** See `Digest`. */
  hash: string;
}

export interface CopyReport {
  tables: CopiedTable[];
  journals: number;
  /** Journals that did not hold in the source already; only with `force`. */
  broken: JournalPlace[];
}

/** Tables that are not empty, with their number of rows. */
export async function filledTables(side: Side, tables: readonly Table[]): Promise<{ name: string; rows: number }[]> {
  const found: { name: string; rows: number }[] = [];
  for (const table of tables) {
    const rows = await rowsIn(side, table);
    if (rows > 0) found.push({ name: table.name, rows });
  }
  return found;
}

/** Empties all tables. */
export async function clearTables(side: Side, tables: readonly Table[]): Promise<void> {
  for (const { name } of tables) await side.query(`delete from ${name}`);
}

/**
 * Copies every row of a ledger into an empty one and verifies the copy: it reads everything back and compares number and
 * hash of the rows of each table, then checks every journal. The caller commits; until then nothing has happened.
 *
 * @param force copy a ledger whose journals do not hold, and report them
 * @throws Stop `damaged` when the copy is not equal, or a journal does not hold
 */
export async function copyLedger(
  source: Side,
  target: Side,
  tables: readonly Table[],
  io: Io,
  { force }: { force: boolean },
): Promise<CopyReport> {
  const sizes = await filledTables(source, tables);
  const total = sizes.reduce((sum, { rows }) => sum + rows, 0);
  const written = await eachTable(tables, new Progress(io, 'Copying', 'rows', total), (table, digest, done) =>
    copyTable(source, target, table, digest, done),
  );
  const read = await eachTable(tables, new Progress(io, 'Verifying', 'rows', total), (table, digest, done) =>
    readTable(target, table, digest, done),
  );
  for (const [index, before] of written.entries()) {
    const after = read[index];
    if (after?.rows === before.rows && after.hash === before.hash) continue;
    throw new Stop(
      exitCode.damaged,
      `The copy of the table ${before.name} is not equal to its source (${count(before.rows, 'row')}, then ${after?.rows ?? 0}). Nothing was kept. Try again; if it happens again, check the disks.`,
    );
  }
  const { journals, broken } = await checkAll(target, io);
  if (broken.length > 0 && !force) {
    throw new Stop(
      exitCode.damaged,
      `The journal of ${visible(broken[0]?.id ?? '')} does not hold (${count(broken.length, 'broken journal')} in all; "verify" lists them). Nothing was kept. With --force the ledger is copied as it is.`,
    );
  }
  return { tables: written, journals, broken };
}

async function eachTable(
  tables: readonly Table[],
  progress: Progress,
  work: (table: Table, digest: Digest, done: (rows: number) => void) => Promise<void>,
): Promise<CopiedTable[]> {
  const results: CopiedTable[] = [];
  try {
    for (const table of tables) {
      const digest = new Digest(table);
      await work(table, digest, (rows) => progress.advance(rows));
      results.push({ name: table.name, rows: digest.rows, hash: digest.hash });
    }
  } finally {
    progress.end();
  }
  return results;
}

async function copyTable(source: Side, target: Side, table: Table, digest: Digest, done: (rows: number) => void) {
  for await (const rows of pagesOf(source, table)) {
    await insertRows(target, table, rows);
    for (const row of rows) digest.add(row);
    done(rows.length);
  }
}

async function readTable(side: Side, table: Table, digest: Digest, done: (rows: number) => void) {
  for await (const rows of pagesOf(side, table)) {
    for (const row of rows) digest.add(row);
    done(rows.length);
  }
}

const journalPage = 100;

async function checkAll(side: Side, io: Io): Promise<{ journals: number; broken: JournalPlace[] }> {
  const tx = asTx(side);
  const broken = await strayJournals(tx, { limit: journalPage });
  const progress = new Progress(io, 'Verifying', 'journals', null);
  let journals = 0;
  for (let after: JournalPlace | undefined, more = true; more; ) {
    const page = await checkJournals(tx, { limit: journalPage, ...(after !== undefined && { after }) });
    journals += page.checked;
    broken.push(...page.broken);
    after = page.last ?? undefined;
    more = page.checked === journalPage;
    progress.set(journals);
  }
  progress.end();
  return { journals, broken };
}
