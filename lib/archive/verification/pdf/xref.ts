/** Cross-reference sections: tables, streams and hybrids of both (ISO 32000-1, 7.5.4, 7.5.8). */
import { Problem } from '../problem';
import { parseAt, readObject, readStream } from './objects';
import type { FileSource } from './source';
import { PdfDict, PdfName } from './values';

/** Where an object stands; `free` hides what an older section says. */
export type Entry =
  | { kind: 'free' }
  | { kind: 'plain'; offset: number; gen: number }
  | { kind: 'packed'; stream: number; index: number };

export interface Section {
  entries: Map<number, Entry>;
  trailer: PdfDict;
}

const mostSections = 500;
const mostEntries = 400_000;
const largestNumber = 8_388_607;

/** Counts entries over all sections, so that a small file cannot ask for much memory. */
interface Budget {
  entries: number;
}

/**
 * Reads all sections, the newest first.
 *
 * @param end offset where the examined part of the file ends: a signed revision, or the file's size
 * @throws Problem when they cannot be read or lead in a circle
 */
export async function readSections(source: FileSource, end: number): Promise<Section[]> {
  const sections: Section[] = [];
  const budget = { entries: mostEntries };
  const seen = new Set<number>();
  for (let offset: number | undefined = await startOf(source, end); offset !== undefined; ) {
    if (seen.has(offset)) throw new Problem('The cross-reference sections lead in a circle.');
    if (seen.size >= mostSections) throw new Problem(`The file has more than ${mostSections} revisions.`, 'GENERIC');
    seen.add(offset);
    const section: Section = await readSection(source, offset, end, budget);
    const [doubled] = section.trailer.repeated;
    if (doubled !== undefined) throw new Problem(`The trailer has more than one /${doubled.slice(0, 40)}.`);
    sections.push(section);
    const previous = section.trailer.get('Prev');
    if (previous !== null && typeof previous !== 'number') throw new Problem('The trailer names no valid predecessor.');
    offset = previous ?? undefined;
  }
  return sections;
}

/** The offset after the last `startxref`. */
async function startOf(source: FileSource, end: number): Promise<number> {
  const from = Math.max(0, end - 2048);
  const tail = (await source.read(from, end - from)).toString('latin1');
  const found = /startxref\s+(\d{1,15})\s+%%EOF\s*$/.exec(tail.slice(Math.max(0, tail.lastIndexOf('startxref'))));
  if (found === null) throw new Problem('The file does not end as a PDF does ("startxref" and "%%EOF" are missing).');
  return Number(found[1]);
}

async function readSection(source: FileSource, offset: number, end: number, budget: Budget): Promise<Section> {
  const isTable = await parseAt(source, offset, end, (parser) => parser.word() === 'xref');
  if (!isTable) return readStreamSection(source, offset, end, budget);
  const section = await readTable(source, offset, end, budget);
  const hybrid = section.trailer.get('XRefStm');
  if (typeof hybrid === 'number') {
    const hidden = await readStreamSection(source, hybrid, end, budget);
    for (const [num, entry] of hidden.entries) {
      if ((section.entries.get(num)?.kind ?? 'free') === 'free') section.entries.set(num, entry);
    }
  }
  return section;
}

/** A table is read piece by piece: each subsection by itself, so that a window never has to hold it all. */
async function readTable(source: FileSource, offset: number, end: number, budget: Budget): Promise<Section> {
  const entries = new Map<number, Entry>();
  let at = await parseAt(source, offset, end, (parser) => {
    parser.keyword('xref');
    return offset + parser.at;
  });
  for (;;) {
    const head = await parseAt(source, at, end, (parser) => {
      const word = parser.word();
      if (word === 'trailer') return { trailer: parser.value() };
      if (!/^\d{1,10}$/.test(word)) throw new Problem(`The cross-reference table at offset ${offset} is damaged.`);
      const count = parser.integer();
      parser.skip();
      return { first: Number(word), count, from: at + parser.at };
    });
    if ('trailer' in head) {
      if (!(head.trailer instanceof PdfDict)) throw new Problem('The trailer is not a dictionary.');
      return { entries, trailer: head.trailer };
    }
    spend(budget, head.count);
    at = await readEntries(source, end, head, entries);
  }
}

