import {
  clip,
  concatTransformationMatrix,
  endPath,
  type PDFDocument,
  type PDFFont,
  type PDFImage,
  type PDFPage,
  popGraphicsState,
  pushGraphicsState,
  rectangle,
  rgb,
  StandardFonts,
} from '@cantoo/pdf-lib';
import { ConvertError } from './convert-error';
import { toDisplay, toUserSpace } from './geometry';
import { encodable, shorten, wrap } from './printable';

/** Something a signer left on a page. Position as in a tag; it never reaches beyond its rectangle. */
export interface Mark {
  page: number;
  x: number;
  y: number;
  width: number;
  height: number;
  /** `drawn` and `typed` are signatures, `stamp` an approval, the others the value of a field */
  kind: 'drawn' | 'typed' | 'text' | 'date' | 'check' | 'stamp';
  /** the drawn signature; for a typed one used when the text has letters the PDF font lacks */
  png?: Uint8Array;
  text?: string;
  /** name and time for the small print of signatures and stamps */
  by?: string;
  at?: Date;
}

const pen = rgb(0.06, 0.17, 0.47);
const ink = rgb(0.09, 0.11, 0.15);
const small = rgb(0.36, 0.4, 0.46);
const approved = rgb(0.05, 0.42, 0.25);

interface Kit {
  regular: PDFFont;
  bold: PDFFont;
  script: PDFFont;
  image(png: Uint8Array): Promise<PDFImage>;
}

/** Draws marks on their pages; marks of pages that do not exist are skipped. */
export async function drawMarks(pdf: PDFDocument, marks: Mark[]): Promise<void> {
  const images = new Map<Uint8Array, Promise<PDFImage>>();
  const kit: Kit = {
    regular: await pdf.embedFont(StandardFonts.Helvetica),
    bold: await pdf.embedFont(StandardFonts.HelveticaBold),
    script: await pdf.embedFont(StandardFonts.TimesRomanItalic),
    image(png) {
      const known = images.get(png) ?? embedPicture(pdf, png);
      images.set(png, known);
      return known;
    },
  };
  const pages = pdf.getPages();
  for (const mark of marks) {
    const page = pages[mark.page];
    if (!page || mark.width <= 0 || mark.height <= 0) continue;
    const picture = mark.png && usesPicture(mark, kit) ? await kit.image(mark.png) : undefined;
    inDisplaySpace(page, () => {
      page.pushOperators(rectangle(mark.x, mark.y, mark.width, mark.height), clip(), endPath());
      draw(page, mark, kit, picture);
    });
  }
}

/** Runs drawing commands in the coordinates of the page as displayed, whatever its rotation and origin. */
export function inDisplaySpace(page: PDFPage, drawing: (size: { width: number; height: number }) => void): void {
  const { x, y, width, height } = page.getCropBox();
  const view = {
    box: [x, y, x + width, y + height] as [number, number, number, number],
    rotate: page.getRotation().angle,
  };
  page.pushOperators(pushGraphicsState(), concatTransformationMatrix(...toUserSpace(view)));
  drawing(toDisplay(view));
  page.pushOperators(popGraphicsState());
}

function usesPicture(mark: Mark, kit: Kit): boolean {
  return mark.kind === 'drawn' || (mark.kind === 'typed' && !encodable(kit.script, mark.text ?? ''));
}

function draw(page: PDFPage, mark: Mark, kit: Kit, picture: PDFImage | undefined): void {
  if (mark.kind === 'drawn' || mark.kind === 'typed') drawSignature(page, mark, kit, picture);
  else if (mark.kind === 'check') drawCheck(page, mark);
  else if (mark.kind === 'stamp') drawStamp(page, mark, kit);
  else drawValue(page, mark, kit);
}

