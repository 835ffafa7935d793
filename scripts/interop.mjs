// `npm run interop`: the same behaviour on the other versions (Node.js 22 for the library, the nodes and real runtimes) and
// with servers that are not ours.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/root.mjs';

const version = '22.23.3';
const folder = path.join(root, '.local', `node-${version}`);
const node = path.join(folder, 'node_modules', 'node', 'bin', 'node');
const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');

if (!existsSync(node)) {
  console.log(`Installing Node.js ${version} …`);
  mkdirSync(folder, { recursive: true });
  // A project of its own, which allows the one install script that puts the binary in place.
  const project = { private: true, allowScripts: { node: true }, dependencies: { node: version } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(project));
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: 'inherit', cwd: folder });
}

run('the library on Node.js 22', node, [
  'test/unit/{ledger,http,core-signature,time}/**/*.test.ts',
  'test/node/**/*.test.ts',
]);
run('real runtimes on Node.js 22', process.execPath, ['test/runtime/main-path.test.ts', 'test/runtime/wait.test.ts'], {
  RUNTIME_NODE: node,
});

run('foreign servers, where they are installed', process.execPath, ['test/interop/**/*.test.ts']);

function run(what, binary, specs, env = {}) {
  console.log(`\n${what}`);
  const { status } = spawnSync(binary, [mocha, ...specs], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exit(status ?? 1);
}
