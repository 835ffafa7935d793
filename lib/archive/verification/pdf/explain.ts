/** The two ways an object may differ after a signature: a few keys of a dictionary, or a tree of new objects. */
import { Problem } from '../problem';
import type { Comparison } from './comparison';
import { PdfDict, PdfRef, type PdfValue, refsIn, sameDict } from './values';

const mostObjects = 20_000;

/**
 * Explains a changed dictionary when nothing but some keys differ.
 *
 * @param value reference to it; a direct value needs no explanation, the object around it does
 * @throws Problem when it differs otherwise
 */
export async function explainDictionary(
  { before, after, changed, explained }: Comparison,
  value: PdfValue,
  keys: readonly string[],
): Promise<void> {
  if (!(value instanceof PdfRef) || !changed.has(value.num)) return;
  const [old, now] = [await before.value(value.num), await after.value(value.num)];
  if (!(old instanceof PdfDict) || !(now instanceof PdfDict) || !sameDict(old, now, keys)) {
    throw new Problem(`After signing, object ${value.num} was changed in more than ${keys.join(', ')}.`);
  }
  // A stream has content that a dictionary does not show.
  const streams = [await before.plainObject(value.num), await after.plainObject(value.num)];
  if (streams.some((object) => object?.data !== undefined)) {
    throw new Problem(`After signing, the content of object ${value.num} was changed.`);
  }
  explained.add(value.num);
}

/**
 * Explains all objects reached from a value that did not exist before, or that may be replaced.
 *
 * @param options `skip` keys not followed · `replaceable` objects of the signed document that may differ
 * @throws Problem when there are too many; other changed objects it leads to stay unexplained
 */
export async function explainNewTree(
  { before, after, changed, explained, data }: Comparison,
  root: PdfValue,
  options: { skip: readonly string[]; replaceable: ReadonlySet<number> },
): Promise<void> {
  const queue = [...refsIn(root, options.skip)];
  const seen = new Set<number>();
  for (let ref = queue.pop(); ref !== undefined; ref = queue.pop()) {
    const isReplaceable = options.replaceable.has(ref.num);
    if (seen.has(ref.num) || !(isReplaceable || changed.has(ref.num))) continue;
    seen.add(ref.num);
    if (seen.size > mostObjects) throw new Problem('Too many objects were added after signing.', 'GENERIC');
    if (before.entry(ref.num) !== undefined && !isReplaceable) continue;
    if (changed.has(ref.num)) {
      explained.add(ref.num);
      data.add(ref.num);
    }
    queue.push(...refsIn(await after.value(ref.num), options.skip));
  }
}
