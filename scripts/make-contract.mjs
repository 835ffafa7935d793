/**
 * Writes the sample contract `examples/documents/contract.pdf`: two pages, two signers, with signature tags.
 * Run by hand after a change: `node scripts/make-contract.mjs`. The same input gives the same bytes.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PDFDocument, PDFNumber, PDFOperator, PDFOperatorNames, rgb, StandardFonts } from '@cantoo/pdf-lib';

const target = fileURLToPath(new URL('../examples/documents/contract.pdf', import.meta.url));
const date = new Date('2026-01-05T09:00:00Z');
const [width, height] = [595.28, 841.89];
const left = 68;
const right = width - left;
const column = right - left;

const ink = rgb(0.1, 0.12, 0.16);
const quiet = rgb(0.4, 0.44, 0.5);
const hair = rgb(0.82, 0.84, 0.87);
const accent = rgb(0.09, 0.3, 0.36);
const tint = rgb(0.955, 0.968, 0.968);
const white = rgb(1, 1, 1);

const client = {
  role: 'Client',
  name: 'Harbour & Finch Ltd',
  address: '14 Quayside Row, Bristol BS1 4XX, United Kingdom',
};
const provider = {
  role: 'Provider',
  name: 'Lindenhof Systems GmbH',
  address: 'Lindenallee 27, 50668 Cologne, Germany',
};

const sections = [
  {
    title: 'Services',
    paragraphs: [
      'The Provider operates and maintains the Client’s order platform as described in Annex A, provides support on working days from 8:00 to 18:00 (CET), and delivers one planned release in every calendar month.',
      'Work beyond Annex A is carried out only after a written order by the Client and is charged by time at the rates of Annex B.',
    ],
  },
  {
    title: 'Term',
    paragraphs: [
      'The agreement starts on 1 February 2026 and runs for twenty-four months. It is extended by twelve months at a time unless either party gives notice in writing three months before its end.',
    ],
  },
  {
    title: 'Fees and payment',
    paragraphs: [
      'The fees are those of the table below, in euros and without value added tax. Invoices are sent on the last working day of a month and are due within thirty days.',
    ],
    table: [
      ['Service', 'Unit', 'Fee'],
      ['Operation and monitoring', 'per month', '4,800.00'],
      ['Support, up to 40 hours', 'per month', '3,600.00'],
      ['Planned release', 'each', '2,250.00'],
      ['Further work', 'per hour', '118.00'],
    ],
  },
  {
    title: 'Service levels',
    paragraphs: [
      'The platform is available for 99.7 % of each calendar month. The Provider answers to a report of a complete failure within one hour, to any other report within one working day. For each started 0.1 % below the agreed availability the monthly fee for operation is reduced by five per cent, by fifty per cent at most.',
    ],
  },
  {
    title: 'Confidentiality and data protection',
    paragraphs: [
      'Each party keeps confidential what it learns about the other’s business, during the term and for five years after it. Personal data is processed on the Client’s instructions only; the data processing agreement in Annex C is part of this contract.',
    ],
  },
  {
    title: 'Liability',
    paragraphs: [
      'Each party is liable without limit for intent and gross negligence. For ordinary negligence the liability is limited to the fees of twelve months. The limit does not apply to injury of life, body or health.',
    ],
  },
  {
    title: 'Subcontractors',
    paragraphs: [
      'The Provider may have parts of the services carried out by subcontractors. It names them to the Client in writing four weeks ahead and answers for their work as for its own. The Client may object for good cause within two weeks.',
    ],
  },
  {
    title: 'Termination for cause',
    paragraphs: [
      'Either party may terminate the agreement at any time for good cause, in particular when the other party is insolvent or does not remedy a material breach within thirty days of being asked to. At the end of the agreement the Provider hands over all data of the Client in a common format and then deletes its copies.',
    ],
  },
  {
    title: 'Final provisions',
    paragraphs: [
      'Changes are valid in text form only. Should a provision be or become void, the others remain in force. This agreement is governed by German law; the courts of Cologne have jurisdiction. It may be signed electronically, and it is concluded when both parties have signed.',
    ],
  },
];

const pdf = await PDFDocument.create({ updateMetadata: false });
pdf.setTitle('Service agreement: Harbour & Finch Ltd and Lindenhof Systems GmbH');
pdf.setAuthor('Lindenhof Systems GmbH');
pdf.setSubject('Sample contract with signature tags');
pdf.setCreator('scripts/make-contract.mjs');
pdf.setProducer('@cantoo/pdf-lib');
pdf.setCreationDate(date);
pdf.setModificationDate(date);
pdf.setLanguage('en-GB');
const serif = await pdf.embedFont(StandardFonts.TimesRoman);
const serifBold = await pdf.embedFont(StandardFonts.TimesRomanBold);
const sans = await pdf.embedFont(StandardFonts.Helvetica);
const sansBold = await pdf.embedFont(StandardFonts.HelveticaBold);

const first = pdf.addPage([width, height]);
const second = pdf.addPage([width, height]);

let y = writeTitle(first);
y = writeParties(first, y);
for (const [index, section] of sections.slice(0, 5).entries()) y = writeSection(first, y, index + 1, section);
y = height - 62;
for (const [index, section] of sections.slice(5).entries()) y = writeSection(second, y, index + 6, section);
writeSignatures(second, y - 14);
for (const [index, page] of pdf.getPages().entries()) writeFrame(page, index + 1);
await writeFile(target, await pdf.save({ useObjectStreams: true }));

function writeTitle(page) {
  page.drawRectangle({ x: 0, y: height - 8, width, height: 8, color: accent });
  text(page, 'SERVICE AGREEMENT', { x: left, y: height - 64, font: sansBold, size: 8.5, color: accent, spacing: 1.6 });
  text(page, 'Operation and maintenance', { x: left, y: height - 95, font: serifBold, size: 26 });
  text(page, 'of an order platform', { x: left, y: height - 124, font: serifBold, size: 26 });
  const label = 'Contract no.';
  const x = right - 128;
  page.drawRectangle({ x, y: height - 128, width: 128, height: 42, color: tint });
  text(page, label, { x: x + 12, y: height - 101, font: sans, size: 7.5, color: quiet });
  tag(page, '[[t|0|n:Contract no.|id:contract_no]]', { x: x + 10, y: height - 118, width: 108, color: tint });
  return height - 152;
}

function writeParties(page, top) {
  const half = (column - 20) / 2;
  for (const [index, party] of [client, provider].entries()) {
    const x = left + index * (half + 20);
    rule(page, x, top, half, 1.1, accent);
    text(page, party.role.toUpperCase(), { x, y: top - 17, font: sansBold, size: 7, color: quiet, spacing: 1 });
    text(page, party.name, { x, y: top - 33, font: serifBold, size: 12.5 });
    text(page, party.address, { x, y: top - 47, font: serif, size: 9.6, color: quiet });
  }
  return top - 64;
}

function writeSection(page, top, number, section) {
  let at = top - 18;
  text(page, String(number), { x: left, y: at, font: sansBold, size: 10, color: accent });
  text(page, section.title, { x: left + 20, y: at, font: sansBold, size: 10 });
  at -= 4;
  for (const paragraph of section.paragraphs) {
    at = justify(page, paragraph, { x: left + 20, y: at, width: column - 20 }) - 4;
  }
  if (section.table) at = writeTable(page, at - 8, section.table) - 4;
  return at - 6;
}

function writeTable(page, top, [head, ...rows]) {
  const x = left + 20;
  const w = column - 20;
  const unit = x + w * 0.52;
  const row = 18;
  page.drawRectangle({ x, y: top - row, width: w, height: row, color: tint });
  for (const [index, [name, per, fee]] of [head, ...rows].entries()) {
    const font = index === 0 ? sansBold : serif;
    const size = index === 0 ? 7.8 : 10.4;
    const color = index === 0 ? quiet : ink;
    const base = top - row * index - (index === 0 ? 12 : 12.6);
    text(page, name, { x: x + 9, y: base, font, size, color });
    text(page, per, { x: unit, y: base, font, size, color });
    const amount = index === 0 ? `${fee} (EUR)` : fee;
    text(page, amount, { x: x + w - 9 - font.widthOfTextAtSize(amount, size), y: base, font, size, color });
    rule(page, x, top - row * (index + 1), w, 0.5, hair);
  }
  return top - row * (rows.length + 1);
}

function writeSignatures(page, top) {
  let at = top - 22;
  text(page, 'Signatures', { x: left, y: at, font: serifBold, size: 17 });
  at -= 32;
  const box = { x: left, y: at - 3, side: 13 };
  tag(page, '[[c|0|r:1|n:Annexes A to C received|id:annexes]]', { x: box.x + 0.5, y: box.y + 2.8, width: 190 });
  page.drawRectangle({ x: box.x, y: box.y, width: box.side, height: box.side, borderColor: quiet, borderWidth: 0.7 });
  text(page, 'The Client has received the Annexes A to C.', { x: left + 22, y: at, font: serif, size: 10.8 });
  at -= 28;

  const half = (column - 28) / 2;
  for (const [index, party] of [client, provider].entries()) {
    const x = left + index * (half + 28);
    rule(page, x, at, half, 1.1, accent);
    text(page, `FOR THE ${party.role.toUpperCase()}`, {
      x,
      y: at - 17,
      font: sansBold,
      size: 7,
      color: quiet,
      spacing: 1,
    });
    text(page, party.name, { x, y: at - 33, font: serifBold, size: 12 });
    line(page, x, at - 100, half, 'Signature');
    tag(page, `[[s|${index}|r:1|n:Signature]]`, { x: x + 2, y: at - 93, width: half - 8 });
    line(page, x, at - 140, half * 0.54, 'Name and function');
    tag(page, `[[t|${index}|r:1|n:Name and function]]`, { x: x + 1, y: at - 136, width: half * 0.54 - 4 });
    line(page, x + half * 0.6, at - 140, half * 0.4, 'Date');
    tag(page, `[[d|${index}|r:1|n:Date]]`, { x: x + half * 0.6 + 1, y: at - 136, width: half * 0.4 - 4 });
  }
}

function writeFrame(page, number) {
  rule(page, left, 52, column, 0.5, hair);
  const style = { y: 38, font: sans, size: 7.5, color: quiet };
  text(page, 'Service agreement · Harbour & Finch Ltd and Lindenhof Systems GmbH', { ...style, x: left });
  const label = `Page ${number} of 2`;
  text(page, label, { ...style, x: right - sans.widthOfTextAtSize(label, 7.5) });
  if (number === 2) page.drawRectangle({ x: 0, y: height - 8, width, height: 8, color: accent });
}

/**
 * A signature tag in the colour of the ground it stands on, so that only the signing service sees it.
 * Its font size is chosen so that it fills the width: the field becomes as wide as the tag.
 */
