import { main } from '../../../dist/lib/ledger/cli/main';
import type { Store } from '../ledger/stores';

/** What the person at the keyboard answers, in order; without it there is nobody. */
export interface Person {
  answers?: string[];
  env?: Record<string, string>;
}

export interface Ran {
  exit: number;
  out: string;
  err: string;
  /** What the progress bar drew, line by line. */
  drawn: string[];
  /** The questions that were asked, with a mark at those whose answer is hidden. */
  asked: string[];
  /** The result as JSON. */
  json<T>(): T;
}

/** Runs the program in this process. */
export async function run(args: string[], { answers, env = {} }: Person = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const drawn: string[] = [];
  const asked: string[] = [];
  const exit = await main(args, {
    print: (line) => out.push(line),
    note: (line) => err.push(line),
    draw: (line) => drawn.push(line),
    ask:
      answers === undefined
        ? null
        : async (question, options) => {
            asked.push(`${question}${options?.hidden ? '(hidden)' : ''}`);
            return answers.shift() ?? '';
          },
    env,
    now: Date.now,
  });
  const text = out.join('\n');
  return { exit, out: text, err: err.join('\n'), drawn, asked, json: () => JSON.parse(text) };
}

/** How to name the ledger of a store on the command line: as an option and as a word. */
export function placeOf({ options }: Store): { flags: string[]; word: string; env: Record<string, string> } {
  if (options.engine === 'sqlite') return { flags: ['--file', options.file], word: options.file, env: {} };
  const { user, host, port, database, password = '' } = options.connection;
  const url = `postgres://${user}@${host}:${port}/${database}`;
  return {
    flags: ['--postgres', url, '--schema', options.schema ?? '', '--tls', 'off'],
    word: `${url}?schema=${options.schema}`,
    env: { PGPASSWORD: password },
  };
}

/** Runs a command on the ledger of a store. */
export const runOn = (store: Store, args: string[], person: Person = {}): Promise<Ran> => {
  const { flags, env } = placeOf(store);
  return run([...args, ...flags], { ...person, env: { ...env, ...person.env } });
};
