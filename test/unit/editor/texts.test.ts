import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { errorCodes } from '../../../dist/lib/errors.js';
import { keysOf, languages, loadPage, nodeTypes, readCatalog, readHelp, textOf } from './editor-page';

/** Keys that the html names: `key` or `[attribute]key;[attribute]key`. */
const keysInHtml = (html: string): string[] =>
  [...html.matchAll(/data-i18n="([^"]+)"/g)].flatMap(([, value = '']) =>
    value.split(';').map((part) => part.replace(/^\[[^\]]+\]/, '')),
  );

/** Texts that shared code of the dialogs says, by the function that says them. */
const saidByShared = {
  askAccount: ['message.deployFirst', 'message.notAllowed', 'message.noAnswer'],
  checkWebhook: ['message.notAllowed', 'message.noAnswer'],
  wireConnectionTest: ['message.testing', 'message.notAllowed', 'message.noAnswer'],
  wireSecretLines: ['placeholder.keys', 'placeholder.keysStored'],
  ask: ['message.notAllowed', 'message.noAnswer'],
  timeZone: ['validation.zone'],
};

/** Keys that the dialog's code names literally, or has shared code say. */
function keysInCode(type: string): string[] {
  const source = path.resolve(__dirname, '../../../nodes', type);
  const code = readdirSync(source)
    .filter((name) => name.endsWith('.editor.ts'))
    .map((name) => readFileSync(path.join(source, name), 'utf8'))
    .join('\n');
  const own = [...code.matchAll(/\b(?:say|sentence)\(\s*'([^']+)'/g)].map(([, key = '']) => key);
  const shared = Object.entries(saidByShared).filter(([name]) => new RegExp(`\\b${name}\\b`).test(code));
  return [...own, ...shared.flatMap(([, keys]) => keys)];
}

for (const type of nodeTypes) {
  describe(`texts of ${type}`, () => {
    const page = loadPage(type);

    it('have the same keys in every language', () => {
      const [first, ...others] = languages.map((language) => keysOf(readCatalog(type, language)).sort());
      for (const other of others) expect(other).to.deep.equal(first);
    });

    it('use the same values in every language', () => {
      const values = (text: string) => [...text.matchAll(/__\w+__/g)].map(([value]) => value).sort();
      const english = readCatalog(type, 'en-US');
      const german = readCatalog(type, 'de');
      for (const key of keysOf(english)) {
        expect(values(textOf(german, key) ?? ''), key).to.deep.equal(values(textOf(english, key) ?? ''));
      }
    });

    it('belong to a field each, for a screen reader', () => {
      const ids = new Set([...page.template.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id));
      for (const [, target] of page.template.matchAll(/<label for="([^"]+)"/g)) {
        expect(ids.has(target), `label for ${target}`).to.equal(true);
      }
    });

    for (const language of languages) {
      it(`exist in ${language} for every key used`, () => {
        const catalog = readCatalog(type, language);
        for (const key of [...keysInHtml(page.template), ...keysInCode(type)]) {
          expect(textOf(catalog, key), key).to.be.a('string').and.not.equal('');
        }
      });

      it(`name the palette entry, its category and the ports in ${language}`, () => {
        const { definition } = loadPage(type, language);
        if (definition.category === 'config') return;
        expect(definition.paletteLabel?.()).to.match(/^[^:]+$/);
        expect(textOf(readCatalog(type, language), `palette.label.${definition.category}`)).to.be.a('string');
        for (let port = 0; (definition.outputs ?? 0) > 1 && port < (definition.outputs ?? 0); port += 1) {
          expect(definition.outputLabels?.(port), `port ${port}`).to.match(/^[^:]+$/);
        }
      });
    }
  });

  for (const language of languages) {
    describe(`help of ${type} in ${language}`, () => {
      const help = readHelp(type, language);
      const { definition } = loadPage(type);

      it('belongs to the node and starts with the tooltip', () => {
        expect(help).to.match(new RegExp(`^<script type="text/html" data-help-name="${type}">\\s*<p>[^<]+</p>`));
        expect(help.trim()).to.match(/<\/script>$/);
      });

      it('describes inputs, every output, details, errors and references', () => {
        const headings = [...help.matchAll(/<h3>([^<]+)<\/h3>/g)].map(([, heading]) => heading);
        expect(headings).to.have.length(definition.category === 'config' ? 3 : 5);
        const ports = /<ol class="node-ports">([\s\S]*?)<\/ol>/.exec(help)?.[1] ?? '';
        if ((definition.outputs ?? 0) > 1) expect(ports.match(/<li>/g) ?? []).to.have.length(definition.outputs ?? 0);
      });

      it('names only error codes that exist', () => {
        const named = help.match(/\b[A-Z]+_[A-Z_]+\b/g) ?? [];
        for (const code of named.filter((word) => word !== 'CORE_SIGNATURE_SANDBOX_URL')) {
          expect(errorCodes, code).to.have.property(code);
        }
      });

      it('is well-formed and has no styles of its own', () => {
        for (const tag of ['p', 'dl', 'dt', 'dd', 'ol', 'ul', 'li', 'code', 'h3', 'span', 'a']) {
          const opened = help.match(new RegExp(`<${tag}[ >]`, 'g')) ?? [];
          const closed = help.match(new RegExp(`</${tag}>`, 'g')) ?? [];
          expect(closed.length, tag).to.equal(opened.length);
        }
        expect(help).to.not.match(/style=|<b>|<i>|#[0-9a-f]{6}/i);
      });

      it('has the same properties and codes as the English one', () => {
        const properties = (text: string) =>
          [...text.matchAll(/<dt[^>]*>([\w, ]+?)\s*(?:<|$)/g)].map(([, name]) => name);
        expect(properties(help)).to.deep.equal(properties(readHelp(type, 'en-US')));
      });
    });
  }
}

describe('colours', () => {
  it('come from the theme of the editor only', () => {
    for (const type of nodeTypes) {
      const { template, html } = loadPage(type);
      expect(template, type).to.not.match(/#[0-9a-f]{3,8}\b|rgb|style=/i);
      // The style sheet is the one text of the bundled script that speaks of the editor's own variables.
      const css = html.match(/`[^`]*--red-ui-[^`]*`/g)?.join('') ?? '';
      expect(css, type)
        .to.include('--red-ui-')
        .and.not.match(/#[0-9a-f]{3,8}\b|rgb\(/i);
    }
  });
});
