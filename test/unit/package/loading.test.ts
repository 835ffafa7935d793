import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect } from 'chai';
import { lazy } from '../../../dist/lib/lazy';
import manifest from '../../../package.json';

const root = path.resolve(__dirname, '..', '..', '..');

/** Packages that a process holds after it has loaded every node, as Node-RED does when it starts. */
function loadedPackages(): string[] {
  const files = Object.values(manifest['node-red'].nodes).map((file) => path.join(root, file));
  const program = `
    for (const file of ${JSON.stringify(files)}) require(file);
    const names = Object.keys(require.cache).map((file) => /node_modules.((@[^/\\\\]+.)?[^/\\\\]+)/.exec(file)?.[1]);
    console.log(JSON.stringify([...new Set(names)].filter(Boolean)));`;
  return JSON.parse(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' })) as string[];
}

describe('what is loaded when Node-RED starts', () => {
  it('is nothing that only some flows need', () => {
    expect(loadedPackages()).to.deep.equal(['zod']);
  });

  it('what is put off is loaded once, and again after a failure', () => {
    let tries = 0;
    const value = lazy(() => {
      tries += 1;
      if (tries === 1) throw new Error('not yet');
      return undefined;
    });
    expect(tries).to.equal(0);
    expect(value).to.throw('not yet');
    expect([value(), value(), tries]).to.deep.equal([undefined, undefined, 2]);
  });
});
