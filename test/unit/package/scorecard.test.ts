import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect } from 'chai';
import { until } from '../../../scripts/lib/child';
import { packedPackage } from './packed';

interface PackageJson {
  name: string;
  license: string;
  keywords: string[];
  repository: object;
  dependencies: Record<string, string>;
  'node-red': { version: string; nodes: Record<string, string> };
}

interface Scorecard {
  N01?: { nodes: string[] };
  N02?: { test: boolean; nodes: string[] };
}

describe('the package as published', () => {
  const { folder, files } = packedPackage();
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as PackageJson;
  const types = Object.keys(manifest['node-red'].nodes);
  const examples = readdirSync(path.join(folder, 'examples'))
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(path.join(folder, 'examples', name), 'utf8')) as { type: string }[]);

  it('has what a package of nodes must have', () => {
    expect(manifest.license).to.equal('Apache-2.0');
    expect(manifest.name).to.match(/^@[^/]+\/node-red-/);
    expect(manifest.keywords).to.include('node-red');
    expect(manifest.repository).to.be.an('object');
    expect(Object.keys(manifest.dependencies).length).to.be.at.most(6);
    expect(types).to.include.members([
      'core-signature-account',
      'signature-ledger',
      'send-envelope',
      'signature-event-in',
      'wait-for-status',
    ]);
  });

  it('contains the built nodes, examples and papers, and nothing else', () => {
    for (const file of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']) expect(files).to.include(file);
    for (const file of files)
      expect(file, file).to.match(
        /^(bin\/|dist\/(nodes|lib)\/|examples\/|(README|LICENSE|CHANGELOG|SECURITY)(\.md)?$|package\.json$)/,
      );
    expect(files.filter((file) => /(^|\/)(test|sandbox|node_modules)\/|\.test\.|\.tsbuildinfo$|\.editor\./.test(file)))
      .to.be.empty;
    expect(files.filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))).to.deep.equal([]);
  });

  it('has program, dialog, icon, help and texts for every node, in both languages', () => {
    for (const [type, program] of Object.entries(manifest['node-red'].nodes)) {
      const home = path.dirname(program);
      const html = readFileSync(path.join(folder, program.replace(/\.js$/, '.html')), 'utf8');
      expect(files, type).to.include(program);
      const icon = /icon: '([^']+)'/.exec(html)?.[1];
      if (icon?.endsWith('.svg')) expect(files, type).to.include(`${home}/icons/${icon}`);
      for (const language of ['en-US', 'de'])
        for (const ending of ['html', 'json'])
          expect(files, type).to.include(`${home}/locales/${language}/${type}.${ending}`);
    }
  });

  it('is understood by the parser of the scorecard, which sees every type and an example of every flow node', async () => {
    const { N01, N02 } = await scorecard(folder, types);
    expect(N01?.nodes, 'seen by the parser').to.have.members(types);
    const flowNodes = types.filter((type) => !isConfig(folder, manifest['node-red'].nodes[type]!));
    expect(flowNodes).to.include.members(['send-envelope', 'signature-event-in', 'wait-for-status']);
    expect(N02).to.deep.include({ test: true });
    expect(N02?.nodes).to.have.members(flowNodes);
    for (const type of flowNodes)
      expect(
        examples.some((example) => example.some((node) => node.type === type)),
        `an example with ${type}`,
      ).to.equal(true);
  });
});

const isConfig = (folder: string, program: string): boolean =>
  /category: 'config'/.test(readFileSync(path.join(folder, program.replace(/\.js$/, '.html')), 'utf8'));

/**
 * Runs the scorecard's checks of nodes without the network. Its list of all published nodes is replaced by one in which
 * every type of ours is taken, so that the check for unique names tells which types the parser has seen.
 */
async function scorecard(folder: string, types: string[]): Promise<Scorecard> {
  const require = createRequire(__filename);
  const home = path.dirname(require.resolve('node-red-dev/package.json'));
  const tool = path.join(home, 'src', 'libs', 'checknodes.js');
  expect(existsSync(tool), 'the scorecard tool').to.equal(true);
  const axios = require.resolve('axios', { paths: [path.dirname(tool)] });
  const before = require.cache[axios];
  const modules = types.map((type) => ({ id: type, types: [type] }));
  const Module = require('node:module') as new (id: string) => NodeJS.Module;
  const stub = Object.assign(new Module(axios), {
    loaded: true,
    exports: { get: async () => ({ data: { modules } }) },
  });
  require.cache[axios] = stub;
  delete require.cache[tool];
  try {
    const check = require(tool) as (path: string, cli: object, card: Scorecard) => Promise<unknown>;
    const card: Scorecard = {};
    const quiet = { log: () => {}, warn: () => {}, error: (problem: unknown) => Promise.reject(problem) };
    await check(folder, quiet, card);
    await until('the look at the examples', () => card.N02);
    return card;
  } finally {
    if (before) require.cache[axios] = before;
    else delete require.cache[axios];
    delete require.cache[tool];
  }
}
