import { PDFDocument } from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { ConvertError, readPdf, toPdf } from '../../dist/pdf';
import { pdfWith, zipWith } from './build';
import { wordsOf } from './inspect';

async function textOf(content: Uint8Array | string, name: string): Promise<string> {
  const pages = await wordsOf(await toPdf(Buffer.from(content), name));
  return pages
    .flat()
    .map(({ text }) => text)
    .join(' ');
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(ConvertError);
  return (error as ConvertError).message;
}

describe('converting to PDF', () => {
  it('passes a readable PDF through unchanged, whatever its name', async () => {
    const pdf = await pdfWith(['Hello']);
    expect(await toPdf(pdf, 'a.pdf')).to.equal(pdf);
    expect(await toPdf(pdf, 'upload')).to.equal(pdf);
  });

  it('lays out text, with its tags in place and room for the signature', async () => {
    const pdf = await toPdf(Buffer.from('Zażółć 10 €\n\nSign: [[s|0]]\n\nLast'), 'a.txt');
    const text = (await wordsOf(pdf)).flat().map((word) => word.text);
    expect(text.join(' ')).to.include('Zazólc 10 €');
    const { tags } = await readPdf(pdf);
    const above = (await wordsOf(pdf))[0]![0]!;
    expect(tags).to.have.length(1);
    expect(tags[0]!.y + tags[0]!.height).to.be.below(above.y);
  });

  it('keeps a tag in one piece at the end of a line', async () => {
    const tag = '[[t|0|r:1|n:A rather long label for this field|id:field_one]]';
    const pdf = await toPdf(Buffer.from(`${'word '.repeat(14)}${tag}`), 'a.txt');
    const { tags } = await readPdf(pdf);
    expect((await wordsOf(pdf)).flat().map(({ text }) => text)).to.include(tag);
    expect(tags.map(({ externalId }) => externalId)).to.deep.equal(['field_one']);
  });

  it('breaks pages and cuts words that are wider than a line', async () => {
    const pdf = await toPdf(Buffer.from(`${'x'.repeat(400)}\n\n${'line\n'.repeat(120)}`), 'a.txt');
    const pages = await wordsOf(pdf);
    expect(pages.length).to.be.above(1);
    for (const word of pages.flat()) {
      expect(word.x + word.width).to.be.below(595);
      expect(word.y).to.be.above(40);
    }
  });

  it('reads Markdown, HTML and Word text', async () => {
    expect(await textOf('# Title\n\nSome **bold** [link](http://x)\n- one\n- two', 'a.md')).to.equal(
      'Title Some bold link • one • two',
    );
    const html =
      '<html><head><title>no</title><style>p{}</style></head><body><h1>Offer</h1><p>5 &lt; 6 &amp; &#8364;</p><script>no()</script><ul><li>one</li></ul></body></html>';
    expect(await textOf(html, 'a.html')).to.equal('Offer 5 < 6 & € • one');
    const xml =
      '<w:document><w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Order</w:t></w:r></w:p><w:p><w:r><w:t>[[s|</w:t></w:r><w:r><w:t xml:space="preserve">0|r:1]] &amp; co</w:t></w:r></w:p></w:document>';
    const docx = zipWith({ '[Content_Types].xml': '<Types/>', 'word/document.xml': xml });
    expect(await textOf(docx, 'a.docx')).to.equal('Order [[s|0|r:1]] & co');
    expect((await readPdf(await toPdf(docx, 'a.docx'))).tags).to.have.length(1);
  });

  it('says in plain words what is wrong with a file', async () => {
    expect(await refusal(toPdf(new Uint8Array(), 'a.pdf'))).to.include('empty');
    expect(await refusal(toPdf(Buffer.from('  \n'), 'a.txt'))).to.include('no text');
    expect(await refusal(toPdf(Buffer.from('MZ'), 'a.exe'))).to.include('".exe" is not supported');
    expect(await refusal(toPdf(Buffer.from('not a pdf'), 'a.pdf'))).to.include('not a readable PDF');
    expect(await refusal(toPdf(Buffer.from('%PDF-1.7\nrubbish'), 'a.pdf'))).to.include('not a readable PDF');
    expect(await refusal(toPdf(Buffer.from('PK but no zip'), 'a.docx'))).to.include('not a readable Word document');
    expect(await refusal(readPdf(new Uint8Array()))).to.include('empty');
  });

  it('refuses an encrypted PDF, with and without a password to open it', async () => {
    for (const userPassword of ['secret', '']) {
      const pdf = await PDFDocument.load(await pdfWith(['Hello']));
      pdf.encrypt({ userPassword, ownerPassword: 'owner' });
      const file = await pdf.save();
      expect(await refusal(toPdf(file, 'a.pdf')), `password "${userPassword}"`).to.include('encrypted');
    }
  });

  it('does not unpack a Word file without bounds', async () => {
    const docx = zipWith({ 'word/document.xml': `<w:p><w:t>${'a'.repeat(30 * 1024 * 1024)}</w:t></w:p>` });
    expect(docx.length).to.be.below(100_000);
    expect(await refusal(toPdf(docx, 'a.docx'))).to.include('not a readable Word document');
  });
});
