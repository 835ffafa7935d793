import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { until } from '../support/house';
import { Sender } from './support/sandbox';
import { shownText } from './support/text';
import { screens, Visitor } from './support/visitor';

const text = 'Please sign here: [[s|0|r:1]]';
const anna = { email: 'anna@example.com', full_name: 'Anna Alpha' };

describe('browser: the inbox of the sandbox', () => {
  const visitor = new Visitor();
  let sender: Sender;

  before(async function () {
    await visitor.start(this);
    sender = await Sender.start('inbox');
  });
  afterEach(() => visitor.leave());
  after(async () => {
    await sender?.end();
    await visitor.end();
  });

  const panel = (page: Page, name: string) => page.getByRole('region', { name });

  it('lists mails as they come and leads to the signing page', async () => {
    const page = await visitor.visit(sender.url, screens.phone);
    await page.getByText('No mail yet.').waitFor();
    expect(await page.evaluate(() => window.document.documentElement.scrollWidth <= window.innerWidth)).to.equal(true);
    const document = await sender.send(text, { signers: [anna], subject: 'Please sign the NDA', name: 'NDA' });
    const mail = panel(page, 'Mails').getByRole('listitem').filter({ hasText: 'Please sign the NDA' });
    await mail.waitFor();
    expect(await shownText(mail))
      .to.include('invitation')
      .and.include('anna@example.com');
    const shown = panel(page, 'Documents').getByRole('listitem').filter({ hasText: 'NDA' }).first();
    expect(await shownText(shown))
      .to.include(document.slice(0, 8))
      .and.include('Anna Alpha');
    const link = await mail.getByRole('link', { name: 'Review and sign' }).getAttribute('href');
    expect(link).to.equal(await sender.link(anna.email, document));
    expect(await shown.getByRole('link', { name: /signing page of Anna Alpha/ }).getAttribute('href')).to.equal(link);
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      mail.getByRole('link', { name: 'Review and sign' }).click(),
    ]);
    await popup.getByRole('heading', { level: 1, name: 'NDA' }).waitFor();
  });

  it('advances the clock, and envelopes expire with it', async () => {
    const document = await sender.send(text, { signers: [anna], name: 'Short', auto_expire_days: 2 });
    const page = await visitor.visit(sender.url);
    const clock = panel(page, 'Clock');
    for (const [button, ahead] of [
      ['+10 min', '10 minutes'],
      ['+1 hour', '1 hour 10 minutes'],
      ['+1 day', '1 day 1 hour 10 minutes'],
      ['+1 week', '8 days 1 hour 10 minutes'],
    ] as const) {
      await clock.getByRole('button', { name: button }).click();
      await clock.getByText(`${ahead} ahead of this computer`, { exact: true }).waitFor();
    }
    expect((await sender.state()).clock.offsetMs).to.be.closeTo(((8 * 24 + 1) * 60 + 10) * 60_000, 60_000);
    await until('the envelope to expire', async () => (await sender.document(document)).status === 'xp');
    await panel(page, 'Documents')
      .getByRole('listitem')
      .filter({ hasText: 'Short' })
      .getByText('Expired')
      .first()
      .waitFor();
  });

  it('switches faults on and off', async () => {
    const page = await visitor.visit(sender.url);
    const faults = panel(page, 'Faults');
    const settings = async () => (await (await fetch(`${sender.url}/sandbox/faults`)).json()) as Record<string, object>;
    await faults.getByLabel('Delivered twice').selectOption('Always');
    await until('the switch', async () => JSON.stringify((await settings()).callbacks) === '{"duplicate":true}');
    await faults.getByLabel('Requests').selectOption('Next three: too many requests (429)');
    await until('the rule', async () => ((await settings()).api as unknown[] | undefined)?.length === 1);
    for (const status of [429, 429, 429, 200]) {
      const answer = await fetch(`${sender.url}/api/v1/documents/`, {
        headers: { authorization: 'Token sandbox-token' },
      });
      expect(answer.status).to.equal(status);
    }
    await faults.getByText('All settings as JSON').click();
    await faults.getByLabel('Faults', { exact: true }).fill('{ "callbacks": ');
    await faults.getByRole('button', { name: 'Apply' }).click();
    await faults.getByRole('alert').filter({ hasText: 'not valid JSON' }).waitFor();
    await faults.getByRole('button', { name: 'All off' }).click();
    await until('the faults to be off', async () => JSON.stringify(await settings()) === '{}');
    await until('the switch to show it', async () => (await faults.getByLabel('Delivered twice').inputValue()) === '0');
  });

  it('resets only after a question', async () => {
    const page = await visitor.visit(sender.url);
    await panel(page, 'Mails').getByRole('listitem').first().waitFor();
    await page.getByRole('button', { name: 'Reset the sandbox' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
    expect((await sender.state()).mails).to.not.have.length(0);
    await page.getByRole('button', { name: 'Reset the sandbox' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete everything' }).click();
    await page.getByText('No mail yet.').waitFor();
    await page.getByText('Same as this computer’s clock').waitFor();
    const { mails, documents, clock } = await sender.state();
    expect([mails.length, documents.length]).to.deep.equal([0, 0]);
    expect(clock.offsetMs).to.be.lessThan(1000);
  });
});
