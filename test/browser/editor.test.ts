import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { linkFor } from '../../scripts/lib/signer';
import { contractPdf, example, type House, openHouse, projectRoot, until } from '../support/house';
import { packedPackage } from '../unit/package/packed';
import { Editor } from './support/editor';
import { SigningPage } from './support/signing';
import { shownText } from './support/text';
import { flowNodeTypes, textOf, withoutSpaces } from './support/types';
import { screens, Visitor } from './support/visitor';

const signers = ['anna.alpha@example.com', 'ben.beta@example.com'] as const;

for (const nodeRed of ['node-red', 'node-red-4'] as const) {
  describe(`browser: the editor of ${nodeRed === 'node-red' ? 'Node-RED 5' : 'Node-RED 4'}`, () => {
    const visitor = new Visitor();
    let house: House;

    before(async function () {
      await visitor.start(this);
      house = await openHouse({ nodeRed, packageFolder: packedPackage().folder, name: `editor-${nodeRed}` });
    });
    afterEach(() => visitor.leave());
    after(async () => {
      await house?.close();
      await visitor.end();
    });

    it('has the nodes in the palette, and they can be dragged in', async () => {
      const editor = await Editor.open(visitor, house.runtime.url);
      const category = editor.page.locator('#red-ui-palette-container-signature');
      expect(await shownText(category.locator('.red-ui-palette-header'))).to.equal('signature');
      const labels = await category.locator('.red-ui-palette-label').allInnerTexts();
      expect(labels.map(withoutSpaces)).to.have.members(
        flowNodeTypes.map((type) => withoutSpaces(textOf(type, 'en-US', 'palette.name'))),
      );
      for (const [row, type] of flowNodeTypes.entries()) {
        const id = await editor.drag(type, { x: 300, y: 100 + 80 * row });
        const node = await editor.node(id);
        expect([node.type, node.valid], 'without an account a node is not ready').to.deep.equal([type, false]);
        await editor.page.locator(`[id="${id}"] .red-ui-flow-node-error`).waitFor();
        const icon = await editor.iconOf(id);
        const answer = await editor.page.request.get(icon);
        expect(answer.headers()['content-type'], icon).to.match(/svg/);
        expect(icon).to.include('node-red-core-signature');
      }
    });

    it('brings a contract from the example flow to its end', async () => {
      const editor = await Editor.open(visitor, house.runtime.url);
      await editor.importExample('01 - Sign a contract');
      await editor.showTab('Sign a contract');
      await editor.deploy();
      const [wait, send] = [await editor.idOf('wait-for-status'), await editor.idOf('send-envelope')];
      expect([(await editor.node(wait)).valid, (await editor.node(send)).valid]).to.deep.equal([true, true]);

      const query = new URLSearchParams([
        ['name', 'Service agreement'],
        ['key', `C-${nodeRed}`],
        ...signers.map((email) => ['signer', email]),
      ]);
      const posted = await fetch(`${house.runtime.url}/contracts?${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/pdf' },
        body: contractPdf,
      });
      expect(posted.status).to.equal(202);
      const { envelope } = (await posted.json()) as { envelope: string };
      await editor.statusOf(wait, /^1\b/);

      const first = new SigningPage(
        await visitor.visit(await linkFor(house.sandbox.url, signers[0], envelope), screens.phone),
      );
      await first.drawn();
      await first.fillIn({
        'Annexes A to C received (required)': true,
        'Name and function (required)': 'Anna Alpha, CEO',
      });
      await first.draw();
      await first.next.click();
      await first.ended('You have signed');

      const second = new SigningPage(
        await visitor.visit(await linkFor(house.sandbox.url, signers[1], envelope), screens.phone),
      );
      await second.drawn();
      await signByKeyboard(second, 'Ben Beta');
      await second.ended('You have signed');

      await editor.showDebug();
      const outcome = editor.page.locator('.red-ui-debug-msg').filter({ hasText: 'node: outcome' });
      await outcome.first().waitFor();
      expect(await outcome.count(), 'one outcome').to.equal(1);
      const shown = (await shownText(outcome)).replace(/\s+/g, ' ');
      expect(shown)
        .to.include(`"${envelope.slice(0, 20)}`)
        .and.include('outcome: "reached"')
        .and.include('status: "signed"');
      await editor.page.locator('.red-ui-debug-msg').filter({ hasText: 'signer_signed' }).first().waitFor();
      const line = await until('the outcome in the file', () => house.lines<{ envelope: string }>('outcomes.jsonl')[0]);
      expect(line).to.include({ envelope, outcome: 'reached', status: 'signed', signers: 2 });
    });

    it('keeps what is typed as a secret out of flows and exports', async () => {
      const secret = 'a-very-secret-token-4711';
      const editor = await Editor.open(visitor, house.runtime.url);
      const account = await editor.idOf('core-signature-account');
      await editor.openConfig(account);
      const field = editor.page.getByLabel('Token', { exact: true });
      expect(await field.getAttribute('type')).to.equal('password');
      await field.fill(secret);
      await editor.ok('node-config');
      await editor.deploy();
      expect(await editor.exported()).to.not.include(secret);
      const flows = await (await fetch(`${house.runtime.url}/flows`)).text();
      expect(flows).to.include('core-signature-account').and.not.include(secret);
      for (const file of ['flows.json', 'flows_cred.json'])
        expect(readFileSync(path.join(house.runtime.userDir, file), 'utf8')).to.not.include(secret);
      expect(house.runtime.log()).to.not.include(secret);

      await editor.openConfig(account);
      expect(await field.inputValue(), 'a stored secret does not come back').to.equal('__PWRD__');
      await editor.cancel('node-config');
    });

    it('finds nothing wrong in the examples', async () => {
      const files = readdirSync(path.join(projectRoot, 'examples')).filter((file) => file.endsWith('.json'));
      const nodes = new Map(files.flatMap((file) => example(file.slice(0, -5))).map((node) => [node.id, node]));
      await house.deploy([...nodes.values()]);
      const editor = await Editor.open(visitor, house.runtime.url);
      await editor.idOf('working-calendar');
      expect(await editor.complaints()).to.deep.equal([]);
    });
  });
}

/** Fills in and signs without ever touching the pointer. */
async function signByKeyboard(signing: SigningPage, name: string): Promise<void> {
  const { keyboard } = signing.page;
  await signing.tabTo(/sign here/);
  await keyboard.press('Enter');
  await signing.dialog.waitFor();
  await signing.tabTo(/^Draw$/);
  await keyboard.press('ArrowRight');
  await signing.tabTo(/Your name/);
  await keyboard.press('ControlOrMeta+a');
  await keyboard.type(name);
  await signing.tabTo(/Use signature/);
  await keyboard.press('Enter');
  await signing.dialog.waitFor({ state: 'hidden' });
  await signing.tabTo(/Name and function/);
  await keyboard.type(`${name}, CFO`);
  await signing.tabTo(/^Sign$/);
  await keyboard.press('Enter');
}