function tag(page, content, { x, y, width: wide, color = white }) {
  page.drawText(content, { x, y, size: wide / sans.widthOfTextAtSize(content, 1), font: sans, color });
}

function line(page, x, y, length, label) {
  rule(page, x, y, length, 0.6, ink);
  text(page, label, { x, y: y - 10, font: sans, size: 7, color: quiet });
}

function rule(page, x, y, length, thickness, color) {
  page.drawLine({ start: { x, y }, end: { x: x + length, y }, thickness, color });
}

function text(page, content, { x, y, font, size, color = ink, spacing = 0 }) {
  page.pushOperators(setSpacing('SetCharacterSpacing', spacing));
  page.drawText(content, { x, y, font, size, color });
  page.pushOperators(setSpacing('SetCharacterSpacing', 0));
}

function setSpacing(operator, points) {
  return PDFOperator.of(PDFOperatorNames[operator], [PDFNumber.of(points)]);
}

/** Sets a paragraph in full lines, its last one to the left; returns the baseline of the last line. */
function justify(page, content, { x, y, width: measure }) {
  const size = 10.8;
  const leading = 14.6;
  const space = serif.widthOfTextAtSize(' ', size);
  const lines = [[]];
  let used = 0;
  for (const word of content.split(' ')) {
    const length = [...word].reduce((sum, letter) => sum + serif.widthOfTextAtSize(letter, size), 0); // without kerning
    if (used + length > measure) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1).push({ word, length });
    used += length + space;
  }
  for (const [index, words] of lines.entries()) {
    y -= leading;
    const natural = words.reduce((sum, { length }) => sum + length, 0);
    const isLast = index === lines.length - 1;
    const gap = isLast ? space : (measure - natural) / (words.length - 1);
    page.pushOperators(setSpacing('SetWordSpacing', gap - space));
    page.drawText(words.map(({ word }) => word).join(' '), { x, y, size, font: serif, color: ink });
    page.pushOperators(setSpacing('SetWordSpacing', 0));
  }
  return y;
}
