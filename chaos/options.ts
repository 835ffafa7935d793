import { parseArgs } from 'node:util';

export interface Options {
  runs: number;
  seed: number;
  /** Only this run of the seed; null for all. */
  only: number | null;
  ledger: 'sqlite' | 'postgres';
  runtimes: number;
  /** Tell of every run as if it had failed. */
  verbose: boolean;
}

export const usage = `npm run chaos -- [--runs N] [--seed S] [--only RUN] [--ledger sqlite|postgres] [--runtimes K]

  --runs N        how many generated schedules are run (default 10)
  --seed S        what they are generated from (default: from the clock); the same seed gives the same schedules
  --only RUN      just this run of the seed, counted from 1
  --ledger        sqlite (default) or postgres
  --runtimes K    Node-RED processes that share the ledger (default 1; more than one needs postgres)
  --verbose       tell what happened in every run, also in those that kept all promises`;

/**
 * Reads the command line.
 *
 * @throws Error with a sentence that says what is wrong
 */
export function parseOptions(args: string[], now: number): Options {
  const { values } = parseArgs({
    args,
    options: {
      runs: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(now % 1_000_000) },
      only: { type: 'string' },
      ledger: { type: 'string', default: 'sqlite' },
      runtimes: { type: 'string', default: '1' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const { ledger } = values;
  if (ledger !== 'sqlite' && ledger !== 'postgres') throw new Error('--ledger is sqlite or postgres.');
  const runtimes = whole('--runtimes', values.runtimes, 1);
  if (runtimes > 1 && ledger === 'sqlite') {
    throw new Error(
      `--runtimes ${runtimes} needs --ledger postgres: an embedded ledger belongs to one Node-RED process.`,
    );
  }
  return {
    runs: whole('--runs', values.runs, 1),
    seed: whole('--seed', values.seed, 0),
    only: values.only === undefined ? null : whole('--only', values.only, 1),
    ledger,
    runtimes,
    verbose: values.verbose,
  };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`${name} is a whole number of at least ${least}, not "${text}".`);
}

/** The command that repeats one run. */
export const commandFor = ({ seed, ledger, runtimes }: Options, run: number): string =>
  `npm run chaos -- --seed ${seed} --only ${run} --ledger ${ledger} --runtimes ${runtimes}`;
