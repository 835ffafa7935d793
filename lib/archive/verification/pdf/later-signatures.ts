/** Explains signatures and document time-stamps that came after the examined signature: field, widget and page. */
import type { Problem } from '../problem';
import { type Comparison, changedError } from './comparison';
import { explainDictionary, explainNewTree } from './explain';
import type { SignatureField } from './signature-fields';
import { type PdfDict, PdfRef, type PdfValue, sameValue } from './values';

export const isTimestamp = (dict: PdfDict): boolean => dict.name('SubFilter') === 'ETSI.RFC3161';

const nothing: ReadonlySet<number> = new Set();
/** What a field may bring that acts by itself. */
const actions = ['A', 'AA'];

/**
 * @param later signatures that the signed revision does not have
 * @param allowed whether they may be more than time-stamps
 * @throws Problem when one of them comes with a change that a signature does not need
 */
export async function explainSignatures(
  comparison: Comparison,
  later: readonly SignatureField[],
  allowed: boolean,
): Promise<void> {
  const widgets = new Map<number, PdfDict>();
  for (const signature of later) await explainField(comparison, signature, allowed, widgets);
  for (const widget of widgets.values()) {
    const page = widget.get('P');
    if (page instanceof PdfRef) await explainAnnotations(comparison, page, widgets);
  }
}

/** Field and widgets, all but the pages they are on. */
async function explainField(
  comparison: Comparison,
  signature: SignatureField,
  allowed: boolean,
  widgets: Map<number, PdfDict>,
): Promise<void> {
  const { before, after, explained, data } = comparison;
  const wrong = (): Problem => changedError(`field "${signature.name}"`);
  const { field } = signature;
  const dict = field === undefined ? undefined : await after.dict(new PdfRef(field, 0));
  if (field === undefined || dict === undefined || before.entry(signature.value) !== undefined) throw wrong();
  const timestamp = isTimestamp(signature.dict);
  if (!timestamp && !allowed) throw changedError(`signature "${signature.name}"`);
  widgets.set(field, dict);
  if (before.entry(field) !== undefined) {
    // An empty field, made for the signature before the document was signed.
    await explainDictionary(comparison, new PdfRef(field, 0), timestamp ? ['V'] : ['V', 'AP', 'M']);
    for (const key of ['V', 'AP']) await explainNewTree(comparison, dict.get(key), { skip: [], replaceable: nothing });
    return;
  }
  explained.add(field);
  data.add(field);
  const kids = (await after.array(dict.get('Kids'))) ?? [];
  for (const kid of kids) {
    const widget = await after.dict(kid);
    if (!(kid instanceof PdfRef) || widget === undefined || before.entry(kid.num) !== undefined) throw wrong();
    widgets.set(kid.num, widget);
  }
  for (const widget of [dict, ...kids.map((kid) => (kid instanceof PdfRef ? widgets.get(kid.num) : undefined))]) {
    if (widget === undefined || actions.some((key) => widget.get(key) !== null)) throw wrong();
    if (timestamp && isVisible(widget)) throw changedError(`the visible time-stamp "${signature.name}"`);
  }
  for (const num of [field, ...kids.map((kid) => (kid instanceof PdfRef ? kid.num : field))]) {
    // A stream has content that could be drawn.
    if ((await after.plainObject(num))?.data !== undefined) throw wrong();
  }
  for (const [key, value] of dict.entries) {
    if (key === 'P' || key === 'Parent') continue;
    await explainNewTree(comparison, value, { skip: ['P', 'Parent'], replaceable: nothing });
  }
}

/** A widget with an area and a picture for it could cover what was signed. */
function isVisible(widget: PdfDict): boolean {
  const rect = widget.get('Rect');
  if (rect === null || widget.get('AP') === null) return false;
  const [left, bottom, right, top] = Array.isArray(rect) ? rect : [];
  const isFlat =
    [left, bottom, right, top].every((side) => typeof side === 'number') && (left === right || bottom === top);
  return !isFlat;
}

/** A page may get the new widgets in its list of annotations, and nothing else. */
async function explainAnnotations(
  comparison: Comparison,
  ref: PdfRef,
  widgets: ReadonlyMap<number, PdfDict>,
): Promise<void> {
  const { before, after, changed, explained } = comparison;
  await explainDictionary(comparison, ref, ['Annots']);
  const [oldPage, page] = [await before.dict(ref), await after.dict(ref)];
  if (oldPage === undefined || page === undefined) throw changedError('a page');
  const old = (await before.array(oldPage.get('Annots'))) ?? [];
  const now = (await after.array(page.get('Annots'))) ?? [];
  const isOld = (value: PdfValue): boolean => old.some((other) => sameValue(other, value));
  const isWidget = (value: PdfValue): boolean => value instanceof PdfRef && widgets.has(value.num);
  if (!sameValue(now.filter(isOld), old) || !now.every((value) => isOld(value) || isWidget(value))) {
    throw changedError('the list of annotations of a page');
  }
  const list = page.get('Annots');
  if (list instanceof PdfRef && changed.has(list.num)) explained.add(list.num);
}
