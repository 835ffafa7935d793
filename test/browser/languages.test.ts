import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { sandboxAccount, sendFromBody, tab, waitFor } from '../support/flows';
import { type House, openHouse, projectRoot } from '../support/house';
import { packedPackage } from '../unit/package/packed';
import { configNodeTypes, Editor, flowNodeTypes } from './support/editor';
import { Visitor } from './support/visitor';

/** One node of each type, all under its type's name as id. */
const account = 'core-signature-account';
const flow = [
  tab(),
  sandboxAccount({ id: account }),
  { id: 'signature-ledger', type: 'signature-ledger', name: 'Ledger', version: 1 },
  sendFromBody('send-envelope', [], { account, x: 200, y: 100, signersSource: 'rows', signers: [] }),
  waitFor('wait-for-status', [[], [], []], { account, x: 200, y: 160 }),
  { id: 'signature-event-in', type: 'signature-event-in', z: 'tab', account, source: 'poll', x: 200, y: 220, wires: [[]] },
];

type Catalog = { [key: string]: string | Catalog };

const catalogOf = (type: string, language: string): Catalog =>
  JSON.parse(readFileSync(path.join(projectRoot, 'nodes', type, 'locales', language, `${type}.json`), 'utf8'));

const textIn = (catalog: Catalog, key: string): string | Catalog | undefined =>
  key
    .split('.')
    .reduce<string | Catalog | undefined>((part, name) => (typeof part === 'object' ? part[name] : undefined), catalog);

/** Texts that look like a key of a catalog, which is what is shown where a text is missing. */
const rawKeys = (text: string): string[] =>
  text.match(
    /@signature-flows\/\S+:\S+|\b(palette|label|hint|section|placeholder|button|message|validation|option|status|event|output|unit|role|templates)\.[a-z]\w*(\.\w+)*/g,
  ) ?? [];

for (const nodeRed of ['node-red', 'node-red-4'] as const) {
  describe(`browser: languages and themes in ${nodeRed === 'node-red' ? 'Node-RED 5' : 'Node-RED 4'}`, () => {
    const visitor = new Visitor();
    let house: House;

    before(async function () {
      await visitor.start(this);
      house = await openHouse({ nodeRed, packageFolder: packedPackage().folder, name: `languages-${nodeRed}` });
      await house.deploy(flow);
    });
    afterEach(() => visitor.leave());
    after(async () => {
      await house?.close();
      await visitor.end();
    });

    for (const [language, locale] of [
      ['en-US', 'en-US'],
      ['de', 'de-DE'],
    ] as const) {
      // the dialogs' own test reads Node-RED 4 in English already
      if (nodeRed === 'node-red-4' && language === 'en-US') continue;
      it(`speaks ${language} everywhere and shows no key of a catalog`, async () => {
        const editor = await Editor.open(visitor, house.runtime.url, { locale });
        const labels = await editor.page
          .locator('#red-ui-palette-container-signature .red-ui-palette-label')
          .allInnerTexts();
        const withoutSpaces = (text: unknown): string => String(text).replace(/\s/g, '');
        expect(labels.map(withoutSpaces)).to.have.members(
          flowNodeTypes.map((type) => withoutSpaces(textIn(catalogOf(type, language), 'palette.name'))),
        );
        for (const type of [...flowNodeTypes, ...configNodeTypes]) {
          await openDialogOf(editor, type);
          const texts = await editor.translated();
          expect(texts.length, type).to.be.greaterThan(10);
          for (const { key, shown } of texts)
            expect(shown, `${type} ${key}`).to.equal(textIn(catalogOf(type, language), key));
          expect(rawKeys(await editor.everythingShown()), type).to.deep.equal([]);
          expect(await faintTexts(editor), `${type} in light`).to.deep.equal([]);
          await closeDialogOf(editor, type);
          const help = await editor.help(type);
          expect(rawKeys(help), `help of ${type}`).to.deep.equal([]);
          expect(help).to.include(language === 'de' ? 'Referenzen' : 'References');
        }
      });
    }

    if (nodeRed === 'node-red-4') return; // has no dark theme of its own
    it('can be read in the dark', async () => {
      const editor = await Editor.open(visitor, house.runtime.url, { dark: true });
      for (const type of [...flowNodeTypes, ...configNodeTypes]) {
        await openDialogOf(editor, type);
        expect(await editor.isDark(), type).to.equal(true);
        expect(await faintTexts(editor), type).to.deep.equal([]);
        await closeDialogOf(editor, type);
      }
    });
  });
}

/** Texts of the open dialog with less contrast than WCAG 2 AA asks for. */
const faintTexts = async (editor: Editor): Promise<object[]> =>
  (await editor.contrasts()).filter(({ contrast }) => contrast < 4.5);

const isConfig = (type: string): boolean => (configNodeTypes as readonly string[]).includes(type);

const openDialogOf = (editor: Editor, type: string): Promise<void> =>
  isConfig(type) ? editor.openConfig(type) : editor.openDialog(type);

const closeDialogOf = (editor: Editor, type: string): Promise<void> =>
  editor.cancel(isConfig(type) ? 'node-config' : 'node');
