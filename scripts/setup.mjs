// Installs and builds when that is needed. Runs on any Node.js ≥ 20 with nothing installed, so it uses built-ins only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/root.mjs';

const marks = path.join(root, '.local', 'setup.json');
const done = existsSync(marks) ? JSON.parse(readFileSync(marks, 'utf8')) : {};

const manifests = ['package.json', 'sandbox/package.json', 'package-lock.json'];
const wanted = { install: hashOf(manifests), build: '' };
if (done.install !== wanted.install || !existsSync(path.join(root, 'node_modules', 'node-red'))) {
  console.log('Installing dependencies (once; a minute or two) …');
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error']);
  wanted.install = hashOf(manifests); // npm may have brought the lock file up to date
  done.build = undefined;
}

wanted.build = hashOf(sources());
if (done.build !== wanted.build || !existsSync(path.join(root, 'dist', 'nodes'))) {
  console.log('Building …');
  run(path.join(root, 'node_modules', '.bin', 'node'), ['scripts/build.mjs']);
}
mkdirSync(path.dirname(marks), { recursive: true });
writeFileSync(marks, JSON.stringify(wanted));

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(`"${command} ${args.join(' ')}" failed${error ? `: ${error.message}` : ''}.`);
    process.exit(status ?? 1);
  }
}

function sources() {
  const folders = ['nodes', 'lib', 'icons', 'sandbox/src', 'scripts'];
  return ['tsconfig.base.json', 'tsconfig.json', 'sandbox/tsconfig.json', ...folders.flatMap(filesBelow)];
}

function filesBelow(folder) {
  const absolute = path.join(root, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true })
    .map((name) => path.join(folder, name))
    .filter((name) => statSync(path.join(root, name)).isFile())
    .sort();
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const absolute = path.join(root, file);
    hash.update(`${file}\0`);
    if (existsSync(absolute)) hash.update(readFileSync(absolute));
  }
  return hash.digest('hex');
}
