/** The text form in which Prometheus reads metrics (version 0.0.4, https://prometheus.io/docs/instrumenting/exposition_formats/). */

export const contentType = 'text/plain; version=0.0.4; charset=utf-8';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  /** Behind the name of the family, for example `_sum`; none for most. */
  suffix?: string;
  labels: Labels;
  value: number;
}

/** All samples of one name. A family without samples is left out. */
export interface Family {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  samples: Sample[];
}

/** Writes families as text. Values of labels may be any text. */
export function writeFamilies(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, type, samples }) => [
      `# HELP ${name} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(({ suffix = '', labels, value }) => `${name}${suffix}${labelText(labels)} ${numberText(value)}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (value: string): string => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

interface Series {
  labels: Labels;
  /** Observations per bucket, not cumulated; the last one is beyond all bounds. */
  counts: number[];
  sum: number;
}

/** Observations counted in buckets, one series for each set of labels. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series>();

  /** @param bounds upper bounds of the buckets, ascending; the one for everything is added */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  /** @param labels few different ones: each set is kept for the life of the process */
  observe(labels: Labels, value: number): void {
    const key = JSON.stringify(Object.values(labels));
    const series = this.#series.get(key) ?? { labels, counts: new Array(this.#bounds.length + 1).fill(0), sum: 0 };
    this.#series.set(key, series);
    const found = this.#bounds.findIndex((bound) => value <= bound);
    const bucket = found < 0 ? this.#bounds.length : found;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += value;
  }

  samples(): Sample[] {
    return [...this.#series.values()].flatMap(({ labels, counts, sum }) => {
      let total = 0;
      const buckets = counts.map((count, index): Sample => {
        total += count;
        const bound = this.#bounds[index];
        return {
          suffix: '_bucket',
          labels: { ...labels, le: bound === undefined ? '+Inf' : String(bound) },
          value: total,
        };
      });
      return [...buckets, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: total }];
    });
  }
}
