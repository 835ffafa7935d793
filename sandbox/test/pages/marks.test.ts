import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { degrees, PDFDocument } from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { ConvertError, finishPdf, type Mark, readPdf, SandboxCa } from '../../dist/pdf';
import { pdfWith, tinyPng } from './build';
import { wordsOf } from './inspect';

const at = new Date('2026-03-03T09:05:00Z');

describe('marks on the document', () => {
  let folder: string;
  let ca: SandboxCa;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'marks-'));
    ca = await SandboxCa.open(folder);
  });
  after(() => rm(folder, { recursive: true }));

  const finish = (pdf: Uint8Array, marks: Mark[], watermark?: string) =>
    finishPdf({ pdf, marks, documentId: 'doc-4711', reason: 'Signed', ca, at, ...(watermark ? { watermark } : {}) });

  it('writes what the signers entered into the fields of the sample contract', async () => {
    const contract = await readFile(join(__dirname, '../../../examples/documents/contract.pdf'));
    const { pages, tags } = await readPdf(contract);
    expect(pages).to.have.length(2);
    expect(new Set(tags.map(({ signerIndex }) => signerIndex))).to.deep.equal(new Set([0, 1]));
    expect(tags.find(({ externalId }) => externalId === 'contract_no')).to.include({ type: 't', signerIndex: 0 });
    const values = { s: 'Amelia Finch', t: 'Director', d: '2026-03-03', c: '', i: '', n: '' };
    const kinds = { s: 'typed', t: 'text', d: 'date', c: 'check', i: 'text', n: 'text' } as const;
    const file = await finish(
      contract,
      tags.map((tag) => ({ ...tag, kind: kinds[tag.type], text: values[tag.type], by: 'Amelia Finch', at })),
    );
    const [, second] = await wordsOf(file);
    const inside = (text: string) =>
      second!
        .filter((word) => word.text === text)
        .every((word) => tags.some((tag) => tag.page === 1 && isIn(word, tag)));
    const found = second!.map(({ text }) => text);
    expect(found.filter((text) => text === 'Amelia Finch')).to.have.length(2);
    expect(found.filter((text) => text === '2026-03-03')).to.have.length(2);
    expect(found).to.include('Signed by Amelia Finch · 3 Mar 2026, 09:05 UTC');
    for (const text of ['Amelia Finch', 'Director', '2026-03-03']) expect(inside(text), text).to.equal(true);
  });

  it('shrinks, wraps and shortens long values so that they stay in the field', async () => {
    const box = { page: 0, x: 100, y: 300, width: 90, height: 12 };
    const many = { page: 0, x: 100, y: 400, width: 200, height: 60 };
    const file = await finish(await pdfWith([]), [
      { ...box, kind: 'text', text: 'Head of the department for everything else' },
      { ...many, kind: 'text', text: 'one line of an address\n'.repeat(5) + 'and more words '.repeat(8) },
      {
        ...box,
        y: 200,
        width: 140,
        height: 36,
        kind: 'typed',
        text: 'A name of unusual length that goes on and on',
        by: 'x',
      },
    ]);
    const words = (await wordsOf(file)).flat().filter(({ text }) => !text.startsWith('Document'));
    const boxes = [box, many, { ...box, y: 200, width: 140, height: 36 }];
    expect(words.length).to.be.above(5);
    expect(words.map(({ text }) => text)).to.include('A name of unusual length that goes on and on');
    for (const word of words)
      expect(
        boxes.some((each) => isIn(word, each)),
        word.text,
      ).to.equal(true);
  });

  it('puts marks upright on rotated pages', async () => {
    for (const rotate of [90, 180, 270]) {
      const pdf = await PDFDocument.load(await pdfWith([]));
      pdf.getPage(0).setRotation(degrees(rotate));
      const tagged = await finish(await pdf.save(), [
        { page: 0, x: 60, y: 80, width: 200, height: 20, kind: 'text', text: '[[t|0|n:Found again here]]' },
      ]);
      const { tags } = await readPdf(tagged);
      expect(tags[0]!.x, `${rotate}°`).to.be.closeTo(62, 1);
      expect(tags[0]!.y, `${rotate}°`).to.be.within(80, 100);
    }
  });

  it('names the document on every page and stamps approvals', async () => {
    const box = { page: 0, x: 50, y: 50, width: 150, height: 50 };
    const file = await finish(await pdfWith(['Text']), [{ ...box, kind: 'stamp', by: 'Li Wei', at }], 'SANDBOX');
    const text = (await wordsOf(file)).flat().map((word) => word.text);
    expect(text).to.include.members([
      'Document doc-4711',
      'APPROVED',
      'Li Wei',
      '3 Mar 2026, 09:05 UTC',
      'SANDBOX',
      'Text',
    ]);
  });

  it('draws a signature, and takes the picture of a typed one for other scripts', async () => {
    const box = { page: 0, x: 50, y: 50, width: 150, height: 50 };
    const file = await finish(await pdfWith([]), [
      { ...box, kind: 'drawn', png: tinyPng, by: 'Amelia Finch', at },
      { ...box, y: 150, kind: 'typed', png: tinyPng, text: '李伟', by: '李伟' },
      { ...box, page: 7, kind: 'drawn', png: tinyPng },
    ]);
    const text = (await wordsOf(file)).flat().map((word) => word.text);
    expect(text).to.include('Signed by Amelia Finch · 3 Mar 2026, 09:05 UTC');
    expect(text).to.not.include('??');
    expect(Buffer.from(file).toString('latin1')).to.match(/\/Subtype \/Image/);
  });

  it('refuses a picture that is none, or that would unpack to gigabytes', async () => {
    const huge = Buffer.from(tinyPng);
    huge.writeUInt32BE(60_000, 16);
    for (const png of [Buffer.from('GIF89a'), huge, Buffer.concat([tinyPng.subarray(0, 40), Buffer.alloc(20)])]) {
      const mark = { page: 0, x: 0, y: 0, width: 90, height: 30, kind: 'drawn', png } as const;
      const error = await finish(await pdfWith([]), [mark]).catch((reason: Error) => reason);
      expect(error).to.be.instanceOf(ConvertError);
    }
  });
});

function isIn(
  word: { x: number; y: number; width: number },
  box: { x: number; y: number; width: number; height: number },
) {
  return (
    word.x >= box.x && word.x + word.width <= box.x + box.width + 0.5 && word.y >= box.y && word.y <= box.y + box.height
  );
}
