import { Problem } from '../problem';
import type { PdfView } from './view';

/** A comparison under way. */
export interface Comparison {
  /** The document as signed. */
  before: PdfView;
  /** The document as it is. */
  after: PdfView;
  /** Objects that differ. */
  changed: ReadonlySet<number>;
  /** Of these, the ones that may. */
  explained: Set<number>;
  /** Explained objects that only carry data: nothing else in the signed document may point to them. */
  data: Set<number>;
}

/** The finding that the document was changed. */
export const changedError = (what: string): Problem =>
  new Problem(`After signing, ${what} was changed or added in a way that may not follow a signature.`);