function drawSignature(page: PDFPage, mark: Mark, kit: Kit, picture: PDFImage | undefined): void {
  const { x, width, height } = mark;
  const printSize = Math.min(6, Math.max(4, height * 0.15));
  const hasPrint = mark.by !== undefined && height >= 18;
  const foot = hasPrint ? printSize * 1.5 : 0;
  if (hasPrint) {
    const line = ['Signed by ', mark.by, mark.at ? ` · ${utc(mark.at)}` : ''].join('');
    const text = shorten(kit.regular, printSize, width - 4, line);
    page.drawText(text, { x: x + 2, y: mark.y + printSize * 0.4, size: printSize, font: kit.regular, color: small });
  }
  const y = mark.y + foot;
  const room = height - foot;
  if (picture) {
    const scale = Math.min((width - 4) / picture.width, (room - 2) / picture.height);
    const drawn = { width: picture.width * scale, height: picture.height * scale };
    page.drawImage(picture, { x: x + 2, y: y + (room - drawn.height) / 2, ...drawn });
    return;
  }
  const text = mark.text ?? mark.by ?? '';
  const natural = kit.script.widthOfTextAtSize(shorten(kit.script, 1, 1000, text), 1) || 1;
  const size = Math.max(5, Math.min(30, room * 0.78, (width - 10) / natural));
  page.drawText(shorten(kit.script, size, width - 8, text), {
    x: x + 4,
    y: y + (room - size * 0.5) / 2,
    size,
    font: kit.script,
    color: pen,
  });
}

function drawValue(page: PDFPage, mark: Mark, kit: Kit): void {
  const { x, y, width, height, text = '' } = mark;
  const top = y + height;
  for (let size = Math.min(10.5, height * 0.8); size >= 4; size -= 0.5) {
    const lines = wrap(kit.regular, size, width - 4, text);
    const block = lines.length * size * 1.25;
    const last = size - 0.5 < 4;
    if (block > Math.max(height, size * 1.25) && !last) continue;
    const gap = lines.length === 1 ? (height - size * 0.72) / 2 : height - size;
    for (const [i, line] of lines.entries()) {
      const baseline = lines.length === 1 ? y + gap : top - size * (1 + 1.25 * i);
      page.drawText(line, { x: x + 2, y: baseline, size, font: kit.regular, color: ink });
    }
    return;
  }
}

function drawCheck(page: PDFPage, { x, y, width, height }: Mark): void {
  const side = Math.min(width, height);
  const at = (u: number, v: number) => ({ x: x + u * side, y: y + (height - side) / 2 + v * side });
  const thickness = Math.max(1, side * 0.11);
  page.drawLine({ start: at(0.2, 0.5), end: at(0.43, 0.24), thickness, color: pen });
  page.drawLine({ start: at(0.41, 0.24), end: at(0.84, 0.8), thickness, color: pen });
}

function drawStamp(page: PDFPage, mark: Mark, kit: Kit): void {
  const { x, y, width, height } = mark;
  page.drawRectangle({
    x: x + 1,
    y: y + 1,
    width: width - 2,
    height: height - 2,
    borderColor: approved,
    borderWidth: 1.2,
    color: approved,
    opacity: 0.06,
  });
  const title = Math.min(13, height * 0.34);
  const print = Math.max(4, title * 0.5);
  const put = (font: PDFFont, size: number, line: string, baseline: number) =>
    page.drawText(shorten(font, size, width - 12, line), { x: x + 7, y: baseline, size, font, color: approved });
  put(kit.bold, title, mark.text ?? 'APPROVED', y + height - title * 1.25);
  if (mark.by) put(kit.regular, print, mark.by, y + height - title * 1.25 - print * 1.5);
  if (mark.at) put(kit.regular, print, utc(mark.at), y + height - title * 1.25 - print * 2.8);
}

/** A time as the small print shows it, for example "3 Mar 2026, 09:05 UTC". */
export function utc(at: Date): string {
  const day = at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  return `${day}, ${at.toISOString().slice(11, 16)} UTC`;
}

async function embedPicture(pdf: PDFDocument, png: Uint8Array): Promise<PDFImage> {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.length);
  const isPng =
    bytes.length > 33 && bytes.readUInt32BE(0) === 0x89504e47 && bytes.toString('latin1', 12, 16) === 'IHDR';
  // checked before decoding: a few kilobytes can declare a picture of gigabytes
  if (!isPng) throw new ConvertError('The signature picture is not a PNG.');
  if (bytes.readUInt32BE(16) > 4000 || bytes.readUInt32BE(20) > 4000) {
    throw new ConvertError('The signature picture is larger than 4000 × 4000 pixels.');
  }
  try {
    return await pdf.embedPng(bytes);
  } catch (cause) {
    throw new ConvertError('The signature picture is not a readable PNG.', { cause });
  }
}
