import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const projectRoot = path.resolve(__dirname, '..', '..', '..');

/** The package as `npm publish` would ship it. */
export interface PackedPackage {
  /** The unpacked package; its dependencies can be resolved from it. */
  folder: string;
  /** Paths in the tarball, relative to the package's root, sorted. */
  files: string[];
}

let packed: PackedPackage | undefined;

/**
 * Packs the built project with npm and unpacks the tarball into a temporary folder, once per process. The folder is
 * removed when the process ends.
 *
 * @throws Error when npm or tar fail
 */
export function packedPackage(): PackedPackage {
  packed ??= pack();
  return packed;
}

function pack(): PackedPackage {
  const home = mkdtempSync(path.join(tmpdir(), 'core-signature-packed-'));
  process.once('exit', () => rmSync(home, { recursive: true, force: true }));
  const answer = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], {
    cwd: projectRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { filename, files } = theOne(JSON.parse(answer) as Tarball[] | Record<string, Tarball>);
  execFileSync('tar', ['-xzf', path.join(home, path.basename(filename)), '-C', home]);
  const folder = path.join(home, 'package');
  symlinkSync(path.join(projectRoot, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  return { folder, files: files.map((file) => file.path).sort() };
}

interface Tarball {
  filename: string;
  files: { path: string }[];
}

/** Up to npm 11 the answer is a list, later an object by package name. */
function theOne(answer: Tarball[] | Record<string, Tarball>): Tarball {
  const [tarball] = Object.values(answer);
  if (!tarball) throw new Error('npm pack has packed nothing.');
  return tarball;
}
