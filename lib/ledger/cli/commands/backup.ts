import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { SignatureError } from '../../../errors';
import { damaged, ledgerError } from '../../errors';
import type { PostgresOptions, SqliteOptions } from '../../options';
import { parseOptions } from '../../options';
import { SqliteDatabase } from '../../sqlite-database';
import { type Command, flag, readOptions, show } from '../command';
import { copyLedger } from '../copy/copy';
import { openSnapshot, openTarget } from '../copy/open-sides';
import { saying } from '../copy/side';
import { ledgerTables } from '../copy/tables';
import { checkExisting, nameOf, openExisting } from '../existing';
import { exitCode } from '../exit-codes';
import { bytes } from '../format';
import type { Io } from '../io';
import { Progress } from '../progress';

const options = z.object({ force: flag });
const lookEveryMs = 200;

/** `backup`: a complete copy of one moment in a file, while runtimes go on. */
export const backup: Command = {
  synopsis: 'FILE',
  about: 'Writes a complete copy of this moment into a ledger file, while runtimes go on; from PostgreSQL as well.',
  help: ['--force          replace FILE when it exists'],
  options: { force: { type: 'boolean' } },
  words: [1, 1],
  async run(invocation) {
    const { io } = invocation;
    const { force } = readOptions(options, invocation);
    const target = path.resolve(invocation.words[0] ?? '');
    const place = await invocation.place();
    if (place.engine === 'sqlite' && target === place.file) {
      throw new SignatureError('BAD_INPUT', 'The backup cannot be the ledger itself. Choose another file.');
    }
    if (existsSync(target) && !force) {
      throw new SignatureError('BAD_INPUT', `${target} exists already. Choose another name, or give --force.`);
    }
    await (place.engine === 'sqlite' ? fromFile(place, target, io) : fromServer(place, target, io));
    const size = statSync(target).size;
    show(invocation, { file: target, bytes: size }, [
      `${nameOf(place)} is backed up: ${target} (${bytes(size)}), checked.`,
    ]);
    return exitCode.done;
  },
};

async function fromFile(place: SqliteOptions, target: string, io: Io): Promise<void> {
  const ledger = await openExisting(place);
  const progress = new Progress(io, 'Backing up', 'bytes', statSync(place.file).size);
  // The engine writes into this file until it is complete; how much is there is all that can be seen.
  const draft = `${target}.part`;
  const timer = setInterval(() => {
    progress.set(statSync(draft, { throwIfNoEntry: false })?.size ?? 0);
  }, lookEveryMs);
  try {
    await ledger.backup({ file: target });
  } finally {
    clearInterval(timer);
    progress.end();
    await ledger.close();
  }
  checkCopy(target);
}

async function fromServer(place: PostgresOptions, target: string, io: Io): Promise<void> {
  await checkExisting(place);
  const tables = ledgerTables();
  const draft = `${target}.part`;
  const to = parseOptions({ engine: 'sqlite', file: draft });
  rmSync(draft, { force: true });
  const source = await openSnapshot(place);
  try {
    const side = await openTarget(to, tables);
    try {
      // A backup keeps what is there, sound or not; "verify" tells.
      await saying(to, () => copyLedger(source, side, tables, io, { force: true }));
      await saying(to, () => side.commit());
    } finally {
      await side.close();
    }
    renameSync(draft, target);
  } finally {
    await source.close();
  }
}

function checkCopy(file: string): void {
  try {
    const db = SqliteDatabase.open(file, { readOnly: true, busyTimeoutMs: 10_000 });
    try {
      const [row] = db.all<{ quick_check: string }>('pragma quick_check(1)');
      if (row?.quick_check !== 'ok') throw damaged(file, row?.quick_check ?? 'no answer');
    } finally {
      db.close();
    }
  } catch (thrown) {
    throw ledgerError(thrown, { engine: 'sqlite', where: file });
  }
}
