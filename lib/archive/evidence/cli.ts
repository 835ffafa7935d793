/** `core-signature-evidence verify PATH`: checks a package on the command line, offline. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readTrust } from '../verification/trust';
import type { PackageVerdict } from './types';
import { verifyPackage } from './verify-package';

const usage = `Usage: core-signature-evidence verify PATH [--trust FILE.pem]... [--json]

Checks an evidence package (folder or ZIP file): completeness, hashes, time-stamp and signatures. Works offline.

  --trust FILE  certificates (PEM) to trust: roots of the signers and of the time-stamp authority
  --json        the whole verdict as JSON

Exit status: 0 valid · 1 invalid · 2 questionable (something could not be established) · 64 wrong usage`;

const exitCodes = { VALID: 0, INVALID: 1, QUESTIONABLE: 2 } as const;

/**
 * Runs the command.
 *
 * @param args without program names
 * @param print gets the output, line by line
 * @param now moment of the check
 * @returns the exit status
 */
export async function main(
  args: string[],
  print: (line: string) => void = console.log,
  now = new Date(),
): Promise<number> {
  const parsed = readArgs(args);
  if (parsed === undefined) {
    print(usage);
    return args.includes('--help') ? 0 : 64;
  }
  try {
    const pems = await Promise.all(parsed.trust.map((file) => readFile(file, 'utf8')));
    const verdict = await verifyPackage(parsed.path, { trust: { anchors: pems.flatMap(readTrust) }, at: now });
    if (parsed.json) print(JSON.stringify(verdict, null, 2));
    else for (const line of linesOf(verdict)) print(line);
    return exitCodes[verdict.verdict];
  } catch (thrown) {
    print(`The package cannot be checked: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    return 1;
  }
}

function readArgs(args: string[]): { path: string; trust: string[]; json: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { trust: { type: 'string', multiple: true }, json: { type: 'boolean' } },
    });
    const [command, path, ...rest] = positionals;
    if (command !== 'verify' || path === undefined || rest.length > 0) return undefined;
    return { path, trust: values.trust ?? [], json: values.json ?? false };
  } catch {
    return undefined;
  }
}

function* linesOf({
  verdict,
  name,
  filesVerified,
  problems,
  doubts,
  pdfs,
  timestamp,
}: PackageVerdict): Generator<string> {
  yield `${verdict}  ${name}`;
  yield `  ${filesVerified} ${filesVerified === 1 ? 'file' : 'files'} unchanged`;
  for (const { file, conclusion, verdict: pdf } of pdfs) {
    yield `  ${file}: ${conclusion}${pdf.subIndication === undefined ? '' : ` (${pdf.subIndication})`}`;
    for (const { signer, time, level } of pdf.signatures) {
      yield `    signed by ${signer?.subject ?? 'unknown'}, ${time.at ?? 'time unknown'} (${time.source})${level === undefined ? '' : `, ${level}`}`;
    }
  }
  yield timestamp === undefined
    ? '  no time-stamp over the package'
    : `  time-stamp: ${timestamp.result}. ${timestamp.text}`;
  for (const { text } of problems) yield `  PROBLEM  ${text}`;
  for (const { text } of doubts) yield `  DOUBT    ${text}`;
}
