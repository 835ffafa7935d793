// `node --import tsx scripts/make-screenshots.ts`: takes the pictures of `docs/images` from the real editor and the
// sandbox's pages, with a contract on its way through the example flow.
import { statSync } from 'node:fs';
import path from 'node:path';
import { Editor } from '../test/browser/support/editor';
import { SigningPage } from '../test/browser/support/signing';
import { screens, Visitor } from '../test/browser/support/visitor';
import { contractPdf, example, openHouse } from '../test/support/house';
import { linkFor } from './lib/signer';

const images = path.join(__dirname, '..', 'docs', 'images');
const [anna, ben] = ['anna.alpha@example.com', 'ben.beta@example.com'];

async function main(): Promise<void> {
  const visitor = new Visitor();
  const refusal = await visitor.launch();
  if (refusal) throw new Error(refusal);
  const flow = example('01 - Sign a contract');
  const house = await openHouse({ flows: flow, name: 'screenshots' });
  try {
    const editor = await Editor.open(visitor, house.runtime.url, { viewport: { width: 1220, height: 490 } });
    const query = new URLSearchParams([
      ['name', 'Service agreement'],
      ['key', 'C-2041'],
      ['signer', anna],
      ['signer', ben],
    ]);
    const answer = await fetch(`${house.runtime.url}/contracts?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/pdf' },
      body: contractPdf,
    });
    const { envelope } = (await answer.json()) as { envelope: string };
    await editor.statusOf(await editor.idOf('wait-for-status'), /^1\b/);

    const signing = new SigningPage(
      await visitor.visit(await linkFor(house.sandbox.url, anna, envelope), screens.phone),
    );
    await signing.drawn();
    const fields = {
      'Annexes A to C received (required)': true,
      'Name and function (required)': 'Anna Alpha, CEO',
    } as const;
    await signing.fillIn(fields);
    await signing.draw();
    await signing.page.getByRole('group', { name: 'Page 2 of 2' }).evaluate((page) => page.scrollIntoView());
    await signing.drawn();
    await signing.page.screenshot({ path: path.join(images, 'signing-page.png') });
    await signing.next.click();
    await signing.ended('You have signed');
    await linkFor(house.sandbox.url, ben, envelope);

    const inbox = await visitor.visit(house.sandbox.url, { viewport: { width: 1180, height: 860 } });
    await inbox.getByRole('region', { name: 'Mails' }).getByText(ben).waitFor();
    await inbox.screenshot({ path: path.join(images, 'inbox.png') });

    await editor.page.locator('.red-ui-debug-msg').filter({ hasText: 'signer_signed' }).first().waitFor();
    for (const side of ['left', 'right']) await editor.invoke(`core:toggle-${side}-sidebar`);
    await editor.page.screenshot({ path: path.join(images, 'example-flow.png') });
    await visitor.leave();
    for (const name of ['example-flow', 'signing-page', 'inbox']) {
      const { size } = statSync(path.join(images, `${name}.png`));
      console.log(`docs/images/${name}.png  ${Math.round(size / 1024)} kB`);
    }
  } finally {
    await house.close();
    await visitor.end();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
