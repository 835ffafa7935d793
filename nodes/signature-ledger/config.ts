import * as z from 'zod';
import { commonFields, numberField, numberOrNone, text } from '../../lib/node-red/config-fields';
import { defaultKeepDays } from '../../lib/process/retention';

/** Configuration of `signature-ledger`: where waits, timers, operations and the audit journal are kept. */
export const ledgerConfig = z.object({
  ...commonFields,
  engine: z.enum(['file', 'postgres']).default('file'),
  /** Path of the file; relative paths start at the user directory. */
  file: text('core-signature-ledger.sqlite'),
  host: text('localhost'),
  port: numberField(5432, { min: 1, max: 65535 }),
  database: text('node_red'),
  user: text('node_red'),
  schema: text('core_signature'),
  /** `verify` checks the server's certificate, `ca` against the given one; `off` is for a trusted network. */
  tls: z.enum(['off', 'verify', 'ca']).default('verify'),
  /** Path of the certificate (PEM) of the authority that signed the server's certificate, with `tls: ca`. */
  caFile: text(),
  /** Days for which finished work is kept; empty: for ever. */
  keepDays: numberOrNone(defaultKeepDays, { min: 1, max: 36_500 }),
});

export type LedgerConfig = z.infer<typeof ledgerConfig>;

export const ledgerCredentials = z.object({ password: text() });
