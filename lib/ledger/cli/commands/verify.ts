import { SignatureError } from '../../../errors';
import { damageIn, ledgerError } from '../../errors';
import type { Ledger } from '../../ledger';
import { SqliteDatabase } from '../../sqlite-database';
import type { JournalPlace } from '../../verbs/journal-checks';
import { type Command, show } from '../command';
import { exitCode } from '../exit-codes';
import { count, visible } from '../format';
import type { Io } from '../io';
import { Progress } from '../progress';

const page = 100;
const mostShown = 50;
/** A journal that grows while it is read looks broken once, not three times. */
const furtherLooks = 3;

/** `verify`: the file and every chain of hashes. */
export const verify: Command = {
  synopsis: '',
  about: 'Checks the file (SQLite) and every audit journal. Changes nothing.',
  words: [0, 0],
  async run(invocation) {
    const place = await invocation.place();
    const result = await invocation.withLedger(async (ledger) => {
      const file = place.engine === 'sqlite' ? checkFile(place.file) : [];
      const journals = async () => ({
        readable: true,
        ...(await checkAllJournals(ledger, invocation.io)),
        stray: await ledger.strayJournals({ limit: mostShown }),
      });
      // What is wrong with the file is said also where that keeps the journals from being read.
      return { file, ...(await journals().catch((thrown: unknown) => unreadable(thrown, file.length > 0))) };
    });
    const problems = [
      ...result.file.map((text) => `The file is damaged: ${text.replaceAll('\n', ' ')}`),
      ...(result.readable ? [] : ['Not every journal can be read any more.']),
      ...result.broken.map(
        ({ account, id }) => `The journal of ${visible(id)} (account ${visible(account)}) is NOT INTACT.`,
      ),
      ...result.stray.map(
        ({ account, id }) => `The envelope ${visible(id)} (account ${visible(account)}) is gone, its journal is not.`,
      ),
    ];
    const checked = `${count(result.journals, 'journal')} with ${count(result.entries, 'entry', 'entries')}`;
    show(invocation, { intact: problems.length === 0, ...result }, [
      ...problems,
      problems.length === 0 ? `Everything holds: ${checked}.` : `${count(problems.length, 'problem')} in ${checked}.`,
    ]);
    return problems.length === 0 ? exitCode.done : exitCode.damaged;
  },
};

/** Journals in a file that is known to be damaged. */
function unreadable(thrown: unknown, isDamaged: boolean) {
  if (!isDamaged || !(thrown instanceof SignatureError) || thrown.code !== 'LEDGER_DAMAGED') throw thrown;
  return { readable: false, journals: 0, entries: 0, broken: [], stray: [] };
}

/** What SQLite finds wrong with the file, nothing when it is sound. */
function checkFile(file: string): string[] {
  try {
    const db = SqliteDatabase.open(file, { readOnly: true, busyTimeoutMs: 10_000 });
    try {
      const rows = db.all<{ integrity_check: string }>('pragma integrity_check(20)');
      return rows.map(({ integrity_check }) => integrity_check).filter((text) => text !== 'ok');
    } catch (thrown) {
      // It gives up where tables cannot be compared with their indexes any more; the first bad page can still be named.
      if (damageIn(thrown) === null) throw thrown;
      const rows = db.all<{ quick_check: string }>('pragma quick_check(1)');
      return rows.map(({ quick_check }) => quick_check);
    } finally {
      db.close();
    }
  } catch (thrown) {
    throw ledgerError(thrown, { engine: 'sqlite', where: file });
  }
}

async function checkAllJournals(
  ledger: Ledger,
  io: Io,
): Promise<{ journals: number; entries: number; broken: JournalPlace[] }> {
  const { envelopes } = await ledger.stats({});
  const progress = new Progress(io, 'Verifying', 'journals', envelopes.total);
  const result = { journals: 0, entries: 0, broken: [] as JournalPlace[] };
  for (let after: JournalPlace | undefined, more = true; more; ) {
    const checked = await ledger.checkJournals({ limit: page, ...(after !== undefined && { after }) });
    result.journals += checked.checked;
    result.entries += checked.entries;
    for (const place of checked.broken) if (await isBroken(ledger, place)) result.broken.push(place);
    after = checked.last ?? undefined;
    more = checked.checked === page;
    progress.set(result.journals);
  }
  progress.end();
  return result;
}

async function isBroken(ledger: Ledger, { account, id }: JournalPlace): Promise<boolean> {
  for (let look = 0; look < furtherLooks; look += 1) {
    if ((await ledger.journal({ account, envelope: id })).intact) return false;
  }
  return true;
}
