import type { PDFFont } from '@cantoo/pdf-lib';

/** Letters that do not fall apart into a base letter and an accent. */
const alike: Record<string, string> = {
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
  '−': '-',
  '‑': '-',
  '→': '->',
  '\t': '    ',
};

/**
 * Text as a standard PDF font can show it (Windows-1252): other accents are dropped, other scripts become `?`.
 * The standard fonts keep the sandbox free of font files; no text may make a document fail.
 */
export function printable(font: PDFFont, text: string): string {
  let shown = '';
  for (const character of text.normalize('NFC')) {
    const candidates = [character, alike[character], character.normalize('NFKD').replace(/\p{M}/gu, '')];
    shown += candidates.find((candidate) => candidate !== undefined && encodable(font, candidate)) ?? '?';
  }
  return shown;
}

/** Whether a font can show the text as it is. */
export function encodable(font: PDFFont, text: string): boolean {
  const known = characters(font);
  for (const character of text) if (!known.has(character.codePointAt(0) ?? 0)) return false;
  return true;
}

const cache = new WeakMap<PDFFont, Set<number>>();

function characters(font: PDFFont): Set<number> {
  let known = cache.get(font);
  if (!known) {
    known = new Set(font.getCharacterSet());
    cache.set(font, known);
  }
  return known;
}

/**
 * Breaks text into lines no wider than `width` points. Line ends in the text are kept, a word wider than a line is cut,
 * and a signature tag `[[…]]` counts as one word.
 */
export function wrap(font: PDFFont, size: number, width: number, text: string): string[] {
  const fits = (line: string) => font.widthOfTextAtSize(line, size) <= width;
  const lines: string[] = [];
  for (const paragraph of text.split(/\r\n|[\n\r\f\v\u2028\u2029]/u)) {
    let line = '';
    for (const piece of paragraph.match(/\[\[[^[\]]*\]\]|\s+|(?:(?!\[\[)\S)+|\[\[/gu) ?? []) {
      let word = printable(font, piece);
      if (fits(line + word.trimEnd())) {
        line += word;
        continue;
      }
      if (line.trim() !== '') lines.push(line.trimEnd());
      line = '';
      word = word.trimStart();
      while (!fits(word) && !word.startsWith('[[')) {
        const cut = longestFit(word, fits);
        lines.push(word.slice(0, cut));
        word = word.slice(cut);
      }
      line = word;
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

/** Shortens text to one line of at most `width` points, with an ellipsis where something is missing. */
export function shorten(font: PDFFont, size: number, width: number, text: string): string {
  const line = printable(font, text.replace(/\s+/gu, ' ').trim());
  const fits = (part: string) => font.widthOfTextAtSize(part, size) <= width;
  if (fits(line)) return line;
  return `${line
    .slice(
      0,
      longestFit(line, (part) => fits(`${part}…`)),
    )
    .trimEnd()}…`;
}

function longestFit(word: string, fits: (part: string) => boolean): number {
  let low = 1;
  let high = word.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(word.slice(0, middle))) low = middle;
    else high = middle - 1;
  }
  return low;
}
