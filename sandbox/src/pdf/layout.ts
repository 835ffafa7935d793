import { PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from '@cantoo/pdf-lib';
import { ConvertError } from './convert-error';
import type { Block } from './plain-text';
import { wrap } from './printable';

const a4 = { width: 595.28, height: 841.89 };
const margin = 68;
const mostPages = 300;
const ink = rgb(0.11, 0.13, 0.16);
const white = rgb(1, 1, 1);

/**
 * Lays paragraphs out on A4 pages. Signature tags are drawn in white, with room above them for the signature.
 *
 * @param blocks the paragraphs
 * @param title of the PDF
 * @throws ConvertError when there are more than 300 pages
 */
export async function layOut(blocks: Block[], title: string): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  pdf.setTitle(title);
  const regular = await pdf.embedFont(StandardFonts.Helvetica);
  const bold = await pdf.embedFont(StandardFonts.HelveticaBold);
  let page = pdf.addPage([a4.width, a4.height]);
  let y = a4.height - margin;

  for (const [index, block] of blocks.entries()) {
    const { font, size, before } = look(block, regular, bold);
    const indent = block.kind === 'bullet' ? 16 : 0;
    if (index > 0) y -= before;
    for (const [line, text] of wrap(font, size, a4.width - 2 * margin - indent, block.text).entries()) {
      const step = /\[\[\s*s\s*\|/iu.test(text) ? Math.max(42, size * 1.45) : size * 1.45;
      if (y - step < margin) {
        if (pdf.getPageCount() === mostPages) throw new ConvertError(`The document has more than ${mostPages} pages.`);
        page = pdf.addPage([a4.width, a4.height]);
        y = a4.height - margin;
      }
      y -= step;
      if (indent > 0 && line === 0) page.drawText('•', { x: margin + 3, y, size, font: regular, color: ink });
      drawLine(page, text, { x: margin + indent, y, size, font });
    }
  }
  return pdf.save();
}

function look(block: Block, regular: PDFFont, bold: PDFFont) {
  if (block.kind === 'heading') return { font: bold, size: [20, 20, 15, 12.5][block.level] ?? 12.5, before: 16 };
  return { font: regular, size: 10.5, before: block.kind === 'bullet' ? 3 : 9 };
}

function drawLine(page: PDFPage, text: string, at: { x: number; y: number; size: number; font: PDFFont }): void {
  let x = at.x;
  for (const part of text.split(/(\[\[[^[\]]*\]\])/u)) {
    if (part === '') continue;
    page.drawText(part, { ...at, x, color: part.startsWith('[[') ? white : ink });
    x += at.font.widthOfTextAtSize(part, at.size);
  }
}
