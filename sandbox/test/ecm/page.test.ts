import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { screens, Visitor } from '../../../test/browser/support/visitor';
import { EcmSandbox, fileWith } from './helpers';

describe('sandbox: the page of filed documents', function () {
  this.timeout(60_000);
  const sandbox = new EcmSandbox();
  const visitor = new Visitor();
  before(async function () {
    await visitor.start(this);
    await sandbox.start();
    await sandbox.logIn();
  });
  after(async () => {
    await visitor.end();
    if (sandbox.running) await sandbox.stop();
  });
  afterEach(() => visitor.leave());

  it('serves a strict policy and nothing inline', async () => {
    const response = await fetch(`${sandbox.url}/filed`);
    expect(response.headers.get('content-security-policy'))
      .to.contain("default-src 'none'")
      .and.not.contain('unsafe-inline');
    expect(await response.text()).to.not.match(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/i);
  });

  it('shows what comes in, with metadata, record and downloads', async () => {
    const page = await visitor.visit(`${sandbox.url}/filed`);
    await page.getByText('Nothing here.').waitFor();
    const file = await sandbox.file('Employment contract.pdf', 'version one');
    const container = { by: 'businessObject', system: 'SAP', type: 'EMPLOYEE', id: '4711', path: 'Contracts' } as const;
    const item = { container, file, key: 'sig_p_signed', collision: 'version' as const };
    const metadata = { attributes: { '12600_2': '4711', '12600_3': 'Contract' } };
    await fileWith(sandbox.repository('content-server'), { ...item, metadata });
    const second = { ...item, key: 'sig_p2', file: await sandbox.file('Employment contract.pdf', 'version two') };
    await fileWith(sandbox.repository('content-server'), {
      ...second,
      metadata,
      record: { classification: '222', official: true },
    });
    const dav = { container: { by: 'path', path: 'Archive/2026' } as const, key: 'k', collision: 'adopt' as const };
    await fileWith(sandbox.repository('webdav'), { ...dav, file: await sandbox.file('Lease.pdf', 'lease') });

    const entry = page.getByRole('listitem').filter({ hasText: 'Employment contract.pdf' });
    await entry.getByText('Official record').waitFor();
    await entry.getByText('Metadata').click();
    await entry.getByText('Employee Document: Personnel Number').waitFor();
    await entry.getByText('4711 Anna Berger › Contracts').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      entry.getByRole('link', { name: 'Version 1 of' }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).to.equal('version one');
    expect(download.suggestedFilename()).to.equal('Employment contract.pdf');
    if (process.env.SCREENSHOTS)
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/light.png`, fullPage: true });

    await page.getByLabel('Repository').selectOption('WebDAV');
    await page.getByText('1 of 2').waitFor();
    expect(await entry.count()).to.equal(0);
    await page.getByLabel('Repository').selectOption('All');
    await page.getByLabel('Search').fill('anna contracts');
    await page.getByText('1 of 2').waitFor();
    await entry.waitFor();
  });

  it('fits a phone, in the dark', async () => {
    const page = await visitor.visit(`${sandbox.url}/filed`, { ...screens.phone, colorScheme: 'dark' });
    await page.getByText('Lease.pdf').waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).to.equal(screens.phone.viewport.width);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/dark.png`, fullPage: true });
  });
});
