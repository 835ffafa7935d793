import type { Finding } from './evidence';
import { commandFor, type Options } from './options';
import { runOnce } from './run';
import { scheduleOf } from './schedule';
import { World } from './world';

export interface Summary {
  runs: number;
  envelopes: number;
  faults: number;
  lost: number;
  duplicates: number;
  wrong: number;
  seconds: number;
}

/** The sandbox's certificates and clock do not last for ever, so a new house is opened after so many runs. */
const runsPerHouse = 60;

/**
 * Runs the generated schedules of a seed and tells of each that broke a promise.
 *
 * @param say takes lines for people
 */
export async function session(options: Options, say: (line: string) => void): Promise<Summary> {
  const began = performance.now();
  const summary: Summary = { runs: 0, envelopes: 0, faults: 0, lost: 0, duplicates: 0, wrong: 0, seconds: 0 };
  const numbers =
    options.only === null ? Array.from({ length: options.runs }, (_, index) => index + 1) : [options.only];
  let absorbed = 0;
  let drafts = 0;
  for (let from = 0; from < numbers.length; from += runsPerHouse) {
    const world = await World.open(options, options.seed);
    let failed = false;
    try {
      for (const run of numbers.slice(from, from + runsPerHouse)) {
        const schedule = scheduleOf(options.seed, run, options);
        const result = await runOnce(world, schedule, options.verbose);
        summary.runs += 1;
        summary.envelopes += schedule.envelopes.length;
        summary.faults += schedule.faults.length;
        absorbed += result.absorbed;
        drafts += result.drafts;
        count(summary, result.findings);
        const kinds = schedule.faults.map(({ kind }) => kind).join(' ');
        say(
          `run ${run}: ${schedule.envelopes.length} envelopes; ${kinds}; ${result.seconds.toFixed(1)} s${result.findings.length > 0 ? ' — FAILED' : ''}`,
        );
        if (result.findings.length > 0) {
          failed = true;
          tell(options, run, result, world.folder, say);
        } else if (options.verbose) say(`${result.timeline}\n`);
      }
      const { intact } = await world.store.verify();
      if (!intact) {
        failed = true;
        count(summary, [{ sort: 'wrong', key: '', text: '' }]);
        say(`core-signature-ledger verify: not intact; kept in ${world.folder}`);
      }
    } catch (thrown) {
      failed = true;
      throw thrown;
    } finally {
      await world.close(failed);
    }
  }
  say(`Notifications that were repeated and absorbed by the other side (same topic, same webhook-id): ${absorbed}`);
  say(`Documents that a paused process had asked for and nobody was asked to sign: ${drafts}`);
  summary.seconds = Math.round((performance.now() - began) / 1000);
  return summary;
}

function count(summary: Summary, findings: readonly Finding[]): void {
  for (const { sort } of findings) {
    if (sort === 'lost') summary.lost += 1;
    if (sort === 'duplicate') summary.duplicates += 1;
    if (sort === 'wrong') summary.wrong += 1;
  }
}

function tell(
  options: Options,
  run: number,
  { findings, timeline }: { findings: Finding[]; timeline: string },
  folder: string,
  say: (line: string) => void,
): void {
  say(`\nseed ${options.seed}, run ${run}: ${findings.length} broken promises`);
  for (const { sort, key, text } of findings) say(`  ${sort.toUpperCase()} ${key} ${text}`);
  say(`\n${timeline}\n`);
  say(`Kept in ${folder}; everything that was seen of it in run-${run}.json.`);
  say(`Repeat it: ${commandFor(options, run)}\n`);
}
