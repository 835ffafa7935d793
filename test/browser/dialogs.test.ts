import { expect } from 'chai';
import { anyPort } from '../../scripts/lib/ports';
import { type FlowNode, sandboxAccount, sendFromBody, tab, waitFor } from '../support/flows';
import { type House, openHouse } from '../support/house';
import { packedPackage } from '../unit/package/packed';
import { Editor } from './support/editor';
import { shownText } from './support/text';
import { nodeTypes } from './support/types';
import { Visitor } from './support/visitor';

const flow: FlowNode[] = [
  tab(),
  sandboxAccount(),
  { id: 'ledger', type: 'signature-ledger', name: 'Ledger', version: 1, engine: 'file', file: 'other-ledger.db' },
  sendFromBody('send', ['wait'], { x: 200, y: 120, expireDays: '14', expireDaysType: 'num' }),
  waitFor('wait', [[], [], []], { x: 420, y: 120 }),
  {
    id: 'events',
    type: 'signature-event-in',
    z: 'tab',
    name: '',
    version: 1,
    account: 'account',
    source: 'poll',
    pollSeconds: 60,
    events: [],
    inputs: 0,
    x: 200,
    y: 200,
    wires: [[]],
  },
];

for (const nodeRed of ['node-red', 'node-red-4'] as const) {
  describe(`browser: the dialogs in ${nodeRed === 'node-red' ? 'Node-RED 5' : 'Node-RED 4'}`, () => {
    const visitor = new Visitor();
    let house: House;
    let editor: Editor;

    before(async function () {
      await visitor.start(this);
      house = await openHouse({ nodeRed, packageFolder: packedPackage().folder, name: `dialogs-${nodeRed}` });
      await house.deploy(flow);
      editor = await Editor.open(visitor, house.runtime.url);
    });
    afterEach(() => visitor.check());
    after(async () => {
      await house?.close();
      await visitor.end();
    });

    it('send envelope: takes what is valid and marks what is not', async () => {
      await editor.openDialog('send');
      expect(await editor.marked(), 'nothing is wrong yet').to.deep.equal([]);
      await editor.field('Expires after (days)').fill('731');
      await editor.field('Title').click();
      expect(await editor.marked()).to.deep.equal(['expireDays']);
      await editor.ok();
      let node = await editor.node('send');
      expect([node.valid, node.expireDays]).to.deep.equal([false, '731']);
      expect(node.validationErrors).to.deep.equal(['Expires after (days): enter a whole number from 1 to 730.']);
      await editor.page.locator('[id="send"] .red-ui-flow-node-error').waitFor();

      await editor.openDialog('send');
      await editor.field('Expires after (days)').fill('730');
      await editor.page.selectOption('#node-input-signersSource', 'rows');
      const row = editor.page.locator('#core-signature-signers li').first();
      await row.getByLabel('E-mail').fill('anna(at)example.com');
      await row.getByLabel('E-mail').blur();
      await row.getByLabel('Role').selectOption('approve');
      expect(await shownText(row.locator('.form-row:has(> .red-ui-typedInput-container.input-error)'))).to.match(
        /^E-mail/,
      );
      expect(await shownText(row.getByRole('status'))).to.equal(
        'E-mail: enter one e-mail address such as name@example.com.',
      );
      await editor.ok();
      node = await editor.node('send');
      expect(node.validationErrors).to.deep.equal([
        'Signer 1: E-mail: enter one e-mail address such as name@example.com.',
      ]);

      await editor.openDialog('send');
      await row.getByLabel('E-mail').fill('anna@example.com');
      await editor.ok();
      node = await editor.node('send');
      expect([node.valid, node.expireDays]).to.deep.equal([true, '730']);
      expect(node.signers).to.have.length(1);
      expect((node.signers as object[])[0]).to.include({ email: 'anna@example.com', role: 'approve', order: '1' });
    });

    it('wait for status: needs a status, and a time it understands', async () => {
      await editor.openDialog('wait');
      await editor.page.getByLabel('signed', { exact: true }).uncheck();
      await editor.page.selectOption('#node-input-timeoutKind', 'duration');
      await editor.field('Time limit').fill('-3');
      await editor.ok();
      const { validationErrors } = await editor.node('wait');
      expect(validationErrors).to.have.members([
        'Status: tick at least one.',
        'Time limit: enter a number from 0 to 3162240000.',
      ]);
      await editor.openDialog('wait');
      await editor.page.getByLabel('declined', { exact: true }).check();
      await editor.field('Time limit').fill('3');
      await editor.ok();
      const node = await editor.node('wait');
      expect([node.valid, node.statuses, node.timeout]).to.deep.equal([true, ['declined'], '3']);
    });

    it('signature event: polls in sensible steps and filters by a regular expression that is one', async () => {
      await editor.openDialog('events');
      await editor.page.getByLabel('Ask every').fill('0');
      await editor.page.getByText('Which envelopes').click();
      await editor.page.selectOption('#node-input-filterProperty', 'name');
      await editor.page.selectOption('#node-input-filterRule', 'matches');
      await editor.field('Value').fill('(');
      await editor.page.getByLabel('Ask every').click();
      expect(await editor.marked()).to.have.members(['pollSeconds', 'filterValue']);
      await editor.page.getByLabel('Ask every').fill('5');
      await editor.field('Value').fill('^NDA');
      await editor.ok();
      expect((await editor.node('events')).valid).to.equal(true);

      await editor.openDialog('events');
      await editor.page.selectOption('#node-input-source', 'message');
      await editor.ok();
      expect((await editor.node('events')).inputs, 'an input while messages bring the events').to.equal(1);
      await editor.page.locator('[id="events"] .red-ui-flow-port-input').waitFor({ state: 'attached' });
    });

    it('account: tests the connection, shows the webhook URL and tries it', async () => {
      await editor.openConfig('account');
      const { page } = editor;
      const result = page.locator('#core-signature-test-result');
      await page.getByRole('button', { name: 'Test connection' }).click();
      await result.and(page.locator('[data-state=good]')).waitFor();
      await page.getByLabel('Token', { exact: true }).fill('a token nobody gave out');
      await page.getByRole('button', { name: 'Test connection' }).click();
      await result.and(page.locator('[data-state=bad]')).waitFor();
      expect(await shownText(result)).to.match(/\w{4}/);
      await page.getByLabel('Token', { exact: true }).fill('');

      const address = page.getByLabel('Webhook URL');
      await page.waitForFunction(() => document.querySelector<HTMLInputElement>('#core-signature-webhook')?.value);
      expect(await address.inputValue()).to.include(house.runtime.url);
      await page.getByRole('button', { name: 'Check' }).click();
      const checked = page.locator('#core-signature-webhook-result[data-state=good]');
      await checked.waitFor();
      expect(await shownText(checked)).to.equal('The webhook URL leads to this runtime.');

      await page.getByLabel('Service', { exact: true }).selectOption('custom');
      await page.getByLabel('Base URL').fill('sign.example.com');
      await page.getByLabel('Public URL').click();
      expect(await editor.marked()).to.deep.equal(['url']);
      await editor.cancel('node-config');
    });

    it('ledger: tests a file and a server that is not there', async () => {
      await editor.openConfig('ledger');
      const { page } = editor;
      const result = page.locator('#core-signature-test-result');
      await page.getByRole('button', { name: 'Test connection' }).click();
      await result.and(page.locator('[data-state=good]')).waitFor();
      await page.getByLabel('Kept in').selectOption('postgres');
      await page.getByLabel('Server').fill('127.0.0.1');
      await page.getByLabel('Port').fill(String(await anyPort()));
      await page.getByLabel('Database').fill('signatures');
      await page.getByLabel('User', { exact: true }).fill('someone');
      await page.getByLabel('Schema').fill('no-such name');
      await page.getByLabel('Server').click();
      expect(await editor.marked()).to.deep.equal(['schema']);
      await page.getByLabel('Schema').fill('core_signature');
      await page.getByRole('button', { name: 'Test connection' }).click();
      await result.and(page.locator('[data-state=bad]')).waitFor();
      await editor.cancel('node-config');
    });

    it('offers the templates of the account', async () => {
      await editor.openDialog('send');
      const { page } = editor;
      await page.selectOption('#node-input-documentSource', 'template');
      const templates = page.getByLabel('Template', { exact: true });
      await templates.locator('option', { hasText: 'Mutual NDA' }).waitFor({ state: 'attached' });
      expect(await templates.locator('option').allInnerTexts()).to.have.members([
        'as written below',
        'Mutual NDA',
        'Purchase Approval',
      ]);
      await templates.selectOption({ label: 'Mutual NDA' });
      await editor.ok();
      const node = await editor.node('send');
      expect([node.documentSource, node.documentType]).to.deep.equal(['template', 'str']);
      expect(node.document).to.match(/\/templates\/0f4c1e52-8a0b-4b7e-9c51-5d1f6a2b3c01\/$/);
    });

    it('has help for every node', async () => {
      for (const type of nodeTypes) {
        const help = await editor.help(type);
        expect(help, type).to.include('Details').and.include('References');
        expect(help.length, type).to.be.greaterThan(500);
      }
    });

    it('asks for an account', async () => {
      for (const id of ['send', 'wait', 'events']) {
        await editor.openDialog(id);
        await editor.page.selectOption('#node-input-account', { value: '_ADD_' });
        expect(await editor.marked(), id).to.deep.equal(['account']);
        await editor.ok();
        expect((await editor.node(id)).valid, id).to.equal(false);
      }
    });
  });
}
