import { ConvertError } from './convert-error';
import { toDisplay } from './geometry';
import { withPdf } from './pdfjs';
import { findTags, type PdfFacts, type Tag } from './tags';
import type { TextRun } from './text-runs';

/**
 * Reads the page sizes and the signature tags of a PDF.
 *
 * @param pdf the file
 * @returns sizes and positions in points of the pages as displayed (rotation applied), origin bottom left
 * @throws ConvertError when it is no readable PDF, is encrypted or has no pages
 */
export async function readPdf(pdf: Uint8Array): Promise<PdfFacts> {
  if (pdf.length === 0) throw new ConvertError('The file is empty. Send a PDF with at least one page.');
  try {
    return await withPdf(pdf, async (document) => {
      const { info } = (await document.getMetadata()) as { info: { EncryptFilterName?: string | null } };
      if (info.EncryptFilterName) throw new ConvertError(encrypted);
      const facts: PdfFacts = { pages: [], tags: [] };
      for (let index = 0; index < document.numPages; index++) {
        const page = await document.getPage(index + 1);
        const view = { box: page.view as [number, number, number, number], rotate: page.rotate };
        const { width, height, point } = toDisplay(view);
        const { items, styles } = await page.getTextContent({ disableNormalization: true });
        const runs: TextRun[] = [];
        for (const item of items) {
          if (!('str' in item)) continue;
          const before = runs.at(-1);
          if (item.str === '' && item.hasEOL && before) before.endsLine = true;
          if (item.str === '') continue;
          const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = item.transform as number[];
          const style = styles[item.fontName];
          const family = style?.fontFamily;
          runs.push({
            text: item.str,
            endsLine: item.hasEOL,
            ...point(e, f),
            width: item.width,
            size: Math.hypot(c, d) || Math.hypot(a, b) || item.height,
            ascent: sane(style?.ascent, 0.6, 1.1, 0.85),
            descent: sane(style?.descent, -0.4, -0.05, -0.22),
            family: family === 'serif' || family === 'monospace' ? family : 'sans-serif',
          });
        }
        facts.pages.push({ width, height });
        facts.tags.push(...findTags(runs, { index, width, height }));
        page.cleanup();
      }
      if (facts.pages.length === 0) throw new ConvertError('The PDF has no pages.');
      facts.tags.sort(inReadingOrder);
      return facts;
    });
  } catch (error) {
    if (error instanceof ConvertError) throw error;
    if (error instanceof Error && error.name === 'PasswordException') throw new ConvertError(encrypted);
    throw new ConvertError('The file is not a readable PDF: it is damaged or of another type.', { cause: error });
  }
}

const encrypted = 'The PDF is encrypted. Remove its password and restrictions, then send it again.';

/** Fonts may state nonsense metrics; then a common value serves. */
function sane(value: number | undefined, low: number, high: number, common: number): number {
  return value !== undefined && value >= low && value <= high ? value : common;
}

function inReadingOrder(a: Tag, b: Tag): number {
  return a.page - b.page || (Math.abs(a.y - b.y) > 6 ? b.y - a.y : a.x - b.x);
}