async function readEntries(
  source: FileSource,
  end: number,
  { first, count, from }: { first: number; count: number; from: number },
  entries: Map<number, Entry>,
): Promise<number> {
  const batch = 2048;
  let at = from;
  for (let done = 0; done < count; done += batch) {
    const now = Math.min(batch, count - done);
    const bytes = (await source.read(at, Math.min(now * 20, end - at))).toString('latin1');
    for (let i = 0; i < now; i += 1) {
      const line = /^(\d{10}) (\d{5}) ([nf])(?: \r| \n|\r\n)?/.exec(bytes.slice(i * 20, i * 20 + 20));
      if (line === null)
        throw new Problem(`The cross-reference table has a damaged line for object ${first + done + i}.`);
      const offset = Number(line[1]);
      add(
        entries,
        first + done + i,
        line[3] === 'n' && offset > 0 ? { kind: 'plain', offset, gen: Number(line[2]) } : { kind: 'free' },
      );
    }
    at += now * 20;
  }
  return Math.min(at, end - 1);
}

async function readStreamSection(source: FileSource, offset: number, end: number, budget: Budget): Promise<Section> {
  const object = await readObject(source, offset, end);
  const dict = object.value;
  if (!(dict instanceof PdfDict) || dict.name('Type') !== 'XRef') {
    throw new Problem(`There is no cross-reference section at offset ${offset}.`);
  }
  const widths = numbers(dict.get('W'));
  const [typeWidth = 0, secondWidth = 0, thirdWidth = 0] = widths;
  const row = typeWidth + secondWidth + thirdWidth;
  if (widths.length !== 3 || row === 0 || widths.some((width) => width > 8)) {
    throw new Problem(`The cross-reference stream at offset ${offset} is damaged.`);
  }
  const data = await readStream(source, object, dict.get('Length'), end);
  const index = dict.get('Index') === null ? [0, ...numbers([dict.get('Size')])] : numbers(dict.get('Index'));
  const entries = new Map<number, Entry>();
  let at = 0;
  for (let i = 0; i + 1 < index.length; i += 2) {
    const [first = 0, count = 0] = [index[i], index[i + 1]];
    spend(budget, count);
    for (let done = 0; done < count; done += 1, at += row) {
      if (at + row > data.length) throw new Problem(`The cross-reference stream at offset ${offset} is too short.`);
      const type = typeWidth === 0 ? 1 : field(data, at, typeWidth);
      const second = field(data, at + typeWidth, secondWidth);
      const third = field(data, at + typeWidth + secondWidth, thirdWidth);
      add(entries, first + done, entryOf(type, second, third));
    }
  }
  return { entries, trailer: dict };
}

const entryOf = (type: number, second: number, third: number): Entry => {
  if (type === 1) return { kind: 'plain', offset: second, gen: third };
  return type === 2 ? { kind: 'packed', stream: second, index: third } : { kind: 'free' };
};

function field(data: Buffer, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i += 1) value = value * 256 + (data[at + i] ?? 0);
  return value;
}

function numbers(value: unknown): number[] {
  if (!Array.isArray(value)) throw new Problem('A cross-reference stream lacks a list of numbers.');
  return value.map((item) => {
    if (typeof item !== 'number' || !Number.isInteger(item) || item < 0) {
      throw new Problem('A cross-reference stream has a damaged list of numbers.');
    }
    return item;
  });
}

/** The first entry for a number counts; a second one in the same section would let readers see different objects. */
function add(entries: Map<number, Entry>, num: number, entry: Entry): void {
  if (num > largestNumber) throw new Problem(`Object number ${num} is too large.`);
  if (entries.has(num)) throw new Problem(`A cross-reference section lists object ${num} twice.`);
  entries.set(num, entry);
}

function spend(budget: Budget, count: number): void {
  budget.entries -= count;
  if (budget.entries < 0) throw new Problem(`The file lists more than ${mostEntries} objects.`, 'GENERIC');
}

/** Whether an object is the container of other ones or a cross-reference, by its dictionary. */
export const isPlumbing = (dict: PdfDict): boolean => {
  const type = dict.get('Type');
  return type instanceof PdfName && (type.name === 'XRef' || type.name === 'ObjStm');
};
