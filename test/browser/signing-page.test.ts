import { expect } from 'chai';
import { until } from '../support/house';
import { Sender } from './support/sandbox';
import { SigningPage } from './support/signing';
import { shownText } from './support/text';
import { screens, type VisitOptions, Visitor } from './support/visitor';

const anna = { email: 'anna@example.com', full_name: 'Anna Alpha' };
const agreement = `# Agreement

Company: [[t|0|r:1|n:Company|id:company]]

Remarks: [[t|0|r:0|n:Remarks|id:remarks]]

Read and agreed: [[c|0|r:1|n:Agreed|id:agreed]]

Date: [[d|0|r:1|n:Date|id:date]]

Signature: [[s|0|r:1|n:Signature|id:signature]]
`;

describe('browser: the signing page', () => {
  const visitor = new Visitor();
  let sender: Sender;

  before(async function () {
    await visitor.start(this);
    sender = await Sender.start('signing-page');
  });
  afterEach(() => visitor.leave());
  after(async () => {
    await sender?.end();
    await visitor.end();
  });

  const open = async (document: string, email: string, options: VisitOptions = {}): Promise<SigningPage> =>
    new SigningPage(await visitor.visit(await sender.link(email, document), options));
  const stateOf = async (document: string, email: string): Promise<string | undefined> => {
    const found = (await sender.state()).documents.find(({ uuid }) => uuid === document);
    return found?.signers.findLast((signer) => signer.email === email)?.state;
  };

  for (const screen of ['phone', 'desktop'] as const) {
    it(`leads from one required field to the next and signs, on a ${screen}`, async () => {
      const document = await sender.send(agreement, {
        signers: [anna],
        prefill_tags: [{ external_id: 'remarks', text: 'as discussed' }],
      });
      const signing = await open(document, anna.email, screens[screen]);
      const { page } = signing;
      await signing.drawn();
      expect(await page.evaluate(() => window.document.documentElement.scrollWidth <= window.innerWidth)).to.equal(
        true,
      );
      expect(await page.getByLabel('Remarks').inputValue(), 'prefilled').to.equal('as discussed');
      const date = await page.getByLabel('Date (required)').inputValue();
      expect(date, 'today, on the clock of the sandbox').to.match(/^\d{4}-\d\d-\d\d$/);
      await page.getByText(date, { exact: true }).waitFor();

      await signing.next.click();
      expect(await focusedLabel(signing)).to.equal('Company (required)');
      await page.keyboard.type('Harbour & Finch Ltd');
      await signing.fillIn({ 'Agreed (required)': true });
      await signing.draw();
      expect(await shownText(signing.next)).to.equal('Sign');
      await page.getByLabel('Company (required)').fill(' ');
      expect(await shownText(signing.next), 'blanks are not an entry').to.equal('Next field');
      await signing.next.click();
      expect(await focusedLabel(signing)).to.equal('Company (required)');
      expect(await stateOf(document, anna.email)).to.not.equal('signed');
      await page.getByLabel('Company (required)').fill('Harbour & Finch Ltd');
      await signing.next.click();
      await signing.ended('You have signed');

      const { document: answer, pdf, sha256 } = await sender.signedPdf(document);
      expect(pdf.subarray(0, 5).toString()).to.equal('%PDF-');
      expect(pdf.toString('latin1')).to.match(/\/ByteRange *\[ *0 \d+ \d+ \d+ *\]/);
      expect(sha256).to.equal(answer.security_hash);
    });
  }

  it('shows what the server refuses at the field, and keeps what was entered', async () => {
    const document = await sender.send(agreement, { signers: [anna] });
    const signing = await open(document, anna.email, { refused: /\/api\/sign$/ });
    await signing.fillIn({ 'Company (required)': 'Finch', 'Agreed (required)': true });
    await signing.type('Anna Alpha');
    // as if someone had got round the page's own check
    await signing.page.route('**/api/sign', (route) =>
      route.continue({ postData: (route.request().postData() ?? '').replace('Finch', ' ') }),
    );
    await signing.next.click();
    await signing.page.getByRole('alert').filter({ hasText: /\w/ }).first().waitFor();
    const company = signing.page.getByLabel('Company (required)');
    expect([await company.getAttribute('aria-invalid'), await company.inputValue()]).to.deep.equal(['true', 'Finch']);
    expect(await focusedLabel(signing)).to.equal('Company (required)');
    await signing.page.unroute('**/api/sign');
    await signing.next.click();
    await signing.ended('You have signed');
  });

  it('shows each role what it has to do, in turn', async () => {
    const signers = [
      { email: 'approver@example.com', approve_only: true, order: 1 },
      { ...anna, order: 2 },
      { email: 'copy@example.com', needs_to_sign: false, order: 3 },
    ];
    const document = await sender.send('Please sign: [[s|0|r:1]]', { signers });
    const { documents } = await sender.state();
    const early = documents.find(({ uuid }) => uuid === document)?.signers.find(({ email }) => email === anna.email);
    const waiting = new SigningPage(await visitor.visit(early?.link ?? ''));
    await waiting.ended('It is not your turn yet');

    const approver = await open(document, 'approver@example.com', screens.phone);
    await approver.drawn();
    expect(await shownText(approver.next)).to.equal('Approve');
    expect(await approver.page.getByRole('button', { name: /sign here/ }).count()).to.equal(0);
    await approver.next.click();
    await approver.ended('You have approved');

    const signer = await open(document, anna.email);
    await signer.type('Anna Alpha');
    await signer.next.click();
    await signer.ended('You have signed');
    await until('the copy', async () => (await sender.state()).mails.some(({ to }) => to === 'copy@example.com'));
    const again = await open(document, anna.email);
    await again.ended('You have signed');
  });

  it('asks for the password and opens with it only', async () => {
    const document = await sender.send(agreement, { signers: [{ ...anna, password: 'open sesame' }] });
    const signing = await open(document, anna.email, { ...screens.phone, refused: /\/api\/unlock$/ });
    const { page } = signing;
    await signing.ended('This document has a password');
    expect(await page.getByText('Company').count(), 'nothing of the document is there').to.equal(0);
    await page.getByLabel('Password').fill('guess');
    await page.keyboard.press('Enter');
    await page
      .getByRole('alert')
      .filter({ hasText: /password/i })
      .waitFor();
    expect(await page.getByLabel('Password').getAttribute('aria-invalid')).to.equal('true');
    await page.getByLabel('Password').fill('open sesame');
    await page.getByRole('button', { name: 'Open the document' }).click();
    await signing.drawn();
    await signing.ended('Agreement');
  });

  it('sends a code to the phone, which the inbox shows', async () => {
    const signers = [{ ...anna, verify_phone_number: '+31612345678' }];
    const document = await sender.send(agreement, { signers, text_message_verification_locked: true });
    const signing = await open(document, anna.email, screens.phone);
    const { page } = signing;
    await signing.ended('Confirm your phone');
    await page.getByRole('button', { name: 'Send the code' }).click();
    await page.getByLabel('Code').waitFor();
    const inbox = await visitor.visit(sender.url);
    const sms = inbox.getByRole('listitem').filter({ hasText: '+31612345678' });
    const [code] = /\b\d{6}\b/.exec(await shownText(sms)) ?? [];
    await page.getByLabel('Code').fill(code ?? '');
    await page.keyboard.press('Enter');
    await signing.drawn();
  });

  it('declines with a reason only', async () => {
    const document = await sender.send(agreement, { signers: [anna] });
    const signing = await open(document, anna.email, screens.phone);
    await signing.page.getByRole('button', { name: 'Decline' }).click();
    await signing.dialog.getByRole('button', { name: 'Decline' }).click();
    expect(await shownText(signing.dialog.getByRole('alert'))).to.equal('Say in a few words why.');
    expect(await focusedLabel(signing)).to.equal('Why do you decline?');
    await signing.page.keyboard.type('The price is wrong.');
    await signing.dialog.getByRole('button', { name: 'Decline' }).click();
    await signing.ended('You have declined');
    expect((await sender.document(document)).status).to.equal('de');
  });

  it('forwards to somebody else, who then can sign', async () => {
    const document = await sender.send(agreement, { signers: [anna] });
    const signing = await open(document, anna.email);
    await signing.page.getByRole('button', { name: 'Forward' }).click();
    const address = signing.dialog.getByLabel('E-mail address of the person who signs instead');
    await address.fill('carl(at)example.com');
    await signing.dialog.getByRole('button', { name: 'Forward' }).click();
    expect(await address.getAttribute('aria-invalid')).to.equal('true');
    await address.fill('carl@example.com');
    await signing.dialog.getByRole('button', { name: 'Forward' }).click();
    await signing.ended('You have forwarded this');
    const next = await open(document, 'carl@example.com');
    await next.fillIn({ 'Company (required)': 'Finch', 'Agreed (required)': true });
    await next.type('Carl Gamma');
    await next.next.click();
    await next.ended('You have signed');
  });

  it('has landmarks, names and an order that a screen reader and a keyboard can use', async () => {
    const document = await sender.send(agreement, { signers: [anna], subject: 'Please sign', message: 'Dear Anna' });
    const signing = await open(document, anna.email, screens.phone);
    await signing.drawn();
    const tree = await signing.page.locator('body').ariaSnapshot();
    for (const part of ['banner', 'main:', 'heading "Agreement" [level=1]', 'group "Page 1 of 1"', 'region "Progress"'])
      expect(tree).to.include(part);
    expect(tree, 'the text of the page can be read').to.include('Read and agreed');
    expect(tree, 'every control has a name').to.not.match(/- (textbox|button|checkbox|link)(:| *$)/m);
    for (const name of [/^Forward$/, /Company/, /Remarks/, /Agreed/, /Date/, /sign here/, /^Next field$/])
      await signing.tabTo(name);

    await signing.openSignature();
    const sheet = await signing.dialog.ariaSnapshot();
    expect(sheet).to.include('dialog "Your signature"').and.include('tab "Draw" [selected]').and.include('tabpanel');
    await signing.page.keyboard.press('Escape');
    await signing.dialog.waitFor({ state: 'hidden' });
    expect(await focusedLabel(signing), 'the focus goes back').to.match(/sign here/);
  });
});

/** The accessible name of what has the focus. */
const focusedLabel = ({ page }: SigningPage): Promise<string> =>
  page.evaluate(() => {
    const focused = document.activeElement;
    return (
      focused?.getAttribute('aria-label') ??
      (focused as HTMLInputElement | null)?.labels?.[0]?.textContent ??
      focused?.textContent ??
      ''
    );
  });
