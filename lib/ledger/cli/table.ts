import { visible } from './format';

/** A column: its heading and what a row has there. Numbers stand to the right. */
export type Column<R> = [heading: string, read: (row: R) => string | number];

const maxWidth = 60;

const cut = (text: string): string => (text.length <= maxWidth ? text : `${text.slice(0, maxWidth - 1)}…`);

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
      row.map((value) => cut(typeof value === 'number' ? value.toLocaleString('en-US') : visible(value))),
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
