import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { SignatureError } from '../../errors';
import { type PostgresOptions, parseOptions, type SqliteOptions } from '../options';
import { wrongUsage } from './exit-codes';
import type { Io } from './io';

/** Where a ledger is and how to get there, checked. */
export type Place = SqliteOptions | PostgresOptions;

/** The schema that the `signature-ledger` node suggests. */
const defaultSchema = 'core_signature';

export const placeFlags = z.object({
  schema: z.string().default(defaultSchema),
  tls: z.enum(['verify', 'off'], '--tls: choose verify (the default) or off.').default('verify'),
  ca: z.string().optional(),
});

export type PlaceFlags = z.output<typeof placeFlags>;

const isUrl = (text: string): boolean => /^postgres(ql)?:\/\//i.test(text);

/**
 * The place that a path or a `postgres://` URL names. The password comes from the environment, or is asked for.
 *
 * @param passwordNames environment variables to look into, in this order
 * @throws Stop `usage`, SignatureError `BAD_CONFIG`
 */
export async function readPlace(
  text: string,
  flags: PlaceFlags,
  io: Io,
  passwordNames: readonly string[] = ['PGPASSWORD'],
): Promise<Place> {
  if (!isUrl(text)) return parseOptions({ engine: 'sqlite', file: path.resolve(text) });
  const { schema, ...connection } = readUrl(text);
  const password = await passwordFor(text, io, passwordNames);
  const ssl = flags.tls === 'off' ? false : { rejectUnauthorized: true, ...(flags.ca && { ca: readCa(flags.ca) }) };
  return parseOptions({
    engine: 'postgres',
    connection: { ...connection, password, ssl },
    schema: schema ?? flags.schema,
    poolSize: 2,
  });
}

function readUrl(text: string): { host: string; port: number; database: string; user: string; schema?: string } {
  if (!URL.canParse(text)) throw wrongUsage('--postgres: this is no URL. Write postgres://USER@HOST:PORT/DATABASE.');
  const url = new URL(text);
  if (url.password !== '') {
    throw wrongUsage(
      'Leave the password out of the URL: other users of this computer could read it. Set PGPASSWORD, or type it when asked.',
    );
  }
  const database = decodeURIComponent(url.pathname.slice(1));
  if (url.hostname === '' || url.username === '' || database === '') {
    throw wrongUsage('--postgres: write postgres://USER@HOST:PORT/DATABASE, with user, host and database.');
  }
  for (const name of url.searchParams.keys()) {
    if (name !== 'schema')
      throw wrongUsage(`--postgres: "${name}" is not known in the URL; use --tls and --ca for TLS.`);
  }
  const schema = url.searchParams.get('schema');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 5432 : Number(url.port),
    database,
    user: decodeURIComponent(url.username),
    ...(schema !== null && { schema }),
  };
}

async function passwordFor(url: string, io: Io, names: readonly string[]): Promise<string> {
  for (const name of names) {
    const value = io.env[name];
    if (value !== undefined) return value;
  }
  return (await io.ask?.(`Password for ${url}: `, { hidden: true })) ?? '';
}

function readCa(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new SignatureError('BAD_CONFIG', `--ca: the file ${file} cannot be read.`, { field: 'ca' });
  }
}
