/** `core-signature-ledger`: the operator's view of a ledger. */
import { parseArgs } from 'node:util';
import { SignatureError, toError } from '../../errors';
import type { Command, Invocation } from './command';
import { commands } from './commands';
import { openExisting } from './existing';
import { type ExitCode, exitCode, Stop, wrongUsage } from './exit-codes';
import { visible } from './format';
import { type Io, processIo } from './io';
import { type Place, type PlaceFlags, placeFlags, readPlace } from './place';
import { generalUsage, usageOf } from './usage';

const commonOptions = {
  file: { type: 'string' },
  postgres: { type: 'string' },
  schema: { type: 'string' },
  tls: { type: 'string' },
  ca: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * Runs the program.
 *
 * @param args words and options behind its name
 * @returns the exit status, see `exitCode`
 */
export async function main(args: readonly string[], io: Io = processIo()): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || ['--help', '-h', 'help'].includes(name)) {
    for (const line of generalUsage()) io.print(line);
    return name === undefined ? exitCode.usage : exitCode.done;
  }
  const command = commands.get(name);
  if (command === undefined) {
    io.note(`There is no command "${visible(name)}". Commands: ${[...commands.keys()].join(', ')}.`);
    return exitCode.usage;
  }
  try {
    const invocation = read(command, rest, io);
    if (invocation !== null) return await command.run(invocation);
    for (const line of usageOf(name, command)) io.print(line);
    return exitCode.done;
  } catch (thrown) {
    return tell(thrown, name, rest, io);
  }
}

/** Reads the command line; null when help is wanted. */
function read(command: Command, args: string[], io: Io): Invocation | null {
  const parsed = parse(command, args);
  const { file, postgres, help, json = false, ...options } = parsed.values;
  if (help === true) return null;
  const flags = readFlags(options);
  const [least, most] = command.words;
  if (parsed.positionals.length < least) throw wrongUsage(`Something is missing: ${command.synopsis}.`);
  if (parsed.positionals.length > most)
    throw wrongUsage(`"${visible(parsed.positionals[most] ?? '')}" is one word too many.`);
  let asked: Promise<Place> | undefined;
  const place = (): Promise<Place> => {
    asked ??= readPlace(oneOf(text(file), text(postgres)), flags, io);
    return asked;
  };
  return {
    io,
    json: json === true,
    words: parsed.positionals,
    options,
    placeFlags: flags,
    place,
    async withLedger(task) {
      const ledger = await openExisting(await place());
      try {
        return await task(ledger);
      } finally {
        await ledger.close();
      }
    },
  };
}

interface Parsed {
  values: Record<string, string | boolean | string[] | undefined>;
  positionals: string[];
}

function parse(command: Command, args: string[]): Parsed {
  try {
    const options = { ...commonOptions, ...command.options };
    return parseArgs({ args, options, allowPositionals: true, strict: true }) as Parsed;
  } catch (thrown) {
    // Node.js explains at length how a positional argument may begin with a dash.
    throw wrongUsage(toError(thrown).message.split('. ')[0] ?? '');
  }
}

function readFlags(options: object): PlaceFlags {
  const parsed = placeFlags.safeParse(options);
  if (parsed.success) return parsed.data;
  throw wrongUsage(parsed.error.issues[0]?.message ?? 'The options cannot be used.');
}

const text = (value: Parsed['values'][string]): string | undefined => (typeof value === 'string' ? value : undefined);

function oneOf(file: string | undefined, postgres: string | undefined): string {
  if ((file === undefined) === (postgres === undefined)) {
    throw wrongUsage('Say which ledger: --file PATH or --postgres URL.');
  }
  if (postgres !== undefined && !/^postgres(ql)?:\/\//i.test(postgres)) {
    throw wrongUsage('--postgres: write postgres://USER@HOST:PORT/DATABASE.');
  }
  // A path is a path, whatever it looks like.
  return postgres ?? `./${file}`.replace(/^\.\/(?=[/\\]|[A-Za-z]:)/, '');
}

/** Says what went wrong, on one line; a fault of the program itself with its stack. */
function tell(thrown: unknown, name: string, args: readonly string[], io: Io): ExitCode {
  const error = toError(thrown);
  const exit = error instanceof Stop ? error.exit : exitCode.failed;
  const code = error instanceof SignatureError ? error.code : null;
  if (args.includes('--json')) io.print(JSON.stringify({ error: { exit, code, message: error.message } }));
  io.note(error instanceof Stop || code !== null ? error.message : (error.stack ?? error.message));
  if (exit === exitCode.usage) io.note(`"core-signature-ledger ${name} --help" tells more.`);
  return exit;
}
