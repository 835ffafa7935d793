/** The object types of PDF (ISO 32000-1, 7.3). */

export class PdfName {
  constructor(readonly name: string) {}
}

/** An indirect reference, `12 0 R`. */
export class PdfRef {
  constructor(
    readonly num: number,
    readonly gen: number,
  ) {}
}

/** A string, with where it stands: the position of `/Contents` decides what a signature covers. */
export class PdfText {
  constructor(
    readonly bytes: Buffer,
    readonly hex: boolean,
    /** Offset of the opening bracket. */
    readonly start: number,
    /** Offset after the closing bracket. */
    readonly end: number,
  ) {}
}

export class PdfDict {
  readonly entries = new Map<string, PdfValue>();
  /** Keys that occur more than once: readers differ in which value they take. */
  readonly repeated = new Set<string>();

  get(key: string): PdfValue {
    return this.entries.get(key) ?? null;
  }

  /** The name under a key, or undefined when there is none or something else. */
  name(key: string): string | undefined {
    const value = this.get(key);
    return value instanceof PdfName ? value.name : undefined;
  }
}

export type PdfValue = null | boolean | number | PdfName | PdfRef | PdfText | PdfDict | PdfValue[];

/** An indirect object as it stands in the file. */
export interface PdfObject {
  num: number;
  gen: number;
  value: PdfValue;
  /** Offset of its first byte. */
  start: number;
  /** Offset after its value (before `endobj` or the stream's data). */
  end: number;
  /** Offset of a stream's first data byte. */
  data?: number;
}

/** Whether two values are written alike, references compared by number. */
export function sameValue(a: PdfValue, b: PdfValue): boolean {
  if (a === b) return true;
  if (a instanceof PdfName) return b instanceof PdfName && a.name === b.name;
  if (a instanceof PdfRef) return b instanceof PdfRef && a.num === b.num && a.gen === b.gen;
  if (a instanceof PdfText) return b instanceof PdfText && a.bytes.equals(b.bytes);
  if (a instanceof PdfDict) return b instanceof PdfDict && sameDict(a, b);
  return (
    Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i] ?? null))
  );
}

/**
 * Whether two dictionaries have the same keys and values.
 *
 * @param except keys that may differ, appear or vanish
 */
export function sameDict(a: PdfDict, b: PdfDict, except: readonly string[] = []): boolean {
  if (a.repeated.size > 0 || b.repeated.size > 0) return false;
  const keys = new Set([...a.entries.keys(), ...b.entries.keys()]);
  return [...keys].every((key) => except.includes(key) || sameValue(a.get(key), b.get(key)));
}

/** Every reference in a value, without following any. */
export function* refsIn(value: PdfValue, skip: readonly string[] = []): Generator<PdfRef> {
  if (value instanceof PdfRef) yield value;
  else if (Array.isArray(value)) for (const item of value) yield* refsIn(item, skip);
  else if (value instanceof PdfDict) {
    for (const [key, item] of value.entries) if (!skip.includes(key)) yield* refsIn(item, skip);
  }
}
