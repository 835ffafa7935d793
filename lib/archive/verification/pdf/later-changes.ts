/**
 * What was changed after a signature. The signed revision and the whole file are compared object by object: everything
 * that differs must be explained by what may follow a signature, which is validation data (DSS), document time-stamps and
 * further signatures (ETSI EN 319 142-1, 5.4 and 5.5; ISO 32000-2, 12.8.2.2). Nothing is taken on trust: an object that
 * cannot be explained is a change of the document.
 */
import { type Comparison, changedError } from './comparison';
import { explainDictionary, explainNewTree } from './explain';
import { explainSignatures, isTimestamp } from './later-signatures';
import type { SignatureField } from './signature-fields';
import { PdfDict, PdfRef, type PdfValue, refsIn, sameDict, sameValue } from './values';
import type { PdfView } from './view';
import { type Entry, isPlumbing } from './xref';

export interface LaterChanges {
  /** What was added, in words; empty when nothing was. */
  added: string[];
}

/**
 * Compares a signed revision with the whole file.
 *
 * @param signatures all signatures of the whole file
 * @param signaturesAllowed whether a further signature may follow, or only time-stamps and validation data
 * @throws Problem FORMAT_FAILURE for a change that may not follow a signature
 */
export async function laterChanges(
  before: PdfView,
  after: PdfView,
  signatures: readonly SignatureField[],
  signaturesAllowed: boolean,
): Promise<LaterChanges> {
  const changed = changedObjects(before, after);
  const comparison: Comparison = { before, after, changed, explained: new Set(), data: new Set() };
  if (!sameValue(before.trailer.get('Root'), after.trailer.get('Root'))) throw changedError('the document catalog');
  if (!sameValue(before.trailer.get('Encrypt'), after.trailer.get('Encrypt'))) throw changedError('the encryption');
  const added = [
    ...(await explainCatalog(comparison)),
    ...(await explainFields(comparison, signatures, signaturesAllowed)),
  ];
  await explainInfo(comparison);
  for (const num of changed) {
    if (comparison.explained.has(num)) continue;
    if (!(await isNewPlumbing(comparison, num))) throw changedError(`object ${num}`);
    comparison.data.add(num);
  }
  await checkNothingPointsToData(comparison);
  return { added };
}

function changedObjects(before: PdfView, after: PdfView): Set<number> {
  const same = (a: Entry | undefined, b: Entry | undefined): boolean => {
    if (a === undefined || b === undefined) return a === b;
    if (a.kind === 'plain') return b.kind === 'plain' && a.offset === b.offset && a.gen === b.gen;
    if (a.kind !== 'packed' || b.kind !== 'packed' || a.stream !== b.stream || a.index !== b.index) return false;
    return same(before.entry(a.stream), after.entry(b.stream));
  };
  const numbers = new Set([...before.numbers(), ...after.numbers()]);
  return new Set([...numbers].filter((num) => !same(before.entry(num), after.entry(num))));
}

/** Catalog: validation data, the form and extension notes may come; everything else stays. */
async function explainCatalog(comparison: Comparison): Promise<string[]> {
  const { before, after } = comparison;
  await explainDictionary(comparison, after.trailer.get('Root'), ['DSS', 'AcroForm', 'Extensions']);
  const catalog = await after.catalog();
  const old = await before.catalog();
  const wasData = await reachable(before, old.get('DSS'));
  await explainNewTree(comparison, catalog.get('DSS'), { skip: [], replaceable: wasData });
  await explainNewTree(comparison, catalog.get('Extensions'), { skip: [], replaceable: new Set() });
  if (old.get('DSS') !== null && catalog.get('DSS') === null) throw changedError('the validation data');
  const grew = catalog.get('DSS') !== null && !sameValue(catalog.get('DSS'), old.get('DSS'));
  const replaced = [...comparison.data].some((num) => wasData.has(num));
  return grew || replaced ? ['validation data (DSS)'] : [];
}

