/** Writes a PDF of one page with text in Helvetica and thin lines (ISO 32000-1): enough for a report, without a library. */

export type Colour = readonly [number, number, number];

export interface TextStyle {
  size?: number;
  bold?: boolean;
  colour?: Colour;
}

/** Advance widths of Helvetica for the characters from space to tilde, in 1/1000 of the size (Adobe font metrics). */
const widths = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
];

/** Bold is wider by about this much. */
const boldFactor = 1.08;

/** Width of a text in points. Characters outside ASCII count as wide ones. */
export const widthOf = (text: string, { size = 10, bold = false }: TextStyle = {}): number => {
  const units = [...text].reduce((sum, char) => sum + (widths[(char.codePointAt(0) ?? 0) - 32] ?? 700), 0);
  return ((units * size) / 1000) * (bold ? boldFactor : 1);
};

export class OnePage {
  static readonly width = 595;
  static readonly height = 842;
  readonly #content: string[] = [];

  /** Text from the left end of its base line. Characters that WinAnsi does not have become question marks. */
  text(
    x: number,
    y: number,
    text: string,
    { size = 10, bold = false, colour = [0.13, 0.15, 0.18] }: TextStyle = {},
  ): void {
    const font = bold ? 'F2' : 'F1';
    this.#content.push(
      `BT ${colour.join(' ')} rg /${font} ${size} Tf ${x.toFixed(2)} ${y.toFixed(2)} Td (${literal(text)}) Tj ET`,
    );
  }

  box(x: number, y: number, width: number, height: number, colour: Colour): void {
    this.#content.push(
      `${colour.join(' ')} rg ${[x, y, width, height].map((value) => value.toFixed(2)).join(' ')} re f`,
    );
  }

  /** The file. @param facts title and moment of making */
  save({ title, at }: { title: string; at: Date }): Buffer {
    const content = this.#content.join('\n');
    const date = at.toISOString().replace(/[-:T]/g, '').slice(0, 14);
    const font = (name: string) => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
    const objects = [
      '<< /Type /Catalog /Pages 2 0 R /Lang (en) >>',
      '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${OnePage.width} ${OnePage.height}] /Contents 6 0 R /Resources << /Font << /F1 4 0 R /F2 5 0 R >> >> >>`,
      font('Helvetica'),
      font('Helvetica-Bold'),
      `<< /Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`,
      `<< /Title (${literal(title)}) /CreationDate (D:${date}Z) >>`,
    ];
    let file = '%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n';
    const lines = objects.map((object, index) => {
      const offset = file.length;
      file += `${index + 1} 0 obj\n${object}\nendobj\n`;
      return `${String(offset).padStart(10, '0')} 00000 n \n`;
    });
    const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${lines.join('')}`;
    const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${objects.length} 0 R >>`;
    return Buffer.from(`${file}${table}${trailer}\nstartxref\n${file.length}\n%%EOF\n`, 'latin1');
  }
}

/** Characters WinAnsi has outside Latin-1, by the byte it gives them. */
const winAnsi: Record<string, number> = {
  '€': 0x80,
  '…': 0x85,
  '‘': 0x91,
  '’': 0x92,
  '“': 0x93,
  '”': 0x94,
  '•': 0x95,
  '–': 0x96,
  '—': 0x97,
  '™': 0x99,
};

const literal = (text: string): string =>
  [...text]
    .map((char) => {
      const code = winAnsi[char] ?? char.codePointAt(0) ?? 0;
      const shown =
        code < 32 || code > 255 || (code >= 127 && code < 160 && winAnsi[char] === undefined)
          ? '?'
          : String.fromCharCode(code);
      return '()\\'.includes(shown) ? `\\${shown}` : shown;
    })
    .join('');
