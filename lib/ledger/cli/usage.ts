import type { Command } from './command';
import { commands } from './commands';

const program = 'core-signature-ledger';

const connecting = [
  'Which ledger:',
  '  --file PATH      a ledger file (core-signature-ledger.sqlite in the user directory of Node-RED)',
  '  --postgres URL   postgres://USER@HOST:PORT/DATABASE; the password comes from PGPASSWORD, or is asked for',
  '  --schema NAME    schema on PostgreSQL (default core_signature)',
  '  --tls verify|off encrypted with the certificate verified (default), or not encrypted',
  '  --ca FILE        certificate (PEM) of the authority that signed the certificate of the server',
  '',
  'Output:',
  '  --json           the result as JSON on standard output',
  '  --help           this text, or that of a command',
];

const exits = [
  'Exit status: 0 done · 1 refused or failed · 2 checked and not sound · 3 not found · 4 not confirmed · 64 wrong usage',
];

/** The help of the program. */
export function generalUsage(): string[] {
  const names = [...commands.keys()];
  const width = Math.max(...names.map((name) => name.length));
  return [
    `Usage: ${program} COMMAND [OPTIONS]`,
    '',
    'Looks into the ledger of the Core Signature nodes. It may be used while Node-RED runs.',
    '',
    'Commands:',
    ...[...commands].map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`),
    '',
    ...connecting,
    '',
    ...exits,
  ];
}

/** The help of one command. */
export function usageOf(name: string, { synopsis, about, help = [] }: Command): string[] {
  const which = name === 'migrate' ? '' : ' (--file PATH | --postgres URL)';
  return [
    `Usage: ${program} ${[name, synopsis].filter((part) => part !== '').join(' ')}${which}`,
    '',
    about,
    ...(help.length > 0 ? ['', ...help.map((line) => `  ${line}`)] : []),
    '',
    ...connecting,
    '',
    ...exits,
  ];
}
