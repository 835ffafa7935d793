import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { anyPort } from '../../scripts/lib/ports';
import { example, projectRoot } from '../support/house';

/** The test that the guide shows, as an integrator copies it. */
function shownTest(): string {
  const page = readFileSync(path.join(projectRoot, 'docs', 'testing-your-flows.md'), 'utf8');
  const code = /```js\n(.*?)```/s.exec(page)?.[1];
  if (!code) throw new Error('the guide shows no test');
  return code;
}

describe('testing your flows', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'integrator-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("S22: the guide's test of a flow of two weeks runs in seconds, by the sandbox's clock, without a download", async () => {
    const ours = path.join(folder, 'node_modules', '@signature-flows');
    mkdirSync(ours, { recursive: true });
    for (const [name, target] of [
      [path.join(ours, 'node-red-core-signature'), projectRoot],
      [path.join(ours, 'core-signature-sandbox'), path.join(projectRoot, 'sandbox')],
      [path.join(folder, 'node_modules', 'node-red'), path.join(projectRoot, 'node_modules', 'node-red')],
    ] as const) {
      symlinkSync(target, name, 'junction');
    }
    writeFileSync(path.join(folder, 'flows.json'), JSON.stringify(example('01 - Sign a contract')));
    writeFileSync(path.join(folder, 'flows.test.mjs'), shownTest().replace('18_880', String(await anyPort())));
    const began = performance.now();
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, ['--test'], { cwd: folder, env }).catch(
      (thrown: { stdout: string }) => ({ stdout: thrown.stdout }),
    );
    expect(stdout, stdout).to.match(/pass 1\b/);
    expect(stdout).to.match(/fail 0\b/);
    expect(performance.now() - began).to.be.below(50_000);
  });
});
