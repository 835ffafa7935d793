import { z } from 'zod';
import type { Ledger } from '../ledger';
import type { ExitCode } from './exit-codes';
import { wrongUsage } from './exit-codes';
import type { Io } from './io';
import type { Place, PlaceFlags } from './place';

/** One call of a command. */
export interface Invocation {
  io: Io;
  /** The result is wanted as JSON. */
  json: boolean;
  /** What follows the name of the command. */
  words: string[];
  /** Options of the command by name, as typed. */
  options: Readonly<Record<string, string | boolean | string[] | undefined>>;
  /** How to connect to PostgreSQL. */
  placeFlags: PlaceFlags;
  /** The ledger that `--file` or `--postgres` names. */
  place(): Promise<Place>;
  /** Opens it for the time of a task. */
  withLedger<T>(task: (ledger: Ledger) => Promise<T>): Promise<T>;
}

export interface Command {
  /** What is typed behind the name. */
  synopsis: string;
  /** One sentence. */
  about: string;
  /** One line for each option of its own. */
  help?: readonly string[];
  options?: Readonly<Record<string, { type: 'string' | 'boolean'; multiple?: boolean }>>;
  /** The least and the most number of words. */
  words: readonly [least: number, most: number];
  run(invocation: Invocation): Promise<ExitCode>;
}

/**
 * Checks the options of a command.
 *
 * @throws Stop `usage` naming the option
 */
export function readOptions<S extends z.ZodType>(schema: S, { options }: Invocation): z.output<S> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw wrongUsage(`--${issue?.path.join('.') ?? 'option'}: ${issue?.message ?? 'this value cannot be used'}.`);
}

/** A number of rows as typed. */
export const rowLimit = z.coerce.number('give a whole number').int('give a whole number').min(1).max(1_000_000);
export const flag = z.boolean().default(false);
export const word = z.string().min(1, 'the value is missing').optional();

/** Prints a result: as JSON, or as the lines it is given. */
export function show({ io, json }: Invocation, result: unknown, lines: readonly string[]): void {
  if (json) io.print(JSON.stringify(result, null, 2));
  else for (const line of lines) io.print(line);
}
