/** Reads PDF objects from bytes (ISO 32000-1, 7.2 and 7.3). Hostile input ends in a `Problem`, never in a deep stack. */
import { Problem } from '../problem';
import { PdfDict, PdfName, PdfRef, PdfText, type PdfValue } from './values';

const deepest = 64;

/** The value goes on after the bytes at hand. */
export class Incomplete extends Error {}

const whitespace = new Set([0, 9, 10, 12, 13, 32]);
const delimiters = new Set([...'()<>[]{}/%'].map((char) => char.charCodeAt(0)));
const isRegular = (byte: number): boolean => !whitespace.has(byte) && !delimiters.has(byte);

const hexValue = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

const escapes: Record<string, number> = { n: 10, r: 13, t: 9, b: 8, f: 12 };

export class PdfParser {
  /** Index of the next byte. */
  at = 0;

  /**
   * @param bytes a piece of the file, or an unpacked object stream
   * @param base offset of the first byte in the file, for the positions of strings
   * @param whole whether nothing follows these bytes
   */
  constructor(
    private readonly bytes: Buffer,
    private readonly base: number,
    private readonly whole: boolean,
  ) {}

  /** The byte at the position or ahead of it; -1 after the last one. */
  #peek(ahead = 0): number {
    const byte = this.bytes[this.at + ahead];
    if (byte === undefined && !this.whole) throw new Incomplete();
    return byte ?? -1;
  }

  /** Skips white space and comments. */
  skip(): void {
    for (let byte = this.#peek(); byte >= 0; byte = this.#peek()) {
      if (byte === 0x25) while (![10, 13, -1].includes(this.#peek())) this.at += 1;
      else if (!whitespace.has(byte)) return;
      else this.at += 1;
    }
  }

  /** Reads a keyword or number and says how it is written; empty when a delimiter or the end follows. */
  word(): string {
    this.skip();
    const from = this.at;
    while (this.#peek() >= 0 && isRegular(this.#peek())) this.at += 1;
    return this.bytes.toString('latin1', from, this.at);
  }

  /** Reads a keyword. @throws Problem when something else follows */
  keyword(expected: string): void {
    const found = this.word();
    if (found !== expected) throw new Problem(`"${expected}" is missing at offset ${this.base + this.at}.`);
  }

  /** Reads a whole number from 0. */
  integer(): number {
    const word = this.word();
    if (!/^\d{1,15}$/.test(word)) throw new Problem(`A number is missing at offset ${this.base + this.at}.`);
    return Number(word);
  }

  /** Reads any object. */
  value(depth = 0): PdfValue {
    if (depth > deepest) throw new Problem('Objects are nested too deeply.', 'GENERIC');
    this.skip();
    const byte = this.#peek();
    if (byte === 0x2f) return this.#name();
    if (byte === 0x28) return this.#literal();
    if (byte === 0x5b) return this.#array(depth);
    if (byte === 0x3c) return this.#peek(1) === 0x3c ? this.#dict(depth) : this.#hex();
    return this.#atom();
  }

  #atom(): PdfValue {
    const word = this.word();
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    if (/^\d{1,10}$/.test(word)) return this.#refOrNumber(Number(word));
    if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(word)) return Number(word);
    throw new Problem(`An object at offset ${this.base + this.at} cannot be read.`);
  }

  #refOrNumber(num: number): number | PdfRef {
    const back = this.at;
    const gen = this.word();
    if (/^\d{1,5}$/.test(gen) && this.word() === 'R') return new PdfRef(num, Number(gen));
    this.at = back;
    return num;
  }

  #name(): PdfName {
    this.at += 1;
    const from = this.at;
    while (this.#peek() >= 0 && isRegular(this.#peek())) this.at += 1;
    const raw = this.bytes.toString('latin1', from, this.at);
    return new PdfName(
      raw.replace(/#([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    );
  }

  #array(depth: number): PdfValue[] {
    this.at += 1;
    const items: PdfValue[] = [];
    for (this.skip(); this.#peek() !== 0x5d; this.skip()) items.push(this.value(depth + 1));
    this.at += 1;
    return items;
  }

  #dict(depth: number): PdfDict {
    this.at += 2;
    const dict = new PdfDict();
    for (this.skip(); this.#peek() !== 0x3e; this.skip()) {
      if (this.#peek() !== 0x2f) throw new Problem(`A key is missing at offset ${this.base + this.at}.`);
      const { name } = this.#name();
      if (dict.entries.has(name)) dict.repeated.add(name);
      dict.entries.set(name, this.value(depth + 1));
    }
    if (this.#peek(1) !== 0x3e) throw new Problem(`A dictionary does not end at offset ${this.base + this.at}.`);
    this.at += 2;
    return dict;
  }

  #hex(): PdfText {
    const start = this.at;
    const digits: number[] = [];
    for (this.at += 1; this.#peek() !== 0x3e; this.at += 1) {
      const byte = this.#peek();
      const digit = hexValue(byte);
      if (digit >= 0) digits.push(digit);
      else if (!whitespace.has(byte)) throw new Problem(`A string at offset ${this.base + start} is not hexadecimal.`);
    }
    this.at += 1;
    if (digits.length % 2 === 1) digits.push(0);
    const bytes = Buffer.alloc(digits.length / 2);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = (digits[2 * i] ?? 0) * 16 + (digits[2 * i + 1] ?? 0);
    return new PdfText(bytes, true, this.base + start, this.base + this.at);
  }

  #literal(): PdfText {
    const start = this.at;
    const out: number[] = [];
    this.at += 1;
    for (let open = 1; ; ) {
      const byte = this.#peek();
      if (byte < 0) throw new Problem(`A string at offset ${this.base + start} does not end.`);
      this.at += 1;
      if (byte === 0x5c) this.#escape(out);
      else {
        if (byte === 0x28) open += 1;
        if (byte === 0x29) open -= 1;
        if (open === 0) break;
        out.push(byte);
      }
    }
    return new PdfText(Buffer.from(out), false, this.base + start, this.base + this.at);
  }

  /** After a backslash: a letter, up to three octal digits, or a line break that does not count. */
  #escape(out: number[]): void {
    const char = String.fromCharCode(Math.max(0, this.#peek()));
    if (/[0-7]/.test(char)) {
      let code = 0;
      for (let i = 0; i < 3 && /[0-7]/.test(String.fromCharCode(Math.max(0, this.#peek()))); i += 1, this.at += 1) {
        code = code * 8 + this.#peek() - 0x30;
      }
      out.push(code & 0xff);
      return;
    }
    this.at += 1;
    if (char === '\r' && this.#peek() === 10) this.at += 1;
    if (char !== '\r' && char !== '\n') out.push(escapes[char] ?? char.charCodeAt(0));
  }
}
