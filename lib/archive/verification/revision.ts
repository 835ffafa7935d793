/** What a signature covers of the file it is found in, and whether what follows may be there. */
import type { Coverage } from './pdf/byte-range';
import { laterChanges } from './pdf/later-changes';
import type { SignatureField } from './pdf/signature-fields';
import { PdfDict } from './pdf/values';
import { PdfView } from './pdf/view';
import { Problem } from './problem';
import type { Check } from './types';

export interface SignedRevision {
  /** The document as it was signed. */
  view: PdfView;
  check: Check;
}

/**
 * Compares the signed revision with the whole file.
 *
 * @param whole the file as it is
 * @param fields all signatures of it
 * @throws Problem FORMAT_FAILURE when something follows that may not
 */
export async function signedRevision(
  whole: PdfView,
  field: SignatureField,
  fields: readonly SignatureField[],
  { end }: Coverage,
): Promise<SignedRevision> {
  const name = 'coverage';
  if (end === whole.end) {
    return { view: whole, check: { name, result: 'pass', text: 'The signature covers the whole file.' } };
  }
  const view = await PdfView.open(whole.source, end);
  const own = view.entry(field.value);
  if (own?.kind !== 'plain' || (await view.plainObject(field.value))?.start !== field.object?.start) {
    throw new Problem('The signature is not part of the revision it covers.');
  }
  if (await isBlank(whole, end)) {
    return { view, check: { name, result: 'note', text: 'Only white space follows the signed part of the file.' } };
  }
  const { added } = await laterChanges(view, whole, fields, (await permission(view, field)) !== 1);
  if (added.length === 0) throw new Problem('Data without meaning follows the signed part of the file.');
  const text = `After this signature came only what may follow one: ${added.join(', ')}.`;
  return { view, check: { name, result: 'note', text } };
}

async function isBlank(whole: PdfView, end: number): Promise<boolean> {
  if (whole.end - end > 1024) return false;
  const tail = await whole.source.read(end, whole.end - end);
  return tail.every((byte) => byte === 10 || byte === 13 || byte === 32);
}

/** What a certification signature permits: 1 nothing, 2 forms, 3 comments (ISO 32000-1, 12.8.2.2); undefined for others. */
async function permission(view: PdfView, { dict }: SignatureField): Promise<number | undefined> {
  for (const value of (await view.array(dict.get('Reference'))) ?? []) {
    const reference = await view.dict(value);
    if (!(reference instanceof PdfDict) || reference.name('TransformMethod') !== 'DocMDP') continue;
    const level = (await view.dict(reference.get('TransformParams')))?.get('P');
    return typeof level === 'number' ? level : 2;
  }
  return undefined;
}
