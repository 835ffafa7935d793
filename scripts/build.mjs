// Builds everything into `dist/` (nodes and library) and `sandbox/dist/`.
// TypeScript is compiled by tsc; dialogs, help, locales and icons are put where Node-RED looks for them.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './lib/root.mjs';

const nodesFolder = path.join(root, 'nodes');
const dist = path.join(root, 'dist', 'nodes');

// What an earlier build has left of a file that is gone would be found before what took its place.
for (const folder of ['dist', 'sandbox/dist']) rmSync(path.join(root, folder), { recursive: true, force: true });
compile();
const { buildSync } = createRequire(import.meta.url)('esbuild');
for (const name of nodeNames()) assemble(name);
copyIfThere(
  path.join(root, 'sandbox', 'src', 'pages', 'static'),
  path.join(root, 'sandbox', 'dist', 'pages', 'static'),
);
copyIfThere(path.join(root, 'LICENSE'), path.join(root, 'sandbox', 'LICENSE'));

function compile() {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-b', 'tsconfig.json', 'sandbox/tsconfig.json'], {
    cwd: root,
    stdio: 'inherit',
  });
}

/** Every folder that holds a node: one with a `.ts` of the same name. */
function nodeNames() {
  return readdirSync(nodesFolder).filter((name) => existsSync(path.join(nodesFolder, name, `${name}.ts`)));
}

/** Puts dialog, help, locales and icons of one node beside its compiled runtime file. */
function assemble(name) {
  const from = path.join(nodesFolder, name);
  const to = path.join(dist, name);
  mkdirSync(to, { recursive: true });
  writeFileSync(
    path.join(to, `${name}.html`),
    editorScript(name) + readFileSync(path.join(from, `${name}.html`), 'utf8'),
  );
  copyIfThere(path.join(from, 'locales'), path.join(to, 'locales'));
  copyIfThere(path.join(root, 'icons'), path.join(to, 'icons'));
}

/** The dialog's behaviour as one plain script, or nothing. The registration itself stays a literal in the html. */
function editorScript(name) {
  const entry = path.join(nodesFolder, name, `${name}.editor.ts`);
  if (!existsSync(entry)) return '';
  const camelCase = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    globalName: `coreSignature.${camelCase}`,
    target: 'es2022',
    legalComments: 'none',
  });
  return `<script type="text/javascript">\n${outputFiles[0].text}</script>\n`;
}

function copyIfThere(from, to) {
  if (existsSync(from)) cpSync(from, to, { recursive: true });
}
