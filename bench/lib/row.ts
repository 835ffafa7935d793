/** One line of the table: what was measured, and the mark it should reach. */
export interface Row {
  bench: string;
  what: string;
  value: number;
  unit: string;
  /** Missing where a figure is only for information. */
  mark?: { at: number; best: 'high' | 'low' };
  /** What the value was made of. */
  from?: string;
}

/** A benchmark: measures, and hands back its rows. */
export type Bench = () => Promise<Row[]>;

export const isMet = ({ value, mark }: Row): boolean | null =>
  mark === undefined ? null : mark.best === 'high' ? value >= mark.at : value <= mark.at;

const shown = (value: number): string => String(Number(value.toPrecision(value >= 1000 ? 5 : 3)));

/** The rows as a table for people. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.bench,
    row.what,
    `${shown(row.value)} ${row.unit}`.trim(),
    row.mark ? `${row.mark.best === 'high' ? '≥' : '≤'} ${row.mark.at}` : '',
    { true: 'met', false: 'MISSED', null: '' }[String(isMet(row))] ?? '',
    row.from ?? '',
  ]);
  const all = [['bench', 'what', 'value', 'mark', '', 'from'], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  return all.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}

/** The rows as one line for scripts. */
export const jsonOf = (rows: readonly Row[]): string =>
  JSON.stringify({ rows: rows.map((row) => ({ ...row, met: isMet(row) })) });

/** @param share 0.5 for the median, 0.99 for the 99th percentile; of nothing it is NaN */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The middle of a few; between the two in the middle when their number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2;
}
