import { StandardFontEmbedder } from '@cantoo/pdf-lib';
import { FontNames } from '@cantoo/pdf-lib/standard-fonts';

/** A piece of text as the PDF draws it: on one line, in one font. Points on the displayed page, origin bottom left. */
export interface TextRun {
  text: string;
  /** the next run stands on another line */
  endsLine: boolean;
  x: number;
  /** of the baseline */
  y: number;
  width: number;
  /** font size */
  size: number;
  /** of the font, as part of the size: above and below the baseline */
  ascent: number;
  descent: number;
  family: 'serif' | 'sans-serif' | 'monospace';
}

type Box = { x: number; y: number; width: number; height: number };

/**
 * Joins runs to one string in which a tag can be searched, and answers where a part of that string stands.
 * A part over several lines gets the box of its first line.
 *
 * @param runs in reading order
 * @returns the text, and `boxOf(from, to)` for character positions in it (null for an empty part)
 */
export function joinRuns(runs: TextRun[]): { text: string; boxOf(from: number, to: number): Box | null } {
  const starts: number[] = [];
  let text = '';
  for (const run of runs) {
    starts.push(text.length);
    text += run.endsLine ? `${run.text} ` : run.text;
  }
  return {
    text,
    boxOf(from, to) {
      let box: (Box & { baseline: number }) | null = null;
      for (const [i, run] of runs.entries()) {
        const start = starts[i] ?? 0;
        const first = Math.max(0, from - start);
        const last = Math.min(run.text.length, to - start);
        if (first >= last) continue;
        if (box && Math.abs(run.y - box.baseline) > run.size / 2) break;
        const part = partOf(run, first, last);
        box = box ? { ...union(box, part), baseline: box.baseline } : { ...part, baseline: run.y };
      }
      return box && { x: box.x, y: box.y, width: box.width, height: box.height };
    },
  };
}

function partOf(run: TextRun, first: number, last: number): Box {
  const whole = advance(run.text, run.family) || 1;
  const before = (advance(run.text.slice(0, first), run.family) / whole) * run.width;
  const upTo = (advance(run.text.slice(0, last), run.family) / whole) * run.width;
  return {
    x: run.x + before,
    y: run.y + run.descent * run.size,
    width: upTo - before,
    height: (run.ascent - run.descent) * run.size,
  };
}

function union(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

const rulers = {
  'sans-serif': StandardFontEmbedder.for(FontNames.Helvetica),
  serif: StandardFontEmbedder.for(FontNames.TimesRoman),
};

/** Relative width of a text: a run's width is known only as a whole, so it is shared out by standard font metrics. */
function advance(text: string, family: TextRun['family']): number {
  if (family === 'monospace') return text.length;
  const ruler = rulers[family];
  let width = 0;
  for (const character of text) {
    try {
      width += ruler.widthOfTextAtSize(character, 1);
    } catch {
      width += 0.6; // not in the standard fonts: an average width is good enough
    }
  }
  return width;
}
