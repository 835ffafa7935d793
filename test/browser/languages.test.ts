import { expect } from 'chai';
import { sandboxAccount, sendFromBody, tab, waitFor } from '../support/flows';
import { type House, openHouse } from '../support/house';
import { packedPackage } from '../unit/package/packed';
import { Editor } from './support/editor';
import { flowNodeTypes, isConfig, nodeTypes, textOf, withoutSpaces } from './support/types';
import { Visitor } from './support/visitor';

const account = 'core-signature-account';
const given: Record<string, object> = {
  'send-envelope': sendFromBody('send-envelope', [], { signersSource: 'rows', signers: [] }),
  'wait-for-status': waitFor('wait-for-status', [[], [], []]),
  'signature-event-in': { source: 'poll' },
};

/** One node of each type, all under its type's name as id. */
const flow = [
  tab(),
  sandboxAccount({ id: account }),
  ...nodeTypes
    .filter((type) => type !== account)
    .map((type, row) => {
      const place = isConfig(type) ? {} : { z: 'tab', x: 200, y: 60 + 60 * row, wires: [], account };
      return { ...given[type], id: type, type, version: 1, ...place };
    }),
];

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
      // the dialogs' own test reads Node-RED 4 in English already, and Node-RED 4 has no dark theme of its own
      if (nodeRed === 'node-red-4' && language === 'en-US') continue;
      const dark = nodeRed === 'node-red' && language === 'de';
      it(`speaks ${language} everywhere, shows no key of a catalog, and can be read ${dark ? 'in the dark' : ''}`, async () => {
        const editor = await Editor.open(visitor, house.runtime.url, { locale, dark });
        const labels = await editor.page
          .locator('#red-ui-palette-container-signature .red-ui-palette-label')
          .allInnerTexts();
        expect(labels.map(withoutSpaces)).to.have.members(
          flowNodeTypes.map((type) => withoutSpaces(textOf(type, language, 'palette.name'))),
        );
        for (const type of nodeTypes) {
          await openDialogOf(editor, type);
          const texts = await editor.translated();
          expect(texts.length, type).to.be.greaterThan(10);
          for (const { key, shown } of texts) expect(shown, `${type} ${key}`).to.equal(textOf(type, language, key));
          expect(rawKeys(await editor.everythingShown()), type).to.deep.equal([]);
          expect([await editor.isDark(), await faintTexts(editor)], type).to.deep.equal([dark, []]);
          await closeDialogOf(editor, type);
          const help = await editor.help(type);
          expect(rawKeys(help), `help of ${type}`).to.deep.equal([]);
          expect(help).to.include(language === 'de' ? 'Referenzen' : 'References');
        }
      });
    }
  });
}

/** Texts of the open dialog with less contrast than WCAG 2 AA asks for. */
const faintTexts = async (editor: Editor): Promise<object[]> =>
  (await editor.contrasts()).filter(({ contrast }) => contrast < 4.5);

const openDialogOf = (editor: Editor, type: string): Promise<void> =>
  isConfig(type) ? editor.openConfig(type) : editor.openDialog(type);

const closeDialogOf = (editor: Editor, type: string): Promise<void> =>
  editor.cancel(isConfig(type) ? 'node-config' : 'node');
