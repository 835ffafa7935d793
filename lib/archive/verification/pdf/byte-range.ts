/** Which bytes a signature covers: all of its revision, except one gap that holds nothing but the signature itself. */
import { Problem } from '../problem';
import type { SignatureField } from './signature-fields';
import type { FileSource } from './source';
import { PdfText } from './values';

export interface Coverage {
  /** As in the file: start and length of both parts. */
  range: [number, number, number, number];
  /** For hashing: start and end of both parts. */
  parts: [[number, number], [number, number]];
  /** Offset after the last byte covered. */
  end: number;
  /** Content of the gap, decoded. */
  contents: Buffer;
}

/** The numbers of `/ByteRange`, for a report; empty when there are none. */
export const rangeOf = ({ dict }: SignatureField): number[] => {
  const range = dict.get('ByteRange');
  return Array.isArray(range) ? range.filter((item) => typeof item === 'number').slice(0, 8) : [];
};

/**
 * Checks byte range and gap. Source: ISO 32000-2, 12.8.1; ETSI EN 319 142-1, 5.3.
 *
 * @throws Problem FORMAT_FAILURE with the rule that is broken
 */
export async function coverageOf(source: FileSource, field: SignatureField): Promise<Coverage> {
  const { dict, object } = field;
  if (object === undefined) throw new Problem('The signature stands in an object stream, where no gap can be.');
  const doubled = ['ByteRange', 'Contents', 'SubFilter', 'Type'].find((key) => dict.repeated.has(key));
  if (doubled !== undefined) throw new Problem(`The signature has more than one /${doubled}.`);
  const [start, length, resume, rest] = wholeNumbers(field);
  const contents = dict.get('Contents');
  if (!(contents instanceof PdfText)) throw new Problem('The signature has no content: /Contents is missing.');
  if (start !== 0) throw new Problem(`The byte range starts at ${start} instead of 0.`);
  if (resume <= length) throw new Problem('The two parts of the byte range overlap or leave no gap.');
  const end = resume + rest;
  if (end > source.size) throw new Problem(`The byte range ends at ${end}, beyond the file's ${source.size} bytes.`);
  if (!contents.hex || contents.start !== length || contents.end !== resume) {
    throw new Problem(
      `The gap of the byte range (${length} to ${resume}) is not exactly the signature (${contents.start} to ${contents.end}).`,
    );
  }
  if (object.end > end) throw new Problem('The byte range ends within the signature dictionary.');
  if (contents.bytes.length * 2 + 2 !== resume - length) {
    throw new Problem('The gap of the byte range holds more than hexadecimal digits.');
  }
  if (contents.bytes.every((byte) => byte === 0)) throw new Problem('The signature is empty: /Contents is all zeros.');
  return {
    range: [start, length, resume, rest],
    parts: [
      [0, length],
      [resume, end],
    ],
    end,
    contents: contents.bytes,
  };
}

function wholeNumbers({ dict }: SignatureField): [number, number, number, number] {
  const range = dict.get('ByteRange');
  if (!Array.isArray(range)) throw new Problem('The signature has no byte range.');
  const [a, b, c, d] = range;
  const valid = (value: unknown): value is number =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  if (range.length !== 4 || !valid(a) || !valid(b) || !valid(c) || !valid(d)) {
    throw new Problem('The byte range does not consist of four whole numbers.');
  }
  return [a, b, c, d];
}
