/** Files one document in a process of its own, which is killed at the given note: `filing-child.ts <job.json>`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type FilingItem, fileOne } from '../../dist/lib/archive/repositories/file';
import { openRepository } from '../../dist/lib/archive/repositories/open';

export interface FilingJob {
  settings: object;
  item: FilingItem;
  /** What is noted is kept here. */
  notes: string;
  /** Number of the note at which the process is killed. */
  killAt: number;
  /** Whether that note is still kept. */
  kept: boolean;
}

async function run({ settings, item, notes, killAt, kept }: FilingJob): Promise<void> {
  let count = 0;
  const note = async (progress: object) => {
    count += 1;
    if (count !== killAt || kept) writeFileSync(notes, JSON.stringify(progress));
    if (count === killAt) process.kill(process.pid, 'SIGKILL');
  };
  await fileOne(openRepository(settings, { userAgent: 'test' }), item, {}, note);
}

const [job] = process.argv.slice(2);
if (job !== undefined) void run(JSON.parse(readFileSync(job, 'utf8')));
