/** Finds signatures that were taken out of a document: dropped by a later revision, or cut out of the form. */
import { Problem } from '../problem';
import { type SignatureField, signatureFields } from './signature-fields';
import type { FileSource } from './source';
import { PdfDict, type PdfObject } from './values';
import type { PdfView } from './view';

const mostRevisions = 100;
const mostMarks = 1000;
const mark = Buffer.from('/ByteRange');

/**
 * @param found signatures of the whole file
 * @throws Problem FORMAT_FAILURE when the file holds another one
 */
export async function checkNothingRemoved(view: PdfView, found: readonly SignatureField[]): Promise<void> {
  const known = found.map(({ object }) => object).filter((object) => object !== undefined);
  let revisions = 0;
  for (const older of view.older()) {
    revisions += 1;
    if (revisions > mostRevisions) throw new Problem(`The file has more than ${mostRevisions} revisions.`, 'GENERIC');
    for (const { name, object } of await fieldsIfReadable(older)) {
      if (object !== undefined && !known.some(({ start }) => start === object.start)) {
        throw new Problem(`The signature "${name}" of an earlier revision was taken out or replaced.`);
      }
    }
  }
  const strays = (await marksIn(view.source)).filter((at) => !known.some(({ start, end }) => at >= start && at < end));
  if (strays.length === 0) return;
  const objects = plainOffsets(view);
  for (const at of strays) {
    if (!(await isInStream(view, objects, at))) {
      throw new Problem(`The file holds the remains of a signature at offset ${at} that its form does not show.`);
    }
  }
}

/** The first part of a linearized file is no document by itself. */
async function fieldsIfReadable(view: PdfView): Promise<SignatureField[]> {
  try {
    return await signatureFields(view);
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.subIndication === 'FORMAT_FAILURE') return [];
    throw thrown;
  }
}

/** Offsets of all `/ByteRange` in the file. */
async function marksIn(source: FileSource): Promise<number[]> {
  const marks: number[] = [];
  const search = (bytes: Buffer, base: number): void => {
    for (let i = bytes.indexOf(mark); i >= 0; i = bytes.indexOf(mark, i + 1)) {
      if (marks.length >= mostMarks) throw new Problem('The file has too many signature dictionaries.', 'GENERIC');
      marks.push(base + i);
    }
  };
  const overlap = mark.length - 1;
  let rest = Buffer.alloc(0);
  let at = 0;
  for await (const chunk of source.chunks(0, source.size)) {
    // First across the seam of two chunks, then within the chunk.
    search(Buffer.concat([rest, chunk.subarray(0, overlap)]), at - rest.length);
    search(chunk, at);
    at += chunk.length;
    rest = Buffer.from(chunk.subarray(Math.max(0, chunk.length - overlap)));
  }
  return marks;
}

/** Where objects begin, ascending. */
function plainOffsets(view: PdfView): { num: number; offset: number }[] {
  const objects: { num: number; offset: number }[] = [];
  for (const num of view.numbers()) {
    const entry = view.entry(num);
    if (entry?.kind === 'plain') objects.push({ num, offset: entry.offset });
  }
  return objects.sort((a, b) => a.offset - b.offset);
}

/** Whether a position is within a stream, for example an attached PDF with a signature of its own. */
async function isInStream(
  view: PdfView,
  objects: readonly { num: number; offset: number }[],
  at: number,
): Promise<boolean> {
  const owner = objects.findLast(({ offset }) => offset <= at);
  const object: PdfObject | undefined = owner && (await view.plainObject(owner.num));
  if (!(object?.value instanceof PdfDict) || object.data === undefined) return false;
  const length = await view.resolve(object.value.get('Length'));
  return typeof length === 'number' && at >= object.data && at < object.data + length;
}
