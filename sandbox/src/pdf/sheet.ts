import { type Color, PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from '@cantoo/pdf-lib';
import { shorten, wrap } from './printable';

const a4 = { width: 595.28, height: 841.89 };

/** Colours of the sandbox's own PDFs. */
export const colours = {
  ink: rgb(0.09, 0.11, 0.15),
  quiet: rgb(0.38, 0.42, 0.48),
  line: rgb(0.86, 0.88, 0.91),
  panel: rgb(0.965, 0.97, 0.98),
  accent: rgb(0.11, 0.31, 0.63),
  good: rgb(0.05, 0.42, 0.25),
  bad: rgb(0.68, 0.14, 0.14),
};

interface Style {
  size?: number;
  font?: PDFFont;
  color?: Color;
  x?: number;
  width?: number;
}

/** A pile of A4 pages that is written from top to bottom; it turns the page by itself. Lengths in points. */
export class Sheet {
  static readonly left = 56;
  static readonly width = a4.width - 2 * Sheet.left;
  private static readonly bottom = 64;
  page: PDFPage;
  /** distance of the pen from the page's lower edge */
  y = 0;

  private constructor(
    readonly pdf: PDFDocument,
    readonly regular: PDFFont,
    readonly bold: PDFFont,
    readonly mono: PDFFont,
  ) {
    this.page = this.turn();
  }

  static async create(): Promise<Sheet> {
    const pdf = await PDFDocument.create({ updateMetadata: false });
    const fonts = [StandardFonts.Helvetica, StandardFonts.HelveticaBold, StandardFonts.Courier] as const;
    const [regular, bold, mono] = await Promise.all(fonts.map((font) => pdf.embedFont(font)));
    if (!regular || !bold || !mono) throw new Error('The standard fonts are missing.');
    return new Sheet(pdf, regular, bold, mono);
  }

  /** Turns the page unless `height` more points fit on this one. */
  need(height: number): void {
    if (this.y - height < Sheet.bottom) this.page = this.turn();
  }

  /** Writes wrapped text under what is there and moves the pen below it. */
  text(text: string, style: Style = {}): void {
    const { size, font, color, x, width } = this.complete(style);
    for (const line of wrap(font, size, width, text)) {
      this.need(size * 1.4);
      this.y -= size * 1.4;
      this.page.drawText(line, { x, y: this.y + size * 0.3, size, font, color });
    }
  }

  /** How many points {@link text} will need. */
  heightOf(text: string, style: Style = {}): number {
    const { size, font, width } = this.complete(style);
    return wrap(font, size, width, text).length * size * 1.4;
  }

  /** Writes one line, shortened to its width, at a height of its own; the pen stays. */
  label(text: string, y: number, style: Style = {}): void {
    const { size, font, color, x, width } = this.complete(style);
    this.page.drawText(shorten(font, size, width, text), { x, y, size, font, color });
  }

  heading(text: string): void {
    this.need(90);
    this.y -= 26;
    this.text(text, { size: 12.5, font: this.bold });
    this.y -= 6;
  }

  rule(): void {
    const end = { x: Sheet.left + Sheet.width, y: this.y };
    this.page.drawLine({ start: { x: Sheet.left, y: this.y }, end, thickness: 0.6, color: colours.line });
  }

  /** Writes a footer with page numbers on every page. */
  footers(text: string): void {
    const pages = this.pdf.getPages();
    for (const [index, page] of pages.entries()) {
      const number = `Page ${index + 1} of ${pages.length}`;
      const right = Sheet.left + Sheet.width - this.regular.widthOfTextAtSize(number, 7.5);
      const style = { y: 34, size: 7.5, font: this.regular, color: colours.quiet };
      page.drawText(shorten(this.regular, 7.5, Sheet.width - 80, text), { ...style, x: Sheet.left });
      page.drawText(number, { ...style, x: right });
    }
  }

  private turn(): PDFPage {
    this.y = a4.height - Sheet.left;
    return this.pdf.addPage([a4.width, a4.height]);
  }

  private complete(style: Style): Required<Style> {
    const x = style.x ?? Sheet.left;
    const width = style.width ?? Sheet.left + Sheet.width - x;
    return { size: style.size ?? 9.5, font: style.font ?? this.regular, color: style.color ?? colours.ink, x, width };
  }
}
