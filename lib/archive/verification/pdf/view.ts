/** The document as a reader sees it when the file ends at a given offset: the whole file, or one signed revision. */
import { Problem } from '../problem';
import { readObject, readStream } from './objects';
import { PdfParser } from './parser';
import type { FileSource } from './source';
import { PdfDict, type PdfObject, PdfRef, type PdfValue } from './values';
import { type Entry, readSections, type Section } from './xref';

const mostPacked = 50_000;
const streamsKept = 4;

export class PdfView {
  readonly #entries = new Map<number, Entry>();
  readonly #streams = new Map<number, Map<number, PdfValue>>();
  /** Streams being unpacked: one must not need itself. */
  readonly #unpacking = new Set<number>();
  readonly trailer: PdfDict;

  private constructor(
    readonly source: FileSource,
    /** Offset after the last byte of this view. */
    readonly end: number,
    private readonly sections: readonly Section[],
  ) {
    for (const section of sections) {
      for (const [num, entry] of section.entries) if (!this.#entries.has(num)) this.#entries.set(num, entry);
    }
    this.trailer = sections[0]?.trailer ?? new PdfDict();
  }

  /** @throws Problem when the cross-reference cannot be read */
  static async open(source: FileSource, end: number): Promise<PdfView> {
    return new PdfView(source, end, await readSections(source, end));
  }

  /** The document before each of its later revisions, the newest first, without this one. */
  *older(): Generator<PdfView> {
    for (let skip = 1; skip < this.sections.length; skip += 1) {
      yield new PdfView(this.source, this.end, this.sections.slice(skip));
    }
  }

  /** Numbers of all objects in use. */
  *numbers(): Generator<number> {
    for (const [num, entry] of this.#entries) if (entry.kind !== 'free') yield num;
  }

  /** Where an object stands; undefined when there is none. */
  entry(num: number): Entry | undefined {
    const entry = this.#entries.get(num);
    return entry?.kind === 'free' ? undefined : entry;
  }

  /** An object that stands in the file by itself, not in an object stream. */
  async plainObject(num: number): Promise<PdfObject | undefined> {
    const entry = this.entry(num);
    if (entry?.kind !== 'plain') return undefined;
    const object = await readObject(this.source, entry.offset, this.end);
    if (object.num !== num || object.gen !== entry.gen) {
      throw new Problem(`Object ${num} is not where the cross-reference says.`);
    }
    return object;
  }

  /** An object's value; null when there is none. Of a stream, its dictionary. */
  async value(num: number): Promise<PdfValue> {
    const entry = this.entry(num);
    if (entry === undefined) return null;
    if (entry.kind === 'packed') return (await this.#unpack(entry.stream)).get(num) ?? null;
    return (await this.plainObject(num))?.value ?? null;
  }

  /** A value with the reference it may be followed, at most a few steps. */
  async resolve(value: PdfValue): Promise<PdfValue> {
    let current = value;
    for (let steps = 0; current instanceof PdfRef; steps += 1) {
      if (steps > 8) throw new Problem('A reference leads to references without end.');
      current = await this.value(current.num);
    }
    return current;
  }

  async dict(value: PdfValue): Promise<PdfDict | undefined> {
    const found = await this.resolve(value);
    return found instanceof PdfDict ? found : undefined;
  }

  async array(value: PdfValue): Promise<PdfValue[] | undefined> {
    const found = await this.resolve(value);
    return Array.isArray(found) ? found : undefined;
  }

  /** The document catalog. @throws Problem when there is none */
  async catalog(): Promise<PdfDict> {
    const catalog = await this.dict(this.trailer.get('Root'));
    if (catalog === undefined) throw new Problem('The document catalog is missing.');
    return catalog;
  }

  /** A stream's unpacked content; undefined when the value leads to no stream. */
  async stream(value: PdfValue, most: number): Promise<Buffer | undefined> {
    const object = value instanceof PdfRef ? await this.plainObject(value.num) : undefined;
    if (!(object?.value instanceof PdfDict) || object.data === undefined) return undefined;
    return readStream(this.source, object, await this.resolve(object.value.get('Length')), this.end, most);
  }

  async #unpack(num: number): Promise<Map<number, PdfValue>> {
    const known = this.#streams.get(num);
    if (known !== undefined) return known;
    if (this.#unpacking.has(num)) throw new Problem(`Object stream ${num} needs itself to be read.`);
    this.#unpacking.add(num);
    try {
      const object = await this.plainObject(num);
      const dict = object?.value;
      if (object === undefined || !(dict instanceof PdfDict) || dict.name('Type') !== 'ObjStm') {
        throw new Problem(`Object ${num} is not an object stream.`);
      }
      const length = await this.resolve(dict.get('Length'));
      const data = await readStream(this.source, object, length, this.end);
      this.source.spend(data.length);
      const values = this.#packed(num, data, dict);
      this.#streams.set(num, values);
      const [oldest] = this.#streams.keys();
      if (this.#streams.size > streamsKept && oldest !== undefined) this.#streams.delete(oldest);
      return values;
    } finally {
      this.#unpacking.delete(num);
    }
  }

  /** The objects in an object stream which the cross-reference places there. */
  #packed(stream: number, data: Buffer, dict: PdfDict): Map<number, PdfValue> {
    const [count, first] = [dict.get('N'), dict.get('First')];
    if (typeof count !== 'number' || typeof first !== 'number' || count > mostPacked || first > data.length) {
      throw new Problem(`Object stream ${stream} is damaged.`);
    }
    const head = new PdfParser(data.subarray(0, first), 0, true);
    const values = new Map<number, PdfValue>();
    for (let index = 0; index < count; index += 1) {
      const [num, offset] = [head.integer(), head.integer()];
      const entry = this.entry(num);
      if (entry?.kind !== 'packed' || entry.stream !== stream || entry.index !== index) continue;
      values.set(num, new PdfParser(data.subarray(first + offset), 0, true).value());
    }
    return values;
  }
}
