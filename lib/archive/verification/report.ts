/** The validation report: as JSON for programs, as one page for people. */
import { type Colour, OnePage, type TextStyle, widthOf } from './pdf/one-page';
import type { Check, Conclusion, PdfVerdict, SignatureVerdict } from './types';

export interface ReportFacts {
  /** What people call the document. */
  document: string;
  /** The envelope's id. */
  envelope?: string;
  /** Program and version. */
  generator: string;
}

/** The report as JSON: the verdict, with what it is about and by whose rules it was made. */
export const validationReport = (verdict: PdfVerdict, facts: ReportFacts): Record<string, unknown> => ({
  report: 'PDF signature validation',
  vocabulary: 'ETSI EN 319 102-1',
  ...facts,
  ...verdict,
});

const left = 56;
const right = OnePage.width - left;
const bottom = 60;
const quiet: Colour = [0.42, 0.45, 0.5];
const good: Colour = [0.09, 0.45, 0.24];
const fair: Colour = [0.7, 0.42, 0.02];
const bad: Colour = [0.72, 0.11, 0.11];

const headlines: Record<Conclusion, { colour: Colour; text: string }> = {
  'TOTAL-PASSED': { colour: good, text: 'All signatures are valid and the document is unchanged.' },
  INDETERMINATE: {
    colour: fair,
    text: 'Nothing stands against the document, but not everything could be established.',
  },
  'TOTAL-FAILED': { colour: bad, text: 'The document is not what was signed, or a signature is not valid.' },
  'NO-SIGNATURE': {
    colour: fair,
    text: 'The PDF has no digital signature. Its hash and the signing log are the proof.',
  },
};

const marks: Record<Check['result'], { word: string; colour: Colour }> = {
  pass: { word: 'passed', colour: good },
  note: { word: 'note', colour: quiet },
  unknown: { word: 'open', colour: fair },
  fail: { word: 'failed', colour: bad },
};

/** The report as a PDF of one page. What does not fit is counted; the JSON has all of it. */
export function reportPdf(verdict: PdfVerdict, facts: ReportFacts): Buffer {
  const sheet = new Sheet();
  const { colour, text } = headlines[verdict.conclusion];
  sheet.line('Validation report', { size: 20, bold: true });
  sheet.wrap(facts.document, { size: 11, colour: quiet });
  sheet.space(10);
  sheet.line(`${verdict.conclusion}${verdict.subIndication === undefined ? '' : ` · ${verdict.subIndication}`}`, {
    size: 14,
    bold: true,
    colour,
  });
  sheet.wrap(text, { size: 10 });
  sheet.space(10);
  if (facts.envelope !== undefined) sheet.fact('Envelope', facts.envelope);
  sheet.fact('Verified for', verdict.at);
  sheet.fact('SHA-256', verdict.file.sha256);
  sheet.fact('Size', `${verdict.file.size} bytes`);
  if (verdict.hash !== undefined)
    sheet.fact("Provider's hash", verdict.hash.matches ? 'the same' : verdict.hash.expected);
  sheet.fact('By', `${facts.generator}, words of ETSI EN 319 102-1`);
  sheet.section('The file', verdict.checks);
  for (const [index, signature] of verdict.signatures.entries()) {
    if (!sheet.hasRoom(90)) {
      sheet.line(`… and ${verdict.signatures.length - index} more, see validation.json`, { size: 9, colour: quiet });
      break;
    }
    sheet.section(titleOf(signature), signature.checks);
  }
  return sheet.page.save({ title: `Validation report: ${facts.document}`, at: new Date(verdict.at) });
}

const titleOf = ({ kind, indication, level, signer, time }: SignatureVerdict): string => {
  const what = kind === 'signature' ? 'Signature' : 'Time-stamp';
  return [`${what} of ${signer?.subject ?? 'an unknown signer'}`, time.at, level, indication]
    .filter(Boolean)
    .join(' · ');
};

/** Lines from top to bottom. */
class Sheet {
  readonly page = new OnePage();
  #y = OnePage.height - 64;

  hasRoom(height: number): boolean {
    return this.#y - height > bottom;
  }

  space(height: number): void {
    this.#y -= height;
  }

  line(text: string, style: TextStyle, x = left): void {
    if (!this.hasRoom(0)) return;
    this.page.text(x, this.#y, text, style);
    this.#y -= (style.size ?? 10) * 1.4;
  }

  wrap(text: string, style: TextStyle, x = left): void {
    for (const line of wrapped(text, right - x, style)) this.line(line, style, x);
  }

  fact(name: string, value: string): void {
    if (!this.hasRoom(0)) return;
    this.page.text(left, this.#y, name, { size: 8.5, colour: quiet });
    this.wrap(value, { size: 8.5 }, left + 96);
  }

  section(title: string, checks: readonly Check[]): void {
    this.space(12);
    this.page.box(left, this.#y + 15, right - left, 0.5, [0.85, 0.86, 0.88]);
    this.wrap(title, { size: 10, bold: true });
    for (const { result, text } of checks) {
      if (!this.hasRoom(14)) return;
      this.page.text(left, this.#y, marks[result].word, { size: 8.5, bold: true, colour: marks[result].colour });
      this.wrap(text, { size: 8.5 }, left + 46);
    }
  }
}

/** Breaks at spaces, and within words that are too long for a line. At most six lines. */
function wrapped(text: string, width: number, style: TextStyle): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((long) => long.match(/.{1,64}/gu) ?? [])) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer, style) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].slice(0, 6);
}
