import { anything, atMost, both, filled, numberWithin, type Rule, typed } from '../editor/rules.editor';
import type { Say } from '../editor/texts.editor';

/** A row as it is saved. */
export interface MetadataRow {
  attribute: string;
  value: string;
  valueType: string;
}

/** What a new row starts with; the same as in `config.ts`. */
export const emptyRow: MetadataRow = { attribute: '', value: '', valueType: 'msg' };

const anyNumber = numberWithin({ min: -Number.MAX_VALUE, max: Number.MAX_VALUE });

/** An empty text is a value; everything else has to be there. */
const value: Rule = (given, context) =>
  context.type === 'str' || typed({ num: anyNumber, str: anything }, false)(given, context);

const rules: Record<'attribute' | 'value', Rule> = { attribute: both(filled, atMost(255)), value };

export const isBlank = ({ attribute, value: given }: MetadataRow): boolean =>
  attribute.trim() === '' && given.trim() === '';

/** What is wrong with a row: the first field at fault and a sentence, or nothing. */
export function complaintAbout(
  say: Say,
  row: MetadataRow,
): { field: 'attribute' | 'value'; sentence: string } | undefined {
  for (const field of ['attribute', 'value'] as const) {
    const type = field === 'value' ? row.valueType : 'str';
    const context = { say, label: say(`label.${field}`), type, other: () => '' };
    const verdict = rules[field](row[field], context);
    if (verdict !== true) return { field, sentence: verdict };
  }
  return undefined;
}

/** A row as it may come from a flow written by hand. */
export function rowFrom(given: unknown): MetadataRow {
  const { attribute, value: held, valueType } = (given ?? {}) as Partial<Record<keyof MetadataRow, unknown>>;
  return { attribute: String(attribute ?? ''), value: String(held ?? ''), valueType: String(valueType ?? 'msg') };
}

/**
 * What is wrong with the list of attributes.
 *
 * @returns a sentence, or nothing
 */
export function complaintAboutMetadata(say: Say, rows: readonly unknown[]): string | undefined {
  const seen = new Set<string>();
  for (const [index, row] of rows.map(rowFrom).entries()) {
    const complaint = complaintAbout(say, row);
    if (complaint) return say('validation.row', { number: index + 1, sentence: complaint.sentence });
    const id = row.attribute.trim();
    if (seen.has(id)) return say('validation.twice', { attribute: id });
    seen.add(id);
  }
  return undefined;
}
