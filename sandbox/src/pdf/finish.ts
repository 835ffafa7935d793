import { degrees, PDFDocument, rgb, StandardFonts } from '@cantoo/pdf-lib';
import type { SandboxCa } from './ca';
import { drawMarks, inDisplaySpace, type Mark } from './marks';
import { shorten } from './printable';
import { sealPdf } from './seal';

/**
 * Makes the signed document: draws what the signers entered, writes the document's id on every page, and seals it.
 *
 * @param input `pdf` as {@link toPdf} returned it · `marks` positions as {@link readPdf} returns them ·
 *   `reason` shown by PDF readers · `watermark` a word across each page · `at` the time of sealing
 * @throws ConvertError when a picture of a signature is not a readable PNG
 */
export async function finishPdf(input: {
  pdf: Uint8Array;
  marks: Mark[];
  documentId: string;
  reason: string;
  watermark?: string;
  ca: SandboxCa;
  at: Date;
}): Promise<Uint8Array> {
  const pdf = await PDFDocument.load(input.pdf, { updateMetadata: false });
  pdf.setModificationDate(input.at);
  pdf.setProducer('Core Signature Sandbox');
  await drawMarks(pdf, input.marks);
  await drawStationery(pdf, input.documentId, input.watermark);
  return sealPdf(pdf, input);
}

async function drawStationery(pdf: PDFDocument, documentId: string, watermark: string | undefined): Promise<void> {
  const regular = await pdf.embedFont(StandardFonts.Helvetica);
  const bold = await pdf.embedFont(StandardFonts.HelveticaBold);
  for (const page of pdf.getPages()) {
    inDisplaySpace(page, ({ width, height }) => {
      const id = shorten(regular, 6, width - 24, `Document ${documentId}`);
      page.drawText(id, { x: 12, y: 11, size: 6, font: regular, color: rgb(0.45, 0.48, 0.53) });
      if (!watermark) return;
      const angle = Math.atan2(height, width);
      const text = shorten(bold, 40, Math.hypot(width, height), watermark);
      const size = Math.min(110, (0.68 * Math.hypot(width, height)) / bold.widthOfTextAtSize(text, 1));
      const half = bold.widthOfTextAtSize(text, size) / 2;
      page.drawText(text, {
        x: width / 2 - half * Math.cos(angle) + (size / 3) * Math.sin(angle),
        y: height / 2 - half * Math.sin(angle) - (size / 3) * Math.cos(angle),
        size,
        font: bold,
        rotate: degrees((angle * 180) / Math.PI),
        color: rgb(0.75, 0.12, 0.15),
        opacity: 0.09,
      });
    });
  }
}
