import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { errorCodes } from '../../dist/lib/errors';

const root = path.resolve(__dirname, '..', '..');

/** Every TypeScript file below a folder, relative to the project. */
const sources = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name));

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Project files that a file imports, as paths from the root. */
const imports = (file: string): string[] =>
  [...read(file).matchAll(/(?:from |require\()'(\.[^']+)'/g)].map(([, to = '']) => path.join(path.dirname(file), to));

/** Which rooms of `lib` may import which; `errors` and `lazy` are everybody's. */
const allowed: Record<string, string[]> = {
  time: [],
  http: ['time'],
  ledger: [],
  'core-signature': ['http', 'time'],
  push: ['http', 'time'],
  archive: ['http', 'time'],
  process: ['archive', 'core-signature', 'http', 'ledger', 'push', 'time'],
  'node-red': ['process', 'archive', 'core-signature', 'ledger', 'push', 'time'],
};

describe('the house', () => {
  for (const [room, others] of Object.entries(allowed)) {
    it(`lib/${room} imports nothing but ${['errors', 'lazy', ...others].join(', ')}`, () => {
      const wrong = sources(`lib/${room}`).flatMap((file) =>
        imports(file)
          .filter((to) => {
            const [top, target] = to.split(path.sep);
            return top !== 'lib' || ![room, 'errors', 'lazy', ...others].includes(target ?? '');
          })
          .map((to) => `${file} → ${to}`),
      );
      expect(wrong).to.deep.equal([]);
    });
  }

  it('no file of the nodes or the library imports itself in a circle, types included', () => {
    const files = new Set([...sources('nodes'), ...sources('lib')]);
    const next = (file: string): string[] =>
      imports(file).flatMap((to) => [`${to}.ts`, path.join(to, 'index.ts')].filter((target) => files.has(target)));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, way: readonly string[]): void => {
      if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' → '));
      if (way.includes(file) || done.has(file)) return;
      for (const to of next(file)) visit(to, [...way, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).to.deep.equal([]);
  });

  it('the sandbox imports nothing of the nodes or the library', () => {
    const wrong = sources('sandbox/src').filter((file) => imports(file).some((to) => !to.startsWith('sandbox')));
    expect(wrong).to.deep.equal([]);
  });

  it('input and close handlers are registered in one place', () => {
    const files = [...sources('nodes'), ...sources('lib')].filter((file) => /\.on\('(input|close)'/.test(read(file)));
    expect(files.filter((file) => !/(raw-body|\.editor)\.ts$/.test(file))).to.deep.equal(['lib/node-red/handlers.ts']);
  });

  it('axios is known in one place', () => {
    const files = [...sources('nodes'), ...sources('lib')].filter((file) =>
      /(?:from |require\()'axios'/.test(read(file)),
    );
    expect(files).to.deep.equal(['lib/http/exchange.ts']);
  });

  it('each semantic and webhook rule has a test with its number, and docs/semantics.md names a file with one', () => {
    const titles = new Map(
      sources('test')
        .filter((file) => file.endsWith('.test.ts'))
        .map((file) => {
          const found = read(file).matchAll(/\b(?:it|describe|onBothEngines)\(\s*(['"`])([\s\S]*?)\1/g);
          return [file, [...found].map(([, , title]) => title).join('\n')];
        }),
    );
    const has = (file: string, number: string): boolean => new RegExp(`\\b${number}\\b`).test(titles.get(file) ?? '');
    const numbers = [
      ...Array.from({ length: 23 }, (_, index) => `S${index + 1}`),
      ...Array.from({ length: 14 }, (_, index) => `W${index + 1}`),
    ];
    const rows = read('docs/semantics.md').matchAll(/^\| \*\*([SW]\d+)\*\* \|.*\| ([^|]*) \|$/gm);
    const listed = new Map([...rows].map(([, number = '', files = '']) => [number, files]));
    expect([...listed.keys()]).to.deep.equal(numbers);
    const wrong = numbers.flatMap((number) => {
      const files = [...(listed.get(number) ?? '').matchAll(/`([^`]+)`/g)].map(
        ([, name = '']) => `test/${name}.test.ts`,
      );
      const without = files.filter((file) => !has(file, number));
      return files.length === 0 ? [`${number}: no file`] : without.map((file) => `${number}: ${file}`);
    });
    expect(wrong).to.deep.equal([]);
  });

  it('docs/errors.md lists every error code', () => {
    const page = read('docs/errors.md');
    expect(Object.keys(errorCodes).filter((code) => !page.includes(`\`${code}\``))).to.deep.equal([]);
  });

  it('the package has at most six runtime dependencies', () => {
    expect(Object.keys(JSON.parse(read('package.json')).dependencies).length).to.be.at.most(6);
  });
});
