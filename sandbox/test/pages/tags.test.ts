import { degrees, PDFDocument, StandardFonts } from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { readPdf } from '../../dist/pdf';
import { parseTag } from '../../dist/pdf/tags';
import { pdfWith } from './build';

describe('signature tags', () => {
  it('reads type, signer and every modifier', () => {
    expect(parseTag('t', '1|r:1|m:1|n:Cost centre: number|p:4711|id:cost_centre')).to.deep.equal({
      type: 't',
      signerIndex: 1,
      required: true,
      multiline: true,
      label: 'Cost centre: number',
      prefill: '4711',
      externalId: 'cost_centre',
    });
    expect(parseTag('S', ' 0 ')).to.include({ type: 's', required: true, label: 'Signature', prefill: null });
    expect(parseTag('s', '0|r:0')).to.include({ required: false });
    expect(parseTag('d', '2|p:0')).to.include({ required: false, prefill: '0' });
  });

  it('takes brackets that are no tag for text', async () => {
    expect(parseTag('t', 'first|r:1')).to.equal(null);
    const { tags } = await readPdf(await pdfWith(['see [[1]] and [[x|0]] and [[s|one]]', '[[ ]] [[s|0', 's|0]]']));
    expect(tags.filter(({ type }) => type !== 's')).to.deep.equal([]);
  });

  it('finds a tag where it stands, also after other text in the same run', async () => {
    const { pages, tags } = await readPdf(await pdfWith(['Signed: [[t|0|r:1|id:field_a]] today']));
    expect(pages).to.deep.equal([{ width: 500, height: 700 }]);
    expect(tags).to.have.length(1);
    const font = await (await PDFDocument.create()).embedFont(StandardFonts.Helvetica);
    // the font's own width counts kerning, which is not applied when the text is drawn
    expect(tags[0]!.x).to.be.closeTo(72 + font.widthOfTextAtSize('Signed: ', 12), 1);
    expect(tags[0]!.width).to.be.closeTo(font.widthOfTextAtSize('[[t|0|r:1|id:field_a]]', 12), 1);
    expect(tags[0]!.y).to.be.within(595, 600);
    expect(tags[0]!.y + tags[0]!.height).to.be.within(608, 614);
  });

  it('finds a tag that is split over text runs, and one that is split over lines', async () => {
    const pdf = await PDFDocument.create();
    const page = pdf.addPage([500, 700]);
    const font = await pdf.embedFont(StandardFonts.Helvetica);
    let x = 80;
    for (const part of ['[', '[d|', '0|r:1|n:Da', 'te]', ']']) {
      page.drawText(part, { x, y: 400, size: 10, font });
      x += font.widthOfTextAtSize(part, 10);
    }
    page.drawText('[[t|1|n:Street', { x: 80, y: 300, size: 10, font });
    page.drawText(' and town]]', { x: 80, y: 285, size: 10, font });
    const { tags } = await readPdf(await pdf.save());
    expect(tags.map(({ type, label }) => [type, label])).to.deep.equal([
      ['d', 'Date'],
      ['t', 'Street and town'],
    ]);
    expect(tags[0]!.x).to.be.closeTo(80, 0.1);
    expect(tags[0]!.width).to.be.closeTo(x - 80, 1);
    expect(tags[1]!.y).to.be.above(294);
    expect(tags[1]!.height).to.be.below(14);
  });

  it('gives every field a usable size inside its page', async () => {
    const pdf = await PDFDocument.create();
    const page = pdf.addPage([300, 300]);
    for (const [index, type] of ['s', 'i', 't', 'd', 'c', 'n'].entries()) {
      page.drawText(`[[${type}|0]]`, { x: 260, y: 295 - index * 40, size: 5 });
    }
    const { tags } = await readPdf(await pdf.save());
    expect(tags).to.have.length(6);
    for (const tag of tags) {
      expect(tag.height, tag.type).to.be.at.least(12);
      expect(tag.width, tag.type).to.be.at.least(tag.type === 'c' ? 12 : 48);
      expect(tag.x + tag.width).to.be.at.most(300.01);
      expect(tag.y + tag.height).to.be.at.most(300.01);
    }
    expect(tags.find(({ type }) => type === 's')).to.include({ width: 120, height: 40 });
  });

  for (const rotate of [90, 180, 270]) {
    it(`gives positions on the page as displayed when it is rotated by ${rotate}°`, async () => {
      const pdf = await PDFDocument.create();
      const page = pdf.addPage([400, 600]);
      page.setCropBox(10, 20, 380, 560);
      page.setRotation(degrees(rotate));
      // 50 to the right and 100 up on the displayed page, written so that it reads upright there
      const [x, y] = { 90: [390 - 100, 20 + 50], 180: [390 - 50, 580 - 100], 270: [10 + 100, 580 - 50] }[rotate]!;
      page.drawText('[[t|0|n:Here and long enough]]', { x: x!, y: y!, size: 10, rotate: degrees(rotate) });
      const { pages, tags } = await readPdf(await pdf.save());
      expect(pages[0]).to.deep.equal(rotate === 180 ? { width: 380, height: 560 } : { width: 560, height: 380 });
      expect(tags[0]!.x).to.be.closeTo(50, 0.1);
      expect(tags[0]!.y).to.be.within(96, 100);
    });
  }
});
