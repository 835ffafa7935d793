// `npm test`: every tier, or those named: `npm test -- unit runtime`. A tier is a folder of `test/`; `sandbox` is the
// sandbox's own tests. Jobs run a few at a time, since most tests wait for other processes; the contract tier reads what
// the others recorded and comes last.
import { spawn } from 'node:child_process';
import { globSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { root } from './lib/root.mjs';

const tiers = {
  unit: 'test/unit/**/*.test.ts',
  sandbox: 'sandbox/test/**/*.test.ts',
  node: 'test/node/**/*.test.ts',
  browser: 'test/browser/**/*.test.ts',
  runtime: 'test/runtime/**/*.test.ts',
  contract: 'test/contract/**/*.test.ts',
};
/** Tiers whose files are long enough to be jobs of their own; of any other tier all files are one. */
const inPieces = ['runtime', 'browser'];
/** Most of the time of a job is waiting, so one more than there are cores. */
const atOnce = Math.min(4, availableParallelism() + 1);

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const unknown = wanted.find((tier) => !(tier in tiers) && !tier.endsWith('.ts'));
if (unknown) {
  console.error(`There is no tier "${unknown}". Choose from ${Object.keys(tiers).join(', ')}, or name a test file.`);
  process.exit(2);
}

// The contract tier reads what the tiers before it recorded, and nothing older.
rmSync(path.join(root, '.local', 'recordings'), { recursive: true, force: true });

if (wanted.length > 0) {
  const { status } = await mocha(
    wanted.map((tier) => tiers[tier] ?? tier),
    'inherit',
  );
  process.exit(status);
}

const began = Date.now();
const heartbeat = setInterval(() => console.log(`… ${Math.round((Date.now() - began) / 1000)} s`), 30_000);
const results = [];
const queue = jobs();
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let job = queue.shift(); job; job = queue.shift()) results.push(await run(job));
  }),
);
results.push(await run({ name: 'contract', spec: tiers.contract }));
clearInterval(heartbeat);
const sum = { passed: 0, failed: 0, skipped: 0 };
for (const { counts } of results) for (const name of Object.keys(sum)) sum[name] += counts[name];
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
process.exit(results.every(({ status }) => status === 0) && sum.passed > 0 ? 0 : 1);

/** What there is to run, the longest first as far as the length of a file tells, so that the last ones end together. */
function jobs() {
  const pieces = inPieces
    .flatMap((tier) => globSync(tiers[tier], { cwd: root }).map((spec) => ({ name: nameOf(tier, spec), spec })))
    .sort((one, other) => sizeOf(other) - sizeOf(one));
  const whole = Object.keys(tiers).filter((tier) => !inPieces.includes(tier) && tier !== 'contract');
  return [...whole.map((tier) => ({ name: tier, spec: tiers[tier] })), ...pieces];
}

function nameOf(tier, file) {
  return `${tier}/${path.basename(file, '.test.ts')}`;
}

function sizeOf({ spec }) {
  return statSync(path.join(root, spec)).size;
}

/** Runs a job in one process and prints what it said when it is over. */
async function run({ name, spec }) {
  const began = Date.now();
  const result = await mocha([spec], 'pipe');
  const lines = result.output.trimEnd().split('\n');
  const closing = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(lines.at(-1) ?? '');
  const seconds = Math.round((Date.now() - began) / 1000);
  console.log(`\n── ${name}, ${seconds} s ──\n${(closing ? lines.slice(0, -1) : lines).join('\n')}`);
  const [passed = 0, failed = closing ? 0 : 1, skipped = 0] = (closing ?? [])
    .slice(1)
    .map((count) => Number(count ?? 0));
  return { ...result, counts: { passed, failed, skipped } };
}

function mocha(specs, stdio) {
  const program = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const child = spawn(process.execPath, [program, ...options, ...specs], { cwd: root, stdio });
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ status: code ?? 1, output })));
}
