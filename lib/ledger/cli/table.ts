import { visible } from './format';

/**
 * A column: its heading, what a row has there, and after how many characters that is cut (ids never are). Numbers stand to
 * the right.
 */
export type Column<R> = [heading: string, read: (row: R) => string | number, most?: number];

const cut = (text: string, most = Number.POSITIVE_INFINITY): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;

/**
 * Rows as aligned lines under a heading.
 *
 * @returns lines without an end of line; no rows give none
 */
export function tableLines<R>(columns: readonly Column<R>[], rows: readonly R[]): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => columns.map(([, read]) => read(row)));
  const right = columns.map((_, index) => cells.every((row) => typeof row[index] === 'number'));
  const texts = [
    columns.map(([heading]) => heading),
    ...cells.map((row) =>
      row.map((value, index) =>
        typeof value === 'number' ? value.toLocaleString('en-US') : cut(visible(value), columns[index]?.[2]),
      ),
    ),
  ];
  const widths = columns.map((_, index) => Math.max(...texts.map((row) => row[index]?.length ?? 0)));
  return texts.map((row) =>
    row
      .map((text, index) => (right[index] ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** Names and values, the values aligned. */
export function pairLines(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${visible(value)}`);
}
