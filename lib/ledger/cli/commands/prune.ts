import { z } from 'zod';
import { type Command, flag, readOptions, show } from '../command';
import { exitCode } from '../exit-codes';
import { count, moment, pastMoment } from '../format';
import { confirm } from '../io';
import { Progress } from '../progress';

const options = z.object({ 'older-than': z.string('give an age (90d) or a date (2026-01-31)'), yes: flag });

/** `prune`: retention. */
export const prune: Command = {
  synopsis: '--older-than AGE',
  about: 'Removes the work of envelopes that ended long ago. Journals stay; open work is never touched. Asks first.',
  help: ['--older-than AGE an age (36h, 90d, 12w, 6m, 1y) or a date (2026-01-31)', '--yes            do not ask'],
  options: { 'older-than': { type: 'string' }, yes: { type: 'boolean' } },
  words: [0, 0],
  async run(invocation) {
    const { 'older-than': age, yes } = readOptions(options, invocation);
    const { io } = invocation;
    const total = { envelopes: 0, rows: 0 };
    await invocation.withLedger(async (ledger) => {
      const before = pastMoment(age, io.now() + ledger.info().skewMs);
      await confirm(io, `Remove the finished work of before ${moment(before)} from ${ledger.info().where}?`, yes);
      const progress = new Progress(io, 'Removing', 'rows', null);
      for (let more = true; more; ) {
        const removed = await ledger.prune({ before });
        total.envelopes += removed.envelopes;
        total.rows += removed.rows;
        more = removed.more;
        progress.set(total.rows);
      }
      progress.end();
    });
    show(invocation, total, [
      `Removed ${count(total.rows, 'row')} of ${count(total.envelopes, 'ended envelope')}; their journals stay.`,
    ]);
    return exitCode.done;
  },
};
