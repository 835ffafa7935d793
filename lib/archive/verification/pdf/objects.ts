/** Indirect objects and streams, read where the cross-reference says they stand (ISO 32000-1, 7.3.8 and 7.3.10). */

import { inflateSync } from 'node:zlib';
import { Problem } from '../problem';
import { Incomplete, PdfParser } from './parser';
import type { FileSource } from './source';
import { PdfDict, PdfName, type PdfObject, type PdfValue } from './values';

const windows = [4 * 1024, 64 * 1024, 1024 * 1024, 8 * 1024 * 1024];
const largestStream = 32 * 1024 * 1024;

/**
 * Reads with a window that grows until the parser is content.
 *
 * @param end offset where the examined part of the file ends
 */
export async function parseAt<T>(
  source: FileSource,
  from: number,
  end: number,
  parse: (parser: PdfParser) => T,
): Promise<T> {
  if (from < 0 || from >= end) throw new Problem(`The file refers to offset ${from}, which is outside of it.`);
  for (const length of windows) {
    const whole = from + length >= end;
    try {
      return parse(new PdfParser(await source.read(from, Math.min(length, end - from)), from, whole));
    } catch (thrown) {
      if (!(thrown instanceof Incomplete)) throw thrown;
    }
  }
  throw new Problem(`An object at offset ${from} is larger than 8 MiB.`, 'GENERIC');
}

/** Reads `12 0 obj … endobj`, of a stream everything before its data. */
export function readObject(source: FileSource, from: number, end: number): Promise<PdfObject> {
  return parseAt(source, from, end, (parser) => {
    parser.skip();
    const start = from + parser.at;
    const num = parser.integer();
    const gen = parser.integer();
    parser.keyword('obj');
    const value = parser.value();
    const after = from + parser.at;
    const word = parser.word();
    const object = { num, gen, value, start, end: after };
    if (word === 'endobj') return object;
    if (word !== 'stream' || !(value instanceof PdfDict)) throw new Problem(`Object ${num} does not end properly.`);
    return { ...object, data: from + parser.at };
  });
}

/**
 * A stream's content, unpacked. Only `FlateDecode` (with predictors) and no filter at all: what cross-references, object
 * streams and validation data use.
 *
 * @param length the value of `/Length`, reference resolved
 * @param most largest unpacked size in bytes
 */
export async function readStream(
  source: FileSource,
  object: PdfObject,
  length: PdfValue,
  end: number,
  most = largestStream,
): Promise<Buffer> {
  const { value: dict, data } = object;
  if (!(dict instanceof PdfDict) || data === undefined) throw new Problem(`Object ${object.num} is not a stream.`);
  if (typeof length !== 'number' || !Number.isInteger(length) || length < 0 || data + length > end) {
    throw new Problem(`The length of stream ${object.num} is not right.`);
  }
  if (length > most) throw new Problem(`Stream ${object.num} is larger than ${most} bytes.`, 'GENERIC');
  const lead = (await source.read(data, 2)).toString('latin1');
  const from = data + (lead === '\r\n' ? 2 : lead.startsWith('\n') ? 1 : 0);
  const raw = await source.read(from, length);
  await parseAt(source, from + length, end, (parser) => parser.keyword('endstream'));
  const filters = [dict.get('Filter')].flat().filter((filter) => filter !== null);
  const [filter] = filters;
  if (filter === undefined) return raw;
  if (filters.length > 1 || !(filter instanceof PdfName) || filter.name !== 'FlateDecode') {
    throw new Problem(`Stream ${object.num} uses a compression that is not supported.`, 'GENERIC');
  }
  const [parameters] = [dict.get('DecodeParms')].flat();
  return unpredicted(inflated(raw, object.num, most), parameters ?? null);
}

function inflated(raw: Buffer, num: number, most: number): Buffer {
  try {
    return inflateSync(raw, { maxOutputLength: most });
  } catch (thrown) {
    const tooLarge = thrown instanceof RangeError;
    throw new Problem(
      tooLarge ? `Stream ${num} unpacks to more than ${most} bytes.` : `The data of stream ${num} is damaged.`,
      tooLarge ? 'GENERIC' : 'FORMAT_FAILURE',
    );
  }
}

/** Takes the PNG predictors back (ISO 32000-1, 7.4.4.4; PNG specification, 9). */
function unpredicted(data: Buffer, parameters: PdfValue): Buffer {
  const number = (key: string, otherwise: number): number => {
    const value = parameters instanceof PdfDict ? parameters.get(key) : null;
    return typeof value === 'number' ? value : otherwise;
  };
  const predictor = number('Predictor', 1);
  if (predictor === 1) return data;
  const pixel = Math.ceil((number('Colors', 1) * number('BitsPerComponent', 8)) / 8);
  const row = Math.ceil((number('Colors', 1) * number('BitsPerComponent', 8) * number('Columns', 1)) / 8);
  if (predictor < 10 || !(pixel >= 1 && pixel <= 32 && row >= 1 && row <= 65_536)) {
    throw new Problem('A stream uses a predictor that is not supported.', 'GENERIC');
  }
  const rows = Math.floor(data.length / (row + 1));
  const out = Buffer.alloc(rows * row);
  for (let y = 0; y < rows; y += 1) {
    const kind = data[y * (row + 1)] ?? 0;
    for (let x = 0; x < row; x += 1) {
      const at = y * row + x;
      const left = x >= pixel ? (out[at - pixel] ?? 0) : 0;
      const up = y > 0 ? (out[at - row] ?? 0) : 0;
      const corner = x >= pixel && y > 0 ? (out[at - row - pixel] ?? 0) : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][kind] ?? 0;
      out[at] = ((data[y * (row + 1) + 1 + x] ?? 0) + guess) & 0xff;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
