// `npm test`: every tier, or those named: `npm test -- unit runtime`. A tier is a folder of `test/`; `sandbox` is the
// sandbox's own tests.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/root.mjs';

const tiers = {
  unit: 'test/unit/**/*.test.ts',
  sandbox: 'sandbox/test/**/*.test.ts',
  node: 'test/node/**/*.test.ts',
  runtime: 'test/runtime/**/*.test.ts',
  browser: 'test/browser/**/*.test.ts',
  contract: 'test/contract/**/*.test.ts',
};

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const unknown = wanted.find((tier) => !(tier in tiers) && !tier.endsWith('.ts'));
if (unknown) {
  console.error(`There is no tier "${unknown}". Choose from ${Object.keys(tiers).join(', ')}, or name a test file.`);
  process.exit(2);
}
const specs = (wanted.length > 0 ? wanted : Object.keys(tiers)).map((tier) => tiers[tier] ?? tier);
// The contract tier reads what the tiers before it recorded, and nothing older.
rmSync(path.join(root, '.local', 'recordings'), { recursive: true, force: true });
const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
const { status } = spawnSync(process.execPath, [mocha, ...options, ...specs], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
