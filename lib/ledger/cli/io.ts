import { createInterface } from 'node:readline/promises';
import { exitCode, Stop } from './exit-codes';
import { readSecret } from './secret';

/** What a command has of the world around it. */
export interface Io {
  /** One line of the result (standard output). */
  print(line: string): void;
  /** One line that is not part of the result (standard error). */
  note(line: string): void;
  /** Draws a line over the one before, '' to remove it; null where nobody looks. */
  draw: ((line: string) => void) | null;
  /** Asks the person at the keyboard; null when there is none. A hidden answer is not shown. */
  ask: ((question: string, options?: { hidden: boolean }) => Promise<string>) | null;
  env: Readonly<Record<string, string | undefined>>;
  now(): number;
}

/** The terminal of this process. Questions and progress go to standard error, so that standard output is the result. */
export function processIo(): Io {
  const { stdin, stdout, stderr } = process;
  const ask = async (question: string, { hidden } = { hidden: false }): Promise<string> => {
    if (hidden) return readSecret(question, stdin, stderr);
    const lines = createInterface({ input: stdin, output: stderr });
    try {
      return await lines.question(question);
    } finally {
      lines.close();
    }
  };
  return {
    print: (line) => stdout.write(`${line}\n`),
    note: (line) => stderr.write(`${line}\n`),
    draw: stderr.isTTY ? (line) => stderr.write(`\r\u001b[2K${line.slice(0, (stderr.columns || 80) - 1)}`) : null,
    ask: stdin.isTTY ? ask : null,
    env: process.env,
    now: Date.now,
  };
}

/**
 * Goes on only when the person says yes, or said so with `--yes`.
 *
 * @param question what will be done, as a question
 * @throws Stop `declined`
 */
export async function confirm(io: Io, question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (io.ask === null) {
    throw new Stop(exitCode.declined, `${question} Nobody is there to answer: add --yes. Nothing was changed.`);
  }
  const answer = await io.ask(`${question} [y/N] `);
  if (!/^\s*y(es)?\s*$/i.test(answer)) throw new Stop(exitCode.declined, 'Nothing was changed.');
}
