import { z } from 'zod';
import { SignatureError } from '../errors';
import type { EpochMs } from './types';

const clock = z.custom<() => EpochMs>((value) => typeof value === 'function').optional();

const text = (what: string) => z.string(`${what} must be text`).min(1, `${what} is missing`);

const sqliteOptions = z.object({
  engine: z.literal('sqlite'),
  /** Absolute path of the ledger file; its folder exists. */
  file: text('file'),
  /** How long to wait for another process that holds the file. */
  busyTimeoutMs: z.number().int().positive().default(10_000),
  /** The file is not let grow beyond this; absent: only by the disk. */
  maxBytes: z.number().int().positive().optional(),
  /**
   * A file of at most so many bytes is read as a whole before it is used. A larger one would keep everybody waiting, some
   * seconds per gigabyte: it is for `check`, beside the work.
   */
  readWholeUpTo: z
    .number()
    .int()
    .nonnegative()
    .default(256 * 1024 * 1024),
  clock,
});

const postgresOptions = z.object({
  engine: z.literal('postgres'),
  connection: z.object({
    host: text('host'),
    port: z.number().int().min(1).max(65535).default(5432),
    database: text('database'),
    user: text('user'),
    password: z.string().default(''),
    /** `true` verifies the server's certificate; an object gives the CA or a client certificate (PEM texts). */
    ssl: z
      .union([
        z.boolean(),
        z.object({
          ca: z.string().optional(),
          cert: z.string().optional(),
          key: z.string().optional(),
          servername: z.string().optional(),
          rejectUnauthorized: z.boolean().default(true),
        }),
      ])
      .default(false),
  }),
  /** Schema of the ledger's tables; made when it is missing. */
  schema: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'schema may have letters, digits and _ only, at most 63')
    .default('signature_ledger'),
  /** Connections this runtime uses at most. */
  poolSize: z.number().int().min(1).max(100).default(8),
  clock,
});

export const ledgerOptions = z.discriminatedUnion('engine', [sqliteOptions, postgresOptions]);

/** How to open a ledger. `clock` is for tests; without it SQLite uses `Date.now()`, PostgreSQL the server's clock. */
export type LedgerOptions = z.input<typeof ledgerOptions>;
export type SqliteOptions = z.output<typeof sqliteOptions>;
export type PostgresOptions = z.output<typeof postgresOptions>;

/** @throws SignatureError `BAD_CONFIG` naming the field */
export function parseOptions(options: LedgerOptions): SqliteOptions | PostgresOptions {
  const parsed = ledgerOptions.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.at(-1)?.toString() ?? 'engine';
  throw new SignatureError('BAD_CONFIG', `Ledger: ${field} cannot be used (${issue?.message ?? 'invalid'}).`, {
    field,
  });
}
