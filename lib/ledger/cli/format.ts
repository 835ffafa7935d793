import { wrongUsage } from './exit-codes';

const dayMs = 86_400_000;
const unitMs = { h: 3_600_000, d: dayMs, w: 7 * dayMs, m: 30 * dayMs, y: 365 * dayMs } as const;

/** Text from outside on its way to a terminal, which obeys control characters. */
export const visible = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');

/** A time in UTC to the second, '–' for none. */
export const moment = (at: number | null): string =>
  at === null
    ? '–'
    : new Date(at)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, 'Z');

/** A duration in its two largest units, for example `2 d 3 h`. */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([n]) => n > 0);
  if (first < 0) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(' ');
}

/** A number of bytes, for example `12.3 MB`. */
export function bytes(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, n < 1000 ? 0 : Math.floor(Math.log10(n) / 3));
  return `${power === 0 ? n : (n / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** A whole number with separators, and the noun that goes with it. */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

/**
 * The time that `--older-than` means: an age (`90d`, `12w`, `6m`, `1y`, `36h`) or a date (`2026-01-31`).
 *
 * @throws Stop `usage`
 */
export function pastMoment(text: string, now: number): number {
  const [, n, unit] = /^(\d+)([hdwmy])$/.exec(text) ?? [];
  const age = n === undefined ? undefined : now - Number(n) * unitMs[unit as keyof typeof unitMs];
  const at = age ?? (/^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN);
  if (!Number.isSafeInteger(at)) {
    throw wrongUsage(`--older-than: "${text}" is no age (90d, 12w, 6m, 1y) and no date (2026-01-31).`);
  }
  if (at > now) throw wrongUsage(`--older-than: ${text} is in the future.`);
  return at;
}

/** JSON on one line, cut when it is longer than `most` characters. */
export function brief(value: unknown, most = 100): string {
  const text = visible(JSON.stringify(value) ?? '');
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
