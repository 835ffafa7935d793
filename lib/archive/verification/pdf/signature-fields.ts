/** Finds the signatures of a document through its form (ISO 32000-1, 12.7 and 12.8). */
import { Problem } from '../problem';
import { PdfDict, PdfName, type PdfObject, PdfRef, PdfText, type PdfValue } from './values';
import type { PdfView } from './view';

const deepest = 32;
const mostFields = 20_000;

/** A signature dictionary and the field it stands in. */
export interface SignatureField {
  /** Full field name, parts joined by dots. */
  name: string;
  /** Number of the field's object; undefined when it is reached through `/Perms` only. */
  field?: number;
  /** Number of the signature dictionary's object. */
  value: number;
  dict: PdfDict;
  /** Where the dictionary stands; undefined when it is packed in an object stream, where nothing can be signed. */
  object?: PdfObject;
}

interface Node {
  value: PdfValue;
  name: string;
  type?: string;
  depth: number;
}

/**
 * All signature dictionaries that are the value of a signature field, and the certification signature of `/Perms`.
 *
 * @throws Problem when the form cannot be read
 */
export async function signatureFields(view: PdfView): Promise<SignatureField[]> {
  const catalog = await view.catalog();
  const form = await view.dict(catalog.get('AcroForm'));
  const found = new Map<number, SignatureField>();
  const roots = (form === undefined ? undefined : await view.array(form.get('Fields'))) ?? [];
  const queue: Node[] = roots.map((value) => ({ value, name: '', depth: 0 }));
  const seen = new Set<number>();
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    if (node.value instanceof PdfRef) {
      if (seen.has(node.value.num)) continue;
      seen.add(node.value.num);
    }
    if (node.depth > deepest || seen.size > mostFields) throw new Problem('The form has too many fields.', 'GENERIC');
    await visit(view, node, queue, found);
  }
  const permissions = await view.dict(catalog.get('Perms'));
  const certification = permissions?.get('DocMDP') ?? null;
  if (certification instanceof PdfRef && !found.has(certification.num)) {
    await keep(view, certification, { name: 'DocMDP' }, found);
  }
  return [...found.values()];
}

async function visit(view: PdfView, node: Node, queue: Node[], found: Map<number, SignatureField>): Promise<void> {
  const field = await view.dict(node.value);
  if (field === undefined) return;
  const part = await view.resolve(field.get('T'));
  const name =
    part instanceof PdfText ? [node.name, textOf(part.bytes)].filter((text) => text !== '').join('.') : node.name;
  const ownType = await view.resolve(field.get('FT'));
  const type = ownType instanceof PdfName ? ownType.name : node.type;
  const value = field.get('V');
  if (type === 'Sig' && value instanceof PdfRef) {
    await keep(view, value, { name, ...(node.value instanceof PdfRef && { field: node.value.num }) }, found);
  } else if (type === 'Sig' && value instanceof PdfDict) {
    throw new Problem(`The signature in field "${name}" is not an object of its own.`);
  }
  for (const kid of (await view.array(field.get('Kids'))) ?? []) {
    queue.push({ value: kid, name, type, depth: node.depth + 1 });
  }
}

async function keep(
  view: PdfView,
  ref: PdfRef,
  place: { name: string; field?: number },
  found: Map<number, SignatureField>,
): Promise<void> {
  if (found.has(ref.num)) return;
  const dict = await view.dict(ref);
  if (dict === undefined) return;
  found.set(ref.num, { ...place, value: ref.num, dict, object: await view.plainObject(ref.num) });
}

/** A text string: UTF-16 with byte order mark, or PDFDocEncoding, read here as Latin-1. At most 200 characters. */
export function textOf(bytes: Buffer): string {
  const text =
    bytes[0] === 0xfe && bytes[1] === 0xff
      ? new TextDecoder('utf-16be').decode(bytes.subarray(2))
      : bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
        ? bytes.toString('utf8', 3)
        : bytes.toString('latin1');
  return text.replace(/\p{Cc}/gu, ' ').slice(0, 200);
}
