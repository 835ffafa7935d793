import { z } from 'zod';
import { type Command, flag, type Invocation, readOptions, show } from '../command';
import { clearTables, copyLedger, filledTables } from '../copy/copy';
import { openSource, openTarget } from '../copy/open-sides';
import { type Side, saying } from '../copy/side';
import { ledgerTables, type Table } from '../copy/tables';
import { checkExisting, nameOf } from '../existing';
import { exitCode, Stop, wrongUsage } from '../exit-codes';
import { count, visible } from '../format';
import { confirm } from '../io';
import { readPlace } from '../place';
import { tableLines } from '../table';

const options = z.object({ force: flag, yes: flag });

/** `migrate`: from one ledger into another, of the same or the other engine. */
export const migrate: Command = {
  synopsis: 'FROM TO',
  about: 'Copies a whole ledger into an empty one, all or nothing, and verifies counts, hashes and journals.',
  help: [
    'FROM, TO         path of a file, or postgres://USER@HOST:PORT/DATABASE?schema=NAME',
    '--force          copy a ledger that is in use or has broken journals; replace what is in TO (asks first)',
    '--yes            do not ask',
    'PGPASSWORD_TO    environment: password of TO, when it is not PGPASSWORD',
  ],
  options: { force: { type: 'boolean' }, yes: { type: 'boolean' } },
  words: [2, 2],
  async run(invocation) {
    const [fromText = '', toText = ''] = invocation.words;
    const { force, yes } = readOptions(options, invocation);
    const { io, placeFlags } = invocation;
    const from = await readPlace(fromText, placeFlags, io);
    const to = await readPlace(toText, placeFlags, io, ['PGPASSWORD_TO', 'PGPASSWORD']);
    if (nameOf(from) === nameOf(to)) throw wrongUsage('migrate: source and target are the same ledger.');
    await checkExisting(from);
    const tables = ledgerTables();
    const source = await openSource(from, tables, io, force);
    try {
      const target = await openTarget(to, tables);
      try {
        await makeRoom(invocation, target, tables, force, yes);
        const report = await saying(to, async () => {
          const done = await copyLedger(source, target, tables, io, { force });
          await target.commit();
          return done;
        });
        show(invocation, { from: nameOf(from), to: nameOf(to), ...report }, [
          ...tableLines(
            [
              ['TABLE', ({ name }) => name],
              ['ROWS', ({ rows }) => rows],
              ['HASH (EQUAL ON BOTH SIDES)', ({ hash }) => hash.slice(0, 16)],
            ],
            report.tables,
          ),
          ...report.broken.map(({ id }) => `The journal of ${visible(id)} did not hold before and does not now.`),
          `${nameOf(to)} is a complete copy; ${count(report.journals, 'journal')} verified. Now choose it in the signature-ledger node, deploy, and put ${nameOf(from)} away: two ledgers must not be at work.`,
        ]);
        return exitCode.done;
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
  },
};

/** Sees to it that the target is empty. */
async function makeRoom(
  { io }: Invocation,
  target: Side,
  tables: readonly Table[],
  force: boolean,
  yes: boolean,
): Promise<void> {
  const where = nameOf(target.place);
  const filled = await saying(target.place, () => filledTables(target, tables));
  if (filled.length === 0) return;
  const what = filled.map(({ name, rows }) => `${name}: ${rows}`).join(', ');
  if (!force) {
    throw new Stop(
      exitCode.failed,
      `The target ${where} is not empty (${what}). Choose an empty one. (--force replaces what is there.)`,
    );
  }
  await confirm(io, `Delete everything in ${where} (${what})?`, yes);
  await saying(target.place, () => clearTables(target, tables));
}