/** Form: new signature fields at the end of the list, and empty signature fields that got their signature. */
async function explainFields(
  comparison: Comparison,
  signatures: readonly SignatureField[],
  signaturesAllowed: boolean,
): Promise<string[]> {
  const { before, after, changed } = comparison;
  const [oldCatalog, catalog] = [await before.catalog(), await after.catalog()];
  const [oldForm, form] = [await before.dict(oldCatalog.get('AcroForm')), await after.dict(catalog.get('AcroForm'))];
  if (form === undefined) {
    if (oldForm !== undefined) throw changedError('the form');
    return [];
  }
  const free = oldForm === undefined ? ['Fields', 'SigFlags', 'DA', 'DR'] : ['Fields', 'SigFlags'];
  if (!sameDict(oldForm ?? new PdfDict(), form, free)) throw changedError('the form');
  await explainPlace(comparison, oldCatalog.get('AcroForm'), catalog.get('AcroForm'));
  await explainPlace(comparison, oldForm?.get('Fields') ?? null, form.get('Fields'));
  if (oldForm === undefined) {
    await explainNewTree(comparison, form.get('DR'), { skip: [], replaceable: new Set() });
  }
  const oldFields = (oldForm && (await before.array(oldForm.get('Fields')))) ?? [];
  const fields = (await after.array(form.get('Fields'))) ?? [];
  if (!oldFields.every((field, index) => sameValue(field, fields[index] ?? null)))
    throw changedError('the list of fields');

  const later = signatures.filter(({ value }) => changed.has(value));
  const expected = new Set(later.map(({ field }) => field));
  const fresh = fields.slice(oldFields.length);
  if (fresh.some((field) => !(field instanceof PdfRef) || !expected.has(field.num))) throw changedError('a form field');
  await explainSignatures(comparison, later, signaturesAllowed);
  return later.map(({ dict, name }) => `${isTimestamp(dict) ? 'document time-stamp' : 'signature'} "${name}"`);
}

/** The form and its list may be written again where they stood, or as new objects, and never as a stream. */
async function explainPlace(
  { before, after, changed, explained, data }: Comparison,
  old: PdfValue,
  now: PdfValue,
): Promise<void> {
  if (!(now instanceof PdfRef) || !changed.has(now.num)) return;
  const isNew = before.entry(now.num) === undefined;
  const isStream = (await after.plainObject(now.num))?.data !== undefined;
  if (isStream || !(isNew || sameValue(old, now))) throw changedError('the form');
  explained.add(now.num);
  if (isNew) data.add(now.num);
}

/** The information dictionary may say when and with what the file was changed. */
async function explainInfo(comparison: Comparison): Promise<void> {
  const info = comparison.after.trailer.get('Info');
  if (!(info instanceof PdfRef)) return;
  if (comparison.before.entry(info.num) === undefined) {
    await explainNewTree(comparison, info, { skip: [], replaceable: new Set() });
  } else {
    await explainDictionary(comparison, info, ['ModDate', 'Producer']);
    if (comparison.changed.has(info.num)) comparison.data.add(info.num);
  }
}

async function isNewPlumbing({ before, after }: Comparison, num: number): Promise<boolean> {
  if (before.entry(num) !== undefined || after.entry(num) === undefined) return false;
  const object = await after.plainObject(num);
  return object?.data !== undefined && object.value instanceof PdfDict && isPlumbing(object.value);
}

/**
 * Numbers of all objects a value leads to, also of those that do not exist.
 *
 * @param catalog number of the catalog, whose validation data is then left out
 */
async function reachable(view: PdfView, from: PdfValue, catalog?: number): Promise<Set<number>> {
  const found = new Set<number>();
  const queue = [...refsIn(from)];
  for (let ref = queue.pop(); ref !== undefined; ref = queue.pop()) {
    if (found.has(ref.num)) continue;
    found.add(ref.num);
    for (const next of refsIn(await view.value(ref.num), ref.num === catalog ? ['DSS'] : [])) queue.push(next);
  }
  return found;
}

/** Stops a document prepared before signing, in which a page already waits for an object that comes later. */
async function checkNothingPointsToData({ before, data }: Comparison): Promise<void> {
  const root = before.trailer.get('Root');
  const shown = await reachable(before, root, root instanceof PdfRef ? root.num : undefined);
  for (const num of data) {
    if (shown.has(num)) throw changedError(`object ${num}, which the signed document uses elsewhere,`);
  }
}
